"""The difference of two models on the same items: its interval and its p-value, by what the scores allow.

=========================================  ================================  =====================================
scores                                     interval                          p-value
=========================================  ================================  =====================================
right or wrong, items of their own         Bonett and Price                  McNemar, exact
other item means, or shared sources        Student's t, cluster-robust       sign flips of whole clusters; for
                                                                             fractions of many values also t
                                                                             without skewness: the larger p
a number that is no item mean              jackknife over clusters with      exchange of whole clusters
                                           Student's t; from 50 clusters on
                                           their bootstrap
=========================================  ================================  =====================================

Intervals of bounded numbers are cut at their bounds. McNemar's p-value is exact. Sign flips and exchanges are exact
where the differences are as likely to lie above as below (right-or-wrong scores of equally good models); with
fractional scores of unlike skewness they err more often than they say, which :attr:`Difference.promise` puts in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.aggregate import Statistic
from commons.stats.bounds import Interval, bounds_of, cut, difference_bounds
from commons.stats.clustered import FEW_CLUSTERS, clustered_mean, numbered
from commons.stats.intervals import BOOTSTRAP_SEED, jackknife_se
from commons.stats.paired import mcnemar_exact
from commons.stats.skewness import can_be_told, cautious_t

Floats = NDArray[np.float64]

#: Draws of the permutation tests, and up to how many clusters all 2^G sign flips are counted instead.
PERMUTATIONS = 9999
EXACT_CLUSTERS = 14
PERMUTATION_SEED = 20241103

#: Draws where each one computes a corpus score anew.
STATISTIC_DRAWS = 999

#: Fewer clusters than this give no interval of a number that is no item mean: a jackknife of two is one difference.
FEWEST_FOR_STATISTIC = 3

EXACT = "The p-value is exact."
APPROXIMATE = (
    "The p-value is exact where differences lie above and below alike; with fractional scores of unlike skewness and "
    "few items or clusters it is too small."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """First less second. ``stderr`` and ``interval`` are None where none exists: no item differs, or one cluster.

    ``units`` counts what was drawn independently: clusters, which are the items where they share no source.
    ``first_only`` and ``second_only`` count the items that one model alone got right, None for other scores.
    ``freedom`` are the degrees of freedom of the standard error, None where it is taken as known; ``method`` says how
    the interval was made, and is empty where there is none.
    """

    value: float
    stderr: float | None
    interval: Interval | None
    p: float
    test: str
    n: int
    units: int
    first_only: int | None = None
    second_only: int | None = None
    freedom: float | None = None
    method: str = ""

    @property
    def promise(self) -> str:
        """What the p-value promises, in words; right or wrong scores of items of their own have an exact one."""
        return EXACT if self.first_only is not None and self.units == self.n else APPROXIMATE


def difference_of_means(first: Floats, second: Floats, clusters: Sequence[str]) -> Difference:
    """The paired difference of two models' item means, on the same items in the same order.

    Its standard error is that of the item-by-item differences, sqrt(sum (d - mean)^2 / (n (n-1))) where no source is
    shared, cluster-robust (CR2, Student's t) where one is. Source: Miller (2024), arXiv 2411.00640, section 4.

    Raises:
        ValueError: the lengths differ, or there is no item.
    """
    if not first.size or first.size != second.size or first.size != len(clusters):
        raise ValueError("a paired difference needs the same items for both models")
    apart = first - second
    n, units = apart.size, len(set(clusters))
    binary = bool(np.isin(first, (0.0, 1.0)).all() and np.isin(second, (0.0, 1.0)).all())
    counts = (int((apart > 0).sum()), int((apart < 0).sum())) if binary else (None, None)
    robust = clustered_mean(apart, clusters)
    stderr = None if robust is None or robust.stderr == 0 else robust.stderr
    if counts[0] is not None and counts[1] is not None and units == n:
        low, high = bonett_price(counts[0], counts[1], n)
        return Difference(float(apart.mean()), stderr, (low, high), mcnemar_exact(counts[0], counts[1]),
                          "McNemar, exact", n, units, counts[0], counts[1], n - 1 if n > 1 else None,
                          "Bonett and Price")
    interval, freedom, method = None, None, ""
    if robust is not None and stderr is not None:
        half, freedom = robust.critical() * stderr, robust.freedom
        limits = difference_bounds(bounds_of("mean", np.concatenate([first, second])))
        method = "Student's t" if units == n else f"Student's t, cluster-robust ({robust.correction})"
        interval, method = cut((float(apart.mean()) - half, float(apart.mean()) + half), limits, method)
    flipped, exact = sign_flip(apart, clusters)
    p = flipped if binary else max(flipped, without_skewness(apart, clusters))
    test = f"sign flips of {'items' if units == n else 'clusters'}, {'all' if exact else f'{PERMUTATIONS:,} draws'}"
    if p > flipped:
        test = f"Student's t without skewness, above {test}"
    return Difference(float(apart.mean()), stderr, interval, p, test, n, units, counts[0], counts[1], freedom, method)


def bonett_price(one: int, other: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a difference of paired proportions, which keeps a width where no item is discordant.

    A count more of each discordant kind, then the large-sample formula over n + 2. Source: Bonett and Price (2012),
    Journal of Educational and Behavioral Statistics 37:479.

    Raises:
        ValueError: the counts are not of ``n`` items.
    """
    if n <= 0 or min(one, other) < 0 or one + other > n:
        raise ValueError(f"{one} and {other} are no discordant counts of {n} items")
    p, q = (one + 1) / (n + 2), (other + 1) / (n + 2)
    half = float(stats.norm.ppf(0.5 + confidence / 2)) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return max(-1.0, p - q - half), min(1.0, p - q + half)


def sign_flip(apart: Floats, clusters: Sequence[str], draws: int = PERMUTATIONS) -> tuple[float, bool]:
    """The permutation test of paired differences: whole clusters change sign; with whether all flips were counted.

    Under no difference a model's answers to a source could as well have been the other's. Where few clusters differ
    all 2^G flips are counted; else p = (1 + #{|d*| >= |d|})/(draws + 1), which is never 0. Source: Fisher (1935), The
    Design of Experiments, section 21; Phipson and Smyth (2010) for the one that is added.
    """
    sums = np.bincount(numbered(clusters), weights=apart)
    sums = sums[np.abs(sums) > 1e-12]
    limit = abs(float(sums.sum())) * (1 - 1e-12) - 1e-12
    if sums.size <= EXACT_CLUSTERS:
        totals = np.zeros(1)
        for one in sums:
            totals = np.concatenate([totals + one, totals - one])
        return float((np.abs(totals) >= limit).mean()), True
    random = np.random.default_rng(PERMUTATION_SEED)
    beyond, left = 0, draws
    while left:
        rows = min(left, max(1, 1_000_000 // sums.size))
        signs = random.integers(0, 2, (rows, sums.size), dtype=np.int8) * 2.0 - 1.0
        beyond += int((np.abs(signs @ sums) >= limit).sum())
        left -= rows
    return (1 + beyond) / (draws + 1), False


def without_skewness(apart: Floats, clusters: Sequence[str]) -> float:
    """The p-value of Student's t on the clusters' sums, once what their skewness adds to it is taken out.

    Sign flips alone called a difference of tied models clear in 15% of boards of ten lognormal differences; the larger
    of the two p-values does in 9%, and in 5% where nothing is skewed. 0 where the sums do not vary, or are
    too few, or in too few steps, for their skewness to be told.
    """
    sums = np.asarray(np.bincount(numbered(clusters), weights=apart), dtype=np.float64)
    if not can_be_told(sums, sums.size):
        return 0.0
    # Powers of negative numbers may round otherwise, and which model comes first must decide nothing.
    sums = sums if sums.sum() >= 0 else -sums
    t = cautious_t(np.array(sums.mean()), np.array((sums**2).mean()), np.array((sums**3).mean()), sums.size)
    return float(2 * stats.t.sf(abs(float(t)), sums.size - 1))


def difference_of_statistics(
    aggregate: Callable[[Sequence[Statistic]], float], first: Sequence[Sequence[Statistic]],
    second: Sequence[Sequence[Statistic]], clusters: Sequence[str], draws: int = STATISTIC_DRAWS,
    *, bounds: Interval | None = None,
) -> Difference:
    """The paired difference of a number that is no item mean (F1, BLEU, perplexity), from what each item adds to it.

    ``first`` and ``second`` hold each item's statistics, one for each answer; ``bounds`` are those of the number.
    Interval: the jackknife over clusters with Student's t; from :data:`commons.stats.clustered.FEW_CLUSTERS` on, both
    models' statistics of whole clusters drawn again together, percentiles of the difference (of few clusters they held
    the truth in 69% to 84% of boards); none of fewer than :data:`FEWEST_FOR_STATISTIC`. P-value: whole clusters change
    hands between the models. Sources: Koehn (2004), Statistical Significance Tests for Machine Translation Evaluation;
    Noreen (1989), Computer Intensive Methods, for the exchange (approximate randomisation).

    Raises:
        ValueError: the lengths differ, there is no item, or the aggregate is not finite.
    """
    if not first or len(first) != len(second) or len(first) != len(clusters):
        raise ValueError("a paired difference needs the same items for both models")
    index = numbered(clusters)
    count = int(index.max()) + 1
    random = np.random.default_rng(PERMUTATION_SEED)

    def apart(rows: Sequence[int], swapped: NDArray[np.bool_] | None = None) -> float:
        sides = [(second[row], first[row]) if swapped is not None and swapped[index[row]] else (first[row], second[row])
                 for row in rows]
        return (aggregate([one for side in sides for one in side[0]])
                - aggregate([one for side in sides for one in side[1]]))

    everything = range(len(first))
    observed = apart(everything)
    if count < 2:
        return Difference(observed, None, None, 1.0, "none: a single cluster", len(first), count)
    swaps = np.array([apart(everything, random.integers(0, 2, count).astype(bool)) for _ in range(draws)])
    beyond = int((np.abs(swaps) >= abs(observed) - 1e-12 * max(1.0, abs(observed))).sum())
    test = f"exchange of {'items' if count == len(first) else 'clusters'}, {draws:,} draws"
    stderr, interval, freedom, method = _of_statistic(apart, observed, clusters, draws)
    if interval is not None:
        interval, method = cut(interval, difference_bounds(bounds), method)
    return Difference(observed, stderr, interval, (1 + beyond) / (draws + 1), test, len(first), count, freedom=freedom,
                      method=method)


def _of_statistic(
    apart: Callable[[Sequence[int]], float], observed: float, clusters: Sequence[str], draws: int
) -> tuple[float | None, Interval | None, float | None, str]:
    """Standard error, interval, degrees of freedom and method of a difference that :func:`apart` computes anew."""
    index = numbered(clusters)
    count, size = int(index.max()) + 1, max(1.0, abs(observed))
    what = "items" if count == len(clusters) else "clusters"
    if count < FEWEST_FOR_STATISTIC:
        return None, None, None, ""
    if count < FEW_CLUSTERS:
        stderr = jackknife_se(lambda rows: apart(rows.tolist()), clusters)
        if not math.isfinite(stderr) or stderr <= 1e-12 * size:
            return None, None, None, ""
        half = float(stats.t.ppf(0.975, count - 1)) * stderr
        method = f"jackknife over {what}, Student's t"
        return stderr, (observed - half, observed + half), count - 1, method
    members = [np.flatnonzero(index == one).tolist() for one in range(count)]
    random = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = np.array([
        apart([row for one in random.integers(0, count, count) for row in members[one]]) for _ in range(draws)
    ])
    if not np.isfinite(drawn).all() or np.ptp(drawn) <= 1e-12 * size:
        return None, None, None, ""
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(drawn.std(ddof=1)), (float(low), float(high)), None, f"bootstrap of {what}, percentiles"


@dataclass(frozen=True)
class CochranQ:
    """Cochran's Q, its degrees of freedom and p-value; Q is 0 and p is 1 where no item tells the models apart."""

    q: float
    freedom: int
    p: float


def cochrans_q(right: Floats) -> CochranQ:
    """Cochran's Q over an array of (models, items) of 0 and 1: whether all models are right equally often.

    Over two models it is McNemar's chi-squared without a continuity correction. Source: Cochran (1950), The Comparison
    of Percentages in Matched Samples. statsmodels gives nan where no item is discordant; here that is no evidence.

    Raises:
        ValueError: fewer than two models, or a score that is neither 0 nor 1.
    """
    if right.ndim != 2 or right.shape[0] < 2 or not np.isin(right, (0.0, 1.0)).all():
        raise ValueError("Cochran's Q needs two models or more, right or wrong on each item")
    k = right.shape[0]
    models, items = right.sum(axis=1), right.sum(axis=0)
    below = float((items * (k - items)).sum())
    if below == 0:
        return CochranQ(0.0, k - 1, 1.0)
    q = k * (k - 1) * float(((models - models.mean()) ** 2).sum()) / below
    return CochranQ(q, k - 1, float(stats.chi2.sf(q, k - 1)))
