"""A weighted mean over tasks with its standard error; :mod:`commons.stats.macro` has the case of equal weights."""

from __future__ import annotations

import math
from collections.abc import Sequence


def weighted_mean(
    values: Sequence[float], stderrs: Sequence[float | None], weights: Sequence[float]
) -> tuple[float, float | None]:
    """The mean and its standard error, ``sqrt(sum of (w * SE)^2) / sum of w``.

    With equal weights it is the macro mean, whose error is ``sqrt(sum of SE^2) / T``. With the tasks' sizes as weights
    the mean equals the harness's, and the error equals its pooled one where the sizes are equal. Tasks are taken as
    they are: the error is that of other items, and not that of other tasks. The error is None where a task has none.

    Raises:
        ValueError: no tasks, lengths that differ, or weights that are negative or all 0.

    >>> weighted_mean([0.4, 0.6], [0.03, 0.04], [1.0, 1.0])
    (0.5, 0.025)
    """
    if not values or not len(values) == len(stderrs) == len(weights):
        raise ValueError("each value needs a standard error and a weight, and there must be one at least")
    total = math.fsum(weights)
    if min(weights) < 0 or total <= 0:
        raise ValueError("weights are not negative, and one at least is above 0")
    mean = math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) / total
    squares = [(weight * stderr) ** 2 for stderr, weight in zip(stderrs, weights, strict=True)
               if stderr is not None and weight > 0]
    if len(squares) < sum(weight > 0 for weight in weights):
        return mean, None
    return mean, math.sqrt(math.fsum(squares)) / total
