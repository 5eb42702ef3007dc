"""HELM's mean win rate, for those who ask for it: it compares models with whoever else happens to be listed.

Its faults, each of which a test shows: two models can change places because others are added; a lead of .001 counts
like one of .5; and a model that skipped a hard task is better off than one that tried it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: What a reader must know beside the number.
FAULTS = (
    "A win rate depends on which other models are listed: adding models can make two of them change places. "
    "A lead of a thousandth counts as much as a lead of a half. A task that a model lacks does not count against it."
)


def wins_and_ties(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each model and task the number of models it beats there, a tie counting one half; nan where it is missing.

    ``scores`` has the shape (models, tasks), higher is better, nan where missing.
    """
    here = ~np.isnan(scores)
    won = np.full(scores.shape, np.nan)
    for task in range(scores.shape[1]):
        column = scores[here[:, task], task]
        above = (column[:, None] > column[None, :]).sum(axis=1)
        tied = (column[:, None] == column[None, :]).sum(axis=1) - 1
        won[here[:, task], task] = above + tied / 2
    return won


def mean_win_rate(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each model's share of the models it beats, averaged over the tasks that it has.

    A task that fewer than two models have compares nobody and is left out. ``scores`` has the shape (models, tasks),
    higher is better, nan where missing; the result has one value a model, nan where no task compares it. Source:
    Liang et al. (2022), Holistic Evaluation of Language Models, arXiv 2211.09110, as its code computes it.

    >>> mean_win_rate(np.array([[1.0], [1.0], [0.0]])).tolist()
    [0.75, 0.75, 0.0]
    """
    others = (~np.isnan(scores)).sum(axis=0) - 1
    rates = wins_and_ties(scores)[:, others > 0] / others[others > 0]
    counted = (~np.isnan(rates)).sum(axis=1)
    sums = np.nansum(rates, axis=1)
    return np.where(counted > 0, sums / np.maximum(counted, 1), np.nan)
