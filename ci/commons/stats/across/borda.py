"""Borda's count over tasks where not every model has every task: each task is a ranking of some of the models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: What a reader must know beside the number.
FAULTS = (
    "A Borda count depends on which other models are listed, and takes places for distances, as a win rate does. "
    "A missing task is taken for any place with equal chance, so a weak model gains by what it lacks and a strong "
    "one loses."
)


def preferred(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each model stands above each other one on one task, when missing ones may stand anywhere.

    ``column`` holds one score a model, higher is better, nan where missing. Of two models that are there the better
    stands above (a tie is one half); a missing model falls into each of the gaps between the others with equal chance;
    two missing ones are even. Shape (models, models); the diagonal is 0. This completion of a partial ranking follows
    Himmi et al. (2023), arXiv 2305.10284 (known to us from its abstract; the probabilities are derived here).

    >>> preferred(np.array([0.9, 0.2, np.nan])).round(3).tolist()
    [[0.0, 1.0, 0.667], [0.0, 0.0, 0.333], [0.333, 0.667, 0.0]]
    """
    here = ~np.isnan(column)
    count = int(here.sum())
    above = np.full((column.size, column.size), 0.5)
    filled = np.where(here, column, 0.0)
    both = here[:, None] & here[None, :]
    order = (filled[:, None] > filled[None, :]) + 0.5 * (filled[:, None] == filled[None, :])
    above[both] = order[both]
    # A model with b others below it stands above a missing one that falls into one of the b + 1 gaps below it.
    below = (order * both).sum(axis=1) - 0.5
    chance = (below + 1) / (count + 1)
    above = np.where(here[:, None] & ~here[None, :], chance[:, None], above)
    above = np.where(~here[:, None] & here[None, :], 1 - chance[None, :], above)
    np.fill_diagonal(above, 0.0)
    return above


def borda(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each model's mean Borda count over the tasks, as a share of the most it could have (all others below it).

    ``scores`` has the shape (models, tasks), higher is better, nan where missing. Without missing cells it equals the
    mean win rate. nan for all where there are fewer than two models or no task.
    """
    models, tasks = scores.shape
    if models < 2 or tasks == 0:
        return np.full(models, np.nan)
    counts = np.array([preferred(scores[:, task]).sum(axis=1) for task in range(tasks)])
    return np.asarray(counts.sum(axis=0) / (tasks * (models - 1)))
