"""One model's number on one task of a suite, with what its error rests on: independent items, and how many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commons.pool.cell import Cell
from commons.stats.aggregate import ITEM_MEANS
from commons.stats.clustered import clustered_mean
from commons.stats.intervals import wilson
from commons.stats.macro import critical_value


@dataclass(frozen=True)
class Score:
    """One model's number on one task, with its 95% interval; ``stderr`` is never 0: see :func:`score_of`.

    ``freedom`` are the degrees of freedom of the standard error, None where it is taken as known; ``worth`` counts the
    independent items that the ``n`` items are worth.
    """

    value: float
    stderr: float | None
    interval: tuple[float, float] | None
    n: int
    freedom: float | None = None
    worth: float | None = None

    @property
    def known(self) -> float:
        """The degrees of freedom, infinite where the standard error is taken as known."""
        return math.inf if self.freedom is None else self.freedom


def score_of(cell: Cell, metrics: Sequence[str]) -> Score:
    """The metric's number; of several metrics of the same answers their mean, taken as wholly dependent.

    Where every item is right, or every item wrong, the standard error of the items is 0 and says nothing: half of
    the 95% interval over its critical value stands for it. The clusters of right-or-wrong items can be alike by chance:
    their error is no less than that of Wilson's interval on as many independent items as they are worth.
    """
    held = [cell.metrics[name] for name in metrics]
    share = 1.0 / len(held)
    intervals = [one.interval for one in held if one.interval is not None]
    interval = None
    if len(intervals) == len(held):
        interval = (share * sum(low for low, _ in intervals), share * sum(high for _, high in intervals))
    errors = [one.stderr for one in held if one.stderr is not None]
    stderr = share * sum(errors) if len(errors) == len(held) else None
    freedom, units = _freedom(cell, metrics[0])
    if not stderr and interval is not None:
        stderr = (interval[1] - interval[0]) / (2 * critical_value(math.inf if freedom is None else freedom))
    worth = held[0].n_effective or float(min(units, held[0].n))
    value = share * sum(one.value for one in held)
    if freedom is not None and held[0].method.startswith("Wilson"):
        low, high = wilson(value * worth, worth)
        stderr = max(stderr or 0.0, (high - low) / (2 * critical_value(math.inf)))
    return Score(value, stderr or None, interval, held[0].n, freedom, worth)


def _freedom(cell: Cell, name: str) -> tuple[float | None, int]:
    """The degrees of freedom of the metric's standard error, and how many independent pieces its items are."""
    place = cell.metric_names.index(name)
    scores: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    for row in cell.rows:
        if row.outcome.has_score:
            score = row.scores[place]
            scores.setdefault(row.item, []).append(score if isinstance(score, float) else math.nan)
            clusters[row.item] = f"item {row.item}" if row.cluster is None else f"cluster {row.cluster}"
    units = len(set(clusters.values()))
    means = np.array([sum(some) / len(some) for some in scores.values()])
    if cell.metrics[name].aggregation in ITEM_MEANS and bool(np.isfinite(means).all()):
        if units == means.size and bool(np.isin(means, (0.0, 1.0)).all()):
            return None, units
        found = clustered_mean(means, list(clusters.values()))
        return (1.0 if found is None else max(1.0, found.freedom)), units
    return float(max(1, units - 1)), units
