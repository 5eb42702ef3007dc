"""Confidence intervals. Never a Wald interval: its width is 0 where every item is right, or every item wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

#: Resamples of every bootstrap; the seed is fixed so that a published interval can be derived again.
RESAMPLES = 2000
BOOTSTRAP_SEED = 20241101


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
    z = float(stats.norm.ppf(0.5 + confidence / 2)) if critical is None else critical
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the formula gives exactly 0 or 1; rounding must not leave a speck beside it.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, 1.0 if successes == n else min(1.0, centre + half)


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
    random = np.random.default_rng(BOOTSTRAP_SEED)
    draws = np.array([
        statistic(np.concatenate([members[one] for one in random.integers(0, count, count)])) for _ in range(RESAMPLES)
    ])
    if not np.isfinite(draws).all() or np.ptp(draws) == 0:
        return None
    everything = np.arange(len(index))
    observed = statistic(everything)
    jackknife = np.array([statistic(everything[index != one]) for one in range(count)])
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
