"""Classical item statistics of a (models, items) matrix: difficulty, discrimination, items that tell nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.intervals import wilson

_CRITICAL_95 = 1.959963984540054
#: Variances below this share of a column's size are rounding and count as none.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class ItemStatistics:
    """What the models say of each item; arrays of the shape (items,).

    ``difficulty`` is the mean score (a high one is an easy item), ``rest_correlation`` is nan where it is not defined,
    and ``dead`` says that all models have the same score, so that the item separates none of them.
    """

    difficulty: NDArray[np.float64]
    rest_correlation: NDArray[np.float64]
    dead: NDArray[np.bool_]


def item_statistics(scores: NDArray[np.float64]) -> ItemStatistics:
    """All three for a (models, items) matrix of finite scores, in one pass over it.

    Raises:
        ValueError: no matrix, no model, or a value that is not finite.
    """
    if scores.ndim != 2 or len(scores) == 0 or not np.isfinite(scores).all():
        raise ValueError(f"scores of the shape {scores.shape} are no matrix of finite scores of models by items")
    return ItemStatistics(scores.mean(axis=0), item_rest(scores), np.ptp(scores, axis=0) == 0.0)


def item_rest(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corrected item-rest correlation: of each item with the sum of all *other* items, over the models.

    Never with the whole sum: that holds the item itself, and is inflated by it (with the five items of LSAT-6 .36 in
    place of .11). Nan where the item or the rest does not vary. Source: Henrysson (1963), Psychometrika 28:211.

    >>> item_rest(np.array([[1.0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]])).round(3)
    array([ 0.   ,  0.333, -0.522])
    """
    if len(scores) < 2:
        return np.full(scores.shape[1], np.nan)
    own = scores - scores.mean(axis=0)
    rest = own.sum(axis=1, keepdims=True) - own
    own_size, rest_size = (own**2).sum(axis=0), (rest**2).sum(axis=0)
    floor = _ROUNDING * max(1.0, float(np.abs(scores).max()) ** 2)
    defined = (own_size > floor) & (rest_size > floor)
    scale = np.sqrt(np.where(defined, own_size * rest_size, 1.0))
    return np.where(defined, (own * rest).sum(axis=0) / scale, np.nan)


def group_means(scores: NDArray[np.float64], groups: tuple[tuple[int, ...], ...]) -> NDArray[np.float64]:
    """The mean score by item in which each group of models counts once; shape (items,)."""
    means: NDArray[np.float64] = np.mean([scores[list(group)].mean(axis=0) for group in groups], axis=0)
    return means


def difficulty_intervals(difficulty: NDArray[np.float64], diverse: int) -> list[tuple[float, float]]:
    """Wilson's 95% interval of each item's difficulty over ``diverse`` models; scores lie in 0 to 1.

    With fractional scores it is too wide rather than too narrow: no score in 0 to 1 varies more than right/wrong.

    Raises:
        ValueError: no model, or a difficulty outside 0 to 1.
    """
    return [wilson(float(one) * diverse, diverse, critical=_CRITICAL_95) for one in difficulty]
