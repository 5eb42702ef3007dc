"""One metric over many items, with its uncertainty: which method applies to which numbers is decided here alone.

==================================  =======================================  =====================================
numbers                             fewer than 50 clusters                   50 clusters or more
==================================  =======================================  =====================================
right or wrong, items of their own  Wilson                                   the same
right or wrong, shared sources      Wilson on the effective sample size,     the same
                                    Student's t
item means, items of their own      Student's t                              BCa bootstrap of items
item means, shared sources          Student's t, CR2                         the same
median, items of their own          order statistics (binomial), from 6 on   the same
median, shared sources              none                                     BCa bootstrap of clusters
no item mean (F1, BLEU ...)         jackknife over clusters, Student's t     BCa bootstrap of clusters
==================================  =======================================  =====================================

An item that shares no source is a cluster of its own. Student's intervals of bounded numbers are cut at their bounds,
and those of perplexities made on the log scale (:mod:`commons.stats.bounds`). How often each holds the true value, and
how seldom a bootstrap of clusters of unequal sizes does: ``benchmarks/coverage.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.aggregate import ITEM_MEANS, Statistic, aggregate
from commons.stats.bounds import LOG_SCALE, Interval, bounds_of, cut
from commons.stats.clustered import FEW_CLUSTERS, ClusteredMean, clustered_mean, numbered
from commons.stats.intervals import bootstrap_mean, cluster_bootstrap, jackknife_se, median_interval, wilson

#: Digits of a published number: more than any reader needs, few enough to be the same on every machine.
PUBLISHED_DIGITS = 10

#: A half-width on the log scale beyond this gives an end that is no number a reader could use.
WIDEST_LOG = 50.0


@dataclass(frozen=True)
class Summary:
    """A value, its standard error and interval (None where none exists), how they were made, and the item count.

    ``design_effect`` says how many times the variance is that of items which share no source (1 or more), and
    ``n_effective`` how many such items the given ones are worth: n over the design effect. Where several answers to
    an item were given, both speak of items, each with the mean of its answers. None where nothing can be said of them.
    """

    value: float
    stderr: float | None
    interval: Interval | None
    method: str
    n: int
    n_effective: float | None
    design_effect: float | None


def summarise(
    aggregation: str, statistics: Sequence[Statistic], clusters: Sequence[str], items: Sequence[str] | None = None
) -> Summary:
    """The value of ``aggregation`` with a 95% interval.

    ``clusters`` names, for each statistic, the source it shares with others; items that share nothing carry names of
    their own. ``items`` names the item of each statistic where several answers to one were given; they share a
    cluster, so that K answers to one item do not pass for K items. ``n`` counts items.

    Raises:
        ValueError: no items, lengths that differ, or a value that is not finite.
    """
    if len(statistics) != len(clusters) or (items is not None and len(items) != len(statistics)):
        raise ValueError("each statistic needs a cluster")
    value = aggregate(aggregation, statistics)
    n = len(set(items)) if items is not None else len(statistics)
    if aggregation in ITEM_MEANS:
        values = np.array([float(one) for one in statistics if not isinstance(one, tuple)])
        stderr, interval, method = _of_mean(aggregation, value, values, clusters)
        effect = _design_effect(values, clusters, items)
    else:
        stderr, interval, method = _of_statistic(aggregation, value, statistics, clusters)
        # What one item adds to a number that is no mean cannot be told from its neighbours' part.
        effect = 1.0 if len(set(clusters)) == n else None
    ends = None if interval is None else (_published(interval[0]), _published(interval[1]))
    return Summary(
        _published(value), None if stderr is None else _published(stderr), ends, method, n,
        None if effect is None else _published(n / effect), None if effect is None else _published(effect),
    )


def _of_mean(
    aggregation: str, value: float, values: NDArray[np.float64], clusters: Sequence[str]
) -> tuple[float | None, Interval | None, str]:
    """Standard error, interval and method of an item mean."""
    robust, count = clustered_mean(values, clusters), len(set(clusters))
    if bool(np.isin(values, (0.0, 1.0)).all()):
        interval, method = _proportion(value, values.size, count, robust)
        return None if robust is None else robust.stderr, interval, method
    if robust is None or robust.stderr == 0.0:
        return None, None, _none(values.size)
    if count < max(FEW_CLUSTERS, values.size):
        half = robust.critical() * robust.stderr
        method = "Student's t" if count == values.size else f"Student's t, cluster-robust ({robust.correction})"
        return robust.stderr, *cut((value - half, value + half), bounds_of(aggregation, values), method)
    return _bootstrapped(bootstrap_mean(values, clusters), values.size, count)


def _proportion(value: float, n: int, count: int, robust: ClusteredMean | None) -> tuple[Interval, str]:
    if count == n:
        return wilson(round(value * n), n), "Wilson"
    effect = n / count if robust is None else robust.design_effect
    # Few clusters tell little about their own spread: Student's t in place of the normal quantile.
    critical = float(stats.t.ppf(0.975, 1)) if robust is None else robust.critical()
    interval = wilson(value * n / effect, n / effect, critical=critical)
    return interval, "Wilson on the effective sample size (clusters, t)"


def _of_statistic(
    aggregation: str, value: float, statistics: Sequence[Statistic], clusters: Sequence[str]
) -> tuple[float | None, Interval | None, str]:
    """Standard error, interval and method of a number that is no item mean, from what each item adds to it."""

    def again(rows: NDArray[np.intp]) -> float:
        return aggregate(aggregation, [statistics[row] for row in rows])

    n, count = len(statistics), len(set(clusters))
    if aggregation == "median" and (count == n or count < FEW_CLUSTERS):
        return None, *_of_median([float(one) for one in statistics if not isinstance(one, tuple)], count)
    if count >= FEW_CLUSTERS:
        return _bootstrapped(cluster_bootstrap(again, clusters), n, count)
    on_log = aggregation in LOG_SCALE
    stderr = jackknife_se((lambda rows: math.log(again(rows))) if on_log else again, clusters)
    if math.isnan(stderr) or stderr == 0.0:
        return None, None, _none(n)
    half = float(stats.t.ppf(0.975, count - 1)) * stderr
    method = f"jackknife over {'items' if count == n else 'clusters'}, Student's t"
    if on_log:
        if half > WIDEST_LOG:
            return stderr * value, None, "no interval: too few items to bound it"
        return stderr * value, (value * math.exp(-half), value * math.exp(half)), f"{method}, on the log scale"
    return stderr, *cut((value - half, value + half), bounds_of(aggregation), method)


def _of_median(values: Sequence[float], count: int) -> tuple[Interval | None, str]:
    """The median's interval from the order of independent items; a jackknife of medians holds the truth too seldom."""
    if len(set(values)) == 1:
        return None, _none(len(values))
    if count < len(values):
        return None, f"no interval: a median of items from {count} shared sources; {FEW_CLUSTERS} are needed"
    interval = median_interval(values)
    if interval is None:
        return None, f"no interval: a median of {len(values)} items; 6 are needed"
    return interval, "order statistics (binomial)"


def _bootstrapped(
    result: tuple[float, Interval] | None, n: int, count: int
) -> tuple[float | None, Interval | None, str]:
    if result is None:
        return None, None, _none(n)
    return *result, "BCa bootstrap of clusters" if count < n else "BCa bootstrap of items"


def _design_effect(
    values: NDArray[np.float64], clusters: Sequence[str], items: Sequence[str] | None
) -> float | None:
    """The design effect of items: answers to one item are taken together first, by their mean."""
    if items is not None and len(set(items)) < len(items):
        index = numbered(items)
        first = np.unique(index, return_index=True)[1]
        values = np.bincount(index, weights=values) / np.bincount(index)
        clusters = [clusters[place] for place in first]
    if len(set(clusters)) == len(clusters):
        return 1.0
    robust = clustered_mean(values, clusters)
    return float(len(clusters)) if robust is None else robust.design_effect


def _none(n: int) -> str:
    return f"no interval: {'a single item' if n == 1 else 'the items do not vary'}"


def _published(value: float) -> float:
    return float(f"{value:.{PUBLISHED_DIGITS}g}")
