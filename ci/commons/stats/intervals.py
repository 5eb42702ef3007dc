"""Confidence intervals. Never a Wald interval: its width is 0 where every item is right, or every item wrong."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

#: Resamples of every bootstrap; the seed is fixed so that a published interval can be derived again.
RESAMPLES = 2000
BOOTSTRAP_SEED = 20241101

#: Clusters drawn at once, so that a bootstrap of many items does not fill the memory.
BLOCK = 1_000_000


def wilson(
    successes: float, n: float, confidence: float = 0.95, *, critical: float | None = None
) -> tuple[float, float]:
    """The Wilson score interval of a proportion.

    ``n`` may be an effective sample size and need not be whole. ``critical`` takes the place of the normal quantile
    where the spread itself is estimated from few clusters. Source: Wilson (1927), JASA 22:209.

    Raises:
        ValueError: ``n`` is not positive, or ``successes`` lies outside 0..n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"no proportion: {successes} of {n}")
    z = _normal_critical(confidence) if critical is None else critical
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the formula gives exactly 0 or 1; rounding must not leave a speck beside it.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, 1.0 if successes == n else min(1.0, centre + half)


@functools.cache
def _normal_critical(confidence: float) -> float:
    """Kept, because a board of 300 models asks for it 300 times, and SciPy takes longer for it than all else here."""
    return float(stats.norm.ppf(0.5 + confidence / 2))


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a proportion, which holds the truth at least as often as it says, and is wider for it.

    Source: Clopper and Pearson (1934), Biometrika 26:404.

    Raises:
        ValueError: ``n`` is not positive, or ``successes`` lies outside 0..n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"no proportion: {successes} of {n}")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(stats.beta.ppf(tail, successes, n - successes + 1))
    return low, 1.0 if successes == n else float(stats.beta.isf(tail, successes + 1, n - successes))


def clustered_mean_se(values: NDArray[np.float64], clusters: Sequence[str]) -> float:
    """The cluster-robust standard error of a mean, CR1: CR0 times sqrt(G/(G-1)) for G clusters.

    Equals statsmodels' ``OLS(y, ones).fit(cov_type="cluster")``. Items that are their own cluster give the ordinary
    standard error sd/sqrt(n) with ddof=1. Source: Miller (2024), arXiv 2411.00640; Cameron and Miller (2015).

    Returns nan for fewer than two clusters.
    """
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    count = int(index.max()) + 1
    if count < 2:
        return math.nan
    sums = np.bincount(index, weights=values - values.mean())
    return float(math.sqrt(float((sums**2).sum()) * count / (count - 1)) / len(values))


def cluster_bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], clusters: Sequence[str], confidence: float = 0.95
) -> tuple[float, tuple[float, float]] | None:
    """The standard error and BCa interval of ``statistic`` when whole clusters are drawn again with replacement.

    ``statistic`` takes the row indices of one resample. The acceleration comes from the jackknife over clusters.
    Source: Efron (1987), JASA 82:171; resampling whole clusters: Davison and Hinkley (1997), section 3.8.

    Returns None where no interval exists: fewer than two clusters, or every resample gives the same value.
    """
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    count = int(index.max()) + 1
    if count < 2:
        return None
    members = [np.flatnonzero(index == one) for one in range(count)]
    draws = np.array([
        statistic(np.concatenate([members[one] for one in drawn])) for block in _resamples(count) for drawn in block
    ])
    everything = np.arange(len(index))
    jackknife = np.array([statistic(everything[index != one]) for one in range(count)])
    return _bca(draws, statistic(everything), jackknife, confidence)


def bootstrap_mean(
    values: NDArray[np.float64], clusters: Sequence[str], confidence: float = 0.95
) -> tuple[float, tuple[float, float]] | None:
    """As :func:`cluster_bootstrap` for the mean, and with the same draws: only sums of clusters are drawn, at once."""
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    sizes = np.bincount(index.reshape(-1))
    if sizes.size < 2:
        return None
    sums = np.bincount(index.reshape(-1), weights=values)
    draws = np.concatenate([
        sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1) for drawn in _resamples(sizes.size)
    ])
    jackknife = (sums.sum() - sums) / (values.size - sizes)
    return _bca(draws, float(sums.sum() / values.size), jackknife, confidence)


def jackknife_se(statistic: Callable[[NDArray[np.intp]], float], clusters: Sequence[str]) -> float:
    """The standard error of ``statistic`` from leaving out one cluster after the other.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 11. nan for fewer than two clusters.
    """
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    everything, count = np.arange(index.size), int(index.max()) + 1
    if count < 2:
        return math.nan
    left = np.array([statistic(everything[index.reshape(-1) != one]) for one in range(count)])
    return math.sqrt(float(((left - left.mean()) ** 2).sum()) * (count - 1) / count)


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float] | None:
    """The interval of a median between two of the ordered values, for independent ones; it needs no further premise.

    The number of values below the true median is binomial. It holds the median at least as often as it says. Source:
    Thompson (1936), Annals of Mathematical Statistics 7:122. None for fewer than six values at 95%.

    >>> median_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), median_interval([1.0, 2.0, 3.0])
    ((1.0, 6.0), None)
    """
    place = int(stats.binom.ppf((1 - confidence) / 2, len(values), 0.5))
    ordered = sorted(values)
    return (ordered[place - 1], ordered[-place]) if place > 0 else None


def _resamples(count: int) -> Iterator[NDArray[np.intp]]:
    """Which clusters each resample draws, the same at every call: blocks of (resamples, clusters)."""
    random = np.random.default_rng(BOOTSTRAP_SEED)
    rows = max(1, BLOCK // count)
    for start in range(0, RESAMPLES, rows):
        yield random.integers(0, count, (min(rows, RESAMPLES - start), count))


def _bca(
    draws: NDArray[np.float64], observed: float, jackknife: NDArray[np.float64], confidence: float
) -> tuple[float, tuple[float, float]] | None:
    """The standard error and interval; None where the draws are not finite, or equal but for rounding."""
    if not np.isfinite(draws).all() or np.ptp(draws) <= 1e-12 * max(1.0, abs(observed)):
        return None
    low, high = _bca_levels(draws, observed, jackknife, confidence)
    return float(draws.std(ddof=1)), (float(np.quantile(draws, low)), float(np.quantile(draws, high)))


def _bca_levels(
    draws: NDArray[np.float64], observed: float, jackknife: NDArray[np.float64], confidence: float
) -> tuple[float, float]:
    below = ((draws < observed).sum() + 0.5 * (draws == observed).sum()) / len(draws)
    bias = float(stats.norm.ppf(min(max(below, 1 / len(draws)), 1 - 1 / len(draws))))
    spread = jackknife.mean() - jackknife
    scale = float((spread**2).sum() ** 1.5)
    acceleration = float((spread**3).sum()) / (6 * scale) if scale > 0 else 0.0

    def level(tail: float) -> float:
        z = bias + float(stats.norm.ppf(tail))
        return float(stats.norm.cdf(bias + z / (1 - acceleration * z)))

    return level((1 - confidence) / 2), level((1 + confidence) / 2)
