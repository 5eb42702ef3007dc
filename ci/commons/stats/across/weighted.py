"""A weighted mean over tasks with its standard error; :mod:`commons.stats.macro` has the case of equal weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from commons.stats.intervals import wilson
from commons.stats.macro import critical_value, satterthwaite


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


@dataclass(frozen=True)
class Piece:
    """One task in a weighted mean: its value, its standard error with degrees of freedom, and what bounds it.

    ``worth`` is the number of independent items it stands for, ``freedom`` is infinite where the standard error is
    taken as known, and ``ends`` are the least and the most that the value can be, None where it is not bounded.
    """

    value: float
    stderr: float
    freedom: float
    worth: float
    ends: tuple[float, float] | None


def weighted_interval(pieces: Sequence[Piece], weights: Sequence[float]) -> tuple[tuple[float, float], str]:
    """The 95% interval of a weighted mean, and how it was made.

    Where all tasks are bounded the mean is a proportion of the way between its own ends, and gets Wilson's interval,
    which stays between them: on the number of independent items that its standard error says it is worth, but on no
    fewer than its items, since tasks of unlike difficulty vary less together than items of one task. Otherwise value
    and standard error with Student's t (Satterthwaite). Coverage: ``benchmarks/coverage.py``.

    Raises:
        ValueError: no tasks, lengths that differ, or weights that are negative or all 0.

    >>> weighted_interval([Piece(1.0, 0.1, math.inf, 5.0, (0.0, 1.0))] * 3, [1.0] * 3)[0][1]
    1.0
    """
    value, stderr = weighted_mean([one.value for one in pieces], [one.stderr for one in pieces], weights)
    held = [(one, weight) for one, weight in zip(pieces, weights, strict=True) if weight > 0]
    freedom = satterthwaite([one.stderr for one, _ in held], [one.freedom for one, _ in held], [w for _, w in held])
    critical, ends = critical_value(freedom), [one.ends for one, _ in held if one.ends is not None]
    if len(ends) < len(held):
        half = critical * (stderr or 0.0)
        return (value - half, value + half), "Student's t (Satterthwaite)"
    total = math.fsum(weight for _, weight in held)
    low = math.fsum(weight * end[0] for (_, weight), end in zip(held, ends, strict=True)) / total
    high = math.fsum(weight * end[1] for (_, weight), end in zip(held, ends, strict=True)) / total
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    parts = [weight * (end[1] - end[0]) / (total * (high - low))
             for (_, weight), end in zip(held, ends, strict=True)]
    items = 1 / math.fsum(part**2 / one.worth for part, (one, _) in zip(parts, held, strict=True))
    alike = share * (1 - share) / items
    seen = min(1.0, ((stderr or 0.0) / (high - low)) ** 2 / alike) if alike > 0 else 1.0
    worth = items / seen if seen > 0 else items
    found = wilson(share * worth, worth, critical=critical)
    return (low + found[0] * (high - low), low + found[1] * (high - low)), "Wilson on the effective sample size"
