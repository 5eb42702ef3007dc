"""Reliability of a task with models as test-takers: how far the ranks of these models would repeat on like items."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

#: Variances below this share of the scores' own size are rounding and count as none.
_ROUNDING = 1e-12


def cronbach_alpha(scores: NDArray[np.float64]) -> float:
    """Cronbach's alpha of a (models, items) matrix; for right/wrong scores it is KR-20.

    ``k/(k-1) * (1 - sum of item variances / variance of the sums)``, variances with ddof 1. Unclipped: it is negative
    where items contradict each other. Source: Cronbach (1951), Psychometrika 16:297. With the LSAT-6 data it is .2950.

    Returns nan where it is not defined: fewer than two models or two items, or all models have the same sum.

    Raises:
        ValueError: no matrix, or a value that is not finite.

    >>> round(cronbach_alpha(np.array([[1.0, 1, 1], [1, 1, 0], [0, 0, 0]])), 4)
    0.8571
    """
    models, items = _shape(scores)
    if models < 2 or items < 2:
        return math.nan
    total = float(scores.sum(axis=1).var(ddof=1))
    if total <= _ROUNDING * max(1.0, float(np.abs(scores).max())) ** 2 * items:
        return math.nan
    return items / (items - 1) * (1.0 - float(scores.var(axis=0, ddof=1).sum()) / total)


def hoyt(scores: NDArray[np.float64]) -> float:
    """Hoyt's reliability of a (models, items) matrix: ``1 - MS_residual / MS_models`` of the two-way table.

    It equals :func:`cronbach_alpha` on any matrix; it is unclipped too (a caller that wants a share takes
    ``max(0, hoyt)``). Source: Hoyt (1941), Psychometrika 6:153.

    Returns nan where it is not defined: fewer than two models or two items, or all models have the same mean.

    Raises:
        ValueError: no matrix, or a value that is not finite.

    >>> round(hoyt(np.array([[1.0, 1, 1], [1, 1, 0], [0, 0, 0]])), 4)
    0.8571
    """
    models, items = _shape(scores)
    if models < 2 or items < 2:
        return math.nan
    grand = float(scores.mean())
    rows, columns = scores.mean(axis=1), scores.mean(axis=0)
    between = items * float(((rows - grand) ** 2).sum()) / (models - 1)
    if between <= _ROUNDING * max(1.0, float(np.abs(scores).max())) ** 2:
        return math.nan
    residual = scores - rows[:, None] - columns[None, :] + grand
    return 1.0 - float((residual**2).sum()) / ((models - 1) * (items - 1)) / between


def _shape(scores: NDArray[np.float64]) -> tuple[int, int]:
    if scores.ndim != 2:
        raise ValueError(f"scores of the shape {scores.shape} are no matrix of models by items")
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite; leave the items out that not every model has")
    return scores.shape[0], scores.shape[1]
