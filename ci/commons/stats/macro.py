"""Several tasks as one number, each with its error, and what several answers to an item are worth.

An unweighted mean of tasks answers another question than the mean of all their items: in the first a task of 50 items
weighs as much as one of 5,000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.bounds import Interval, cut


@dataclass(frozen=True)
class Member:
    """One task's value in an average: its standard error, how many items it rests on, and its degrees of freedom.

    ``freedom`` says how well the standard error is known: clusters less one, or what Student's t took for it; infinite
    where it is taken as known. Where items did not vary, :func:`member` finds the standard error in the interval.
    """

    value: float
    stderr: float
    n: int
    freedom: float = math.inf


@dataclass(frozen=True)
class Average:
    """An average over tasks, its standard error and 95% interval, and over how many tasks and items it goes.

    ``freedom`` are the degrees of freedom of its Student's t, after Satterthwaite; infinite where all tasks' are.
    """

    value: float
    stderr: float
    interval: tuple[float, float]
    tasks: int
    items: int
    freedom: float

    @property
    def p(self) -> float:
        """The two-sided p-value of a true value of 0 by the same Student's t; 1 where there is no error."""
        return float(2 * stats.t.sf(abs(self.value) / self.stderr, self.freedom)) if self.stderr > 0 else 1.0


def member(
    value: float, stderr: float | None, interval: tuple[float, float] | None, n: int, freedom: float = math.inf
) -> Member | None:
    """A task for an average; where items did not vary (no standard error, or 0), half its 95% interval gives one.

    Every item right is no proof of a model without error: a standard error of 0 would make the average too sure. None
    where the task has neither a standard error nor an interval, so that nothing is known of its error.

    >>> found = member(0.0, None, (-0.3, 0.3), 10, freedom=4.0)
    >>> round(found.stderr, 4) if found else None
    0.1081
    """
    if stderr:
        return Member(value, stderr, n, freedom)
    if interval is None:
        return None
    return Member(value, (interval[1] - interval[0]) / (2 * critical_value(freedom)), n, freedom)


def critical_value(freedom: float, confidence: float = 0.95) -> float:
    """The two-sided critical value of Student's t, and of the normal distribution for infinite degrees of freedom."""
    return float(stats.t.ppf(0.5 + confidence / 2, freedom))


def satterthwaite(stderrs: Sequence[float], freedoms: Sequence[float], weights: Sequence[float]) -> float:
    """The degrees of freedom of a weighted sum: (sum w^2 SE^2)^2 / sum((w^2 SE^2)^2 / freedom).

    Source: Satterthwaite (1946), Biometrics Bulletin 2:110.

    >>> satterthwaite([1.0, 1.0], [2.0, 2.0], [1.0, 1.0]), satterthwaite([1.0], [math.inf], [1.0])
    (4.0, inf)
    """
    parts = [(weight * stderr) ** 2 for stderr, weight in zip(stderrs, weights, strict=True)]
    below = sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    return sum(parts) ** 2 / below if below > 0 else math.inf


def macro_mean(
    members: Sequence[Member | None], confidence: float = 0.95, *, bounds: Interval | None = None
) -> Average:
    """The unweighted mean of T tasks, with SE = sqrt(sum SE_t^2)/T: tasks are fixed, their items are drawn.

    The interval is about these tasks, not about tasks like them; it is Student's, because the error of a task of few
    clusters is itself hardly known, and it is cut at ``bounds``. Source: Miller (2024), arXiv 2411.00640, section 2.1,
    for independent samples; the harness's ``combined_sample_stderr`` is another formula.

    >>> macro_mean([Member(0.5, 0.03, 100), Member(0.7, 0.04, 50)]).stderr
    0.025

    Raises:
        ValueError: no members, one is missing (None), or a value or standard error is not finite. A missing member is
            never left out silently: say which common part is meant, or give bounds.
    """
    known = _whole(members)
    value = sum(one.value for one in known) / len(known)
    found = _average(value, [1 / len(known)] * len(known), known, confidence)
    return replace(found, interval=cut(found.interval, bounds, "")[0])


def micro_mean(members: Sequence[Member | None], confidence: float = 0.95) -> Average:
    """The mean over the items of all tasks, each task weighing by its items, with SE = sqrt(sum (n_t SE_t)^2)/N.

    With standard errors of independent items this differs from the harness's ``pooled_sample_stderr`` only in n-1 for
    n. Raises as :func:`macro_mean`.
    """
    known = _whole(members)
    total = sum(one.n for one in known)
    value = sum(one.n * one.value for one in known) / total
    return _average(value, [one.n / total for one in known], known, confidence)


def _whole(members: Sequence[Member | None]) -> list[Member]:
    missing = sum(one is None for one in members)
    if missing or not members:
        raise ValueError(f"no average: {missing} of {len(members)} members are missing")
    known = [one for one in members if one is not None]
    if not all(math.isfinite(one.value) and math.isfinite(one.stderr) and one.stderr >= 0 and one.n > 0
               and one.freedom > 0 for one in known):
        raise ValueError("no average: a member has no value, no standard error or no items")
    return known


def _average(value: float, shares: Sequence[float], known: Sequence[Member], confidence: float) -> Average:
    stderr = math.sqrt(sum((share * one.stderr) ** 2 for share, one in zip(shares, known, strict=True)))
    freedom = satterthwaite([one.stderr for one in known], [one.freedom for one in known], shares)
    half = critical_value(freedom, confidence) * stderr
    return Average(value, stderr, (value - half, value + half), len(known), sum(one.n for one in known), freedom)


@dataclass(frozen=True)
class VarianceSplit:
    """The variance of an item's mean answer: ``between`` items, and ``within`` items for one answer (E[sigma^2])."""

    between: float
    within: float

    def of_one_item(self, answers: float) -> float:
        """Var(x) + E[sigma^2]/K: the variance of an item's mean of K answers. ``math.inf`` gives the floor.

        >>> round(VarianceSplit(1 / 12, 1 / 6).of_one_item(2) / VarianceSplit(1 / 12, 1 / 6).of_one_item(1), 4)
        0.6667
        """
        return self.between + self.within / answers

    def stderr(self, n: int, answers: float) -> float:
        """The standard error of a mean over ``n`` items with K answers each."""
        return math.sqrt(self.of_one_item(answers) / n)


def variance_split(scores: NDArray[np.float64]) -> VarianceSplit:
    """Split the variance of ``scores``, an array of (items, answers), into that between items and that within them.

    ``within`` is the mean of the items' variances (ddof 1); ``between`` is the variance of the items' means (ddof 1)
    less the part of it that answers vary by, ``within``/K, and 0 where that is more. Source: Miller (2024), section 3.

    Raises:
        ValueError: fewer than two items or two answers each: nothing tells the two apart.
    """
    if scores.ndim != 2 or scores.shape[0] < 2 or scores.shape[1] < 2:
        raise ValueError("the two variances need two items, and two answers to each")
    within = float(scores.var(axis=1, ddof=1).mean())
    between = float(scores.mean(axis=1).var(ddof=1)) - within / scores.shape[1]
    return VarianceSplit(max(0.0, between), within)
