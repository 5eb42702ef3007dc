"""One metric over many items, with its uncertainty: which method applies to which numbers is decided here alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.aggregate import ITEM_MEANS, Statistic, aggregate
from commons.stats.intervals import cluster_bootstrap, clustered_mean_se, wilson

#: Digits of a published number: more than any reader needs, few enough to be the same on every machine.
PUBLISHED_DIGITS = 10


@dataclass(frozen=True)
class Summary:
    """A value, its standard error and interval (None where none exists), how they were made, and the item count."""

    value: float
    stderr: float | None
    interval: tuple[float, float] | None
    method: str
    n: int


def summarise(aggregation: str, statistics: Sequence[Statistic], clusters: Sequence[str]) -> Summary:
    """The value of ``aggregation`` with a 95% interval.

    ``clusters`` names, for each statistic, the source it shares with others; items that share nothing carry names of
    their own. Repeats of one item share a cluster, so that K answers to one item do not pass for K items in the
    interval. ``n`` counts statistics. Right/wrong scores get Wilson's interval (on the effective sample size where
    items are clustered), all others a BCa bootstrap of whole clusters.

    Raises:
        ValueError: no items, lengths that differ, or a value that is not finite.
    """
    if len(statistics) != len(clusters):
        raise ValueError("each statistic needs a cluster")
    value = aggregate(aggregation, statistics)
    if aggregation in ITEM_MEANS:
        values = np.array([float(one) for one in statistics if not isinstance(one, tuple)])
        if set(values.tolist()) <= {0.0, 1.0}:
            return _proportion(value, values, clusters)
    result = cluster_bootstrap(lambda rows: aggregate(aggregation, [statistics[row] for row in rows]), clusters)
    n = len(statistics)
    if result is None:
        why = "a single item" if n == 1 else "the items do not vary"
        return Summary(_published(value), None, None, f"no interval: {why}", n)
    stderr, (low, high) = result
    return Summary(_published(value), _published(stderr), (_published(low), _published(high)),
                   "BCa bootstrap of clusters" if len(set(clusters)) < n else "BCa bootstrap of items", n)


def _proportion(value: float, values: NDArray[np.float64], clusters: Sequence[str]) -> Summary:
    n = len(values)
    robust = clustered_mean_se(values, clusters)
    stderr = None if math.isnan(robust) else _published(robust)
    if len(set(clusters)) == n:
        interval, method = wilson(float(values.sum()), n), "Wilson"
    else:
        simple = clustered_mean_se(values, [str(row) for row in range(n)])
        effect = max(1.0, (robust / simple) ** 2) if simple > 0 and not math.isnan(robust) else n / len(set(clusters))
        # Few clusters tell little about their own spread: Student's t with G-1 degrees of freedom in place of z.
        critical = float(stats.t.ppf(0.975, max(1, len(set(clusters)) - 1)))
        interval = wilson(value * n / effect, n / effect, critical=critical)
        method = "Wilson on the effective sample size (clusters, t)"
    return Summary(_published(value), stderr, (_published(interval[0]), _published(interval[1])), method, n)


def _published(value: float) -> float:
    return float(f"{value:.{PUBLISHED_DIGITS}g}")
