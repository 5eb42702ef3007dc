"""Brier scores: the squared distance between the probabilities given and what was right. Lower is better.

Source: Brier (1950), Monthly Weather Review 78:1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def multiclass(probabilities: Sequence[Array], golds: Sequence[int]) -> Array:
    """For each item, the sum over its choices of (probability - 1 where gold)²: 0 to 2, uniform over four .75.

    The mean equals the harness's ``brier_score``.

    Raises:
        ValueError: lengths that differ, or a gold that is none of the choices.

    >>> multiclass([np.array([0.25, 0.25, 0.25, 0.25])], [2]).tolist()
    [0.75]
    """
    if len(probabilities) != len(golds):
        raise ValueError("each item needs a gold")
    scores = []
    for one, gold in zip(probabilities, golds, strict=True):
        if not 0 <= gold < len(one):
            raise ValueError(f"the gold {gold} is none of {len(one)} choices")
        scores.append(float(((one - np.eye(len(one))[gold]) ** 2).sum()))
    return np.array(scores)


def binary(confidence: Array, correct: Array) -> Array:
    """For each item, (confidence in the chosen answer - 1 where it was right)²: 0 to 1, always one half .25.

    The mean equals scikit-learn's ``brier_score_loss``. It asks less than :func:`multiclass`: how the rest of the
    probability is spread over the other choices does not count.

    Raises:
        ValueError: lengths that differ.
    """
    if len(confidence) != len(correct):
        raise ValueError("each answer needs an outcome")
    return np.asarray((confidence - correct) ** 2)


@dataclass(frozen=True)
class Murphy:
    """The mean binary Brier score in parts: ``reliability - resolution + uncertainty + within``.

    ``reliability`` is the cost of confidences that do not come true (lower is better), ``resolution`` the gain of
    telling right answers from wrong ones (higher is better), ``uncertainty`` what the accuracy alone would give, and
    ``within`` what the bins smooth over: 0 where all confidences of a bin are equal.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float

    @property
    def score(self) -> float:
        """The Brier score that the parts give."""
        return self.reliability - self.resolution + self.uncertainty + self.within


def decompose(confidence: Array, correct: Array, groups: Sequence[int]) -> Murphy:
    """Murphy's decomposition over ``groups``, the number of each answer's bin.

    Sources: Murphy (1973), Journal of Applied Meteorology 12:595; for confidences that differ within a bin, Stephenson,
    Coelho and Jolliffe (2008), Weather and Forecasting 23:752, whose two terms are summed here as ``within``.

    Raises:
        ValueError: lengths that differ, or no answers.
    """
    if not len(confidence) == len(correct) == len(groups) or len(groups) == 0:
        raise ValueError("each answer needs an outcome and a group, and there must be one")
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    sizes = np.bincount(index)
    stated = np.bincount(index, weights=confidence) / sizes
    right = np.bincount(index, weights=correct) / sizes
    base, n = float(correct.mean()), len(groups)
    apart = confidence - stated[index]
    return Murphy(
        reliability=float((sizes * (stated - right) ** 2).sum() / n),
        resolution=float((sizes * (right - base) ** 2).sum() / n),
        uncertainty=base * (1 - base),
        within=float((apart**2 - 2 * apart * (correct - right[index])).mean()),
    )
