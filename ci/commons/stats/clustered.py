"""Means of items that come in clusters: their standard errors, how many items they are worth, and Student's interval.

Items that share a source (a passage, a template) are right or wrong together, so that n of them say less than n items
of their own. A cluster is one draw: its sum of deviations from the mean is what varies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

#: Fewer clusters than this tell too little of their own spread for a bootstrap: BCa intervals of 5 clusters held the
#: true mean in 51% to 90% of boards where 95% was claimed, of 20 clusters in 85% to 97% (``benchmarks/coverage.py``).
FEW_CLUSTERS = 50


def numbered(clusters: Sequence[str]) -> NDArray[np.intp]:
    """The clusters as numbers from 0, one for each item."""
    return np.unique(np.asarray(clusters), return_inverse=True)[1].reshape(-1)


def clt_se(values: Floats) -> float:
    """The standard error of the mean of independent items: sd/sqrt(n) with ddof=1, the harness's ``mean_stderr``.

    Returns nan for fewer than two items.
    """
    return float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else math.nan


def miller_se(values: Floats, index: NDArray[np.intp]) -> float:
    """The clustered standard error as Miller writes it: SE_CLT^2 plus the products of pairs within clusters, over n^2.

    Source: Miller (2024), arXiv 2411.00640, section 2.2. It differs from CR0 by sum(e^2)/(n^2 (n-1)) alone; a negative
    sum, which clusters of opposites give, counts as 0.
    """
    residuals = values - values.mean()
    pairs = (np.bincount(index, weights=residuals) ** 2).sum() - (residuals**2).sum()
    return math.sqrt(max(0.0, clt_se(values) ** 2 + float(pairs) / values.size**2))


def cr0_se(values: Floats, index: NDArray[np.intp]) -> float:
    """The cluster-robust standard error without a correction: the root of the sum of squared cluster sums, over n."""
    sums = np.bincount(index, weights=values - values.mean())
    return math.sqrt(float((sums**2).sum())) / values.size


@dataclass(frozen=True)
class ClusteredMean:
    """A mean's standard error, the degrees of freedom of its Student's t, and its design effect, 1 or more.

    ``correction`` names how the standard error was made: CR2, or the jackknife where one cluster has most items.
    """

    stderr: float
    freedom: float
    design_effect: float
    correction: str = "CR2"

    def critical(self, confidence: float = 0.95) -> float:
        """The two-sided critical value of Student's t."""
        return float(stats.t.ppf(0.5 + confidence / 2, self.freedom))


def clustered_mean(values: Floats, clusters: Sequence[str]) -> ClusteredMean | None:
    """The standard error of a mean with the bias-reduced correction CR2, or the jackknife's where one cluster rules.

    For a mean, CR2 divides the squared sum of the deviations in cluster c by 1 - m_c/n, where m_c items of n are in
    it; clusters of one size give CR1 exactly. Where more than half of the items are in one cluster, CR2 is far too
    small (intervals of clusters of 99 and 1 items held the truth in 75% of boards, of 90, 1 and 1 in 83%): the standard
    error is then that of the jackknife over clusters (CR3; 97% of the same boards). The degrees of freedom are those of
    Imbens and Kolesár (2016), Review of Economics and Statistics 98:701, who match the variance of the estimate under
    items that share a part of their variance within clusters; the part is that of the data (one-way analysis of
    variance), 0 or more. Clusters of one size give G - 1. CR2: Bell and McCaffrey (2002), Survey Methodology 28:169.

    The design effect is SE^2 over that of independent items. It is never below 1: an estimate below it is noise far
    more often than clusters of opposites, and nobody should be credited with more items than were asked. Where all
    values are equal it cannot be estimated, and each cluster counts as one item.

    Returns None for fewer than two clusters.
    """
    index = numbered(clusters)
    sizes = np.asarray(np.bincount(index), dtype=np.float64)
    count, n = sizes.size, values.size
    if count < 2:
        return None
    residuals = values - values.mean()
    sums = np.asarray(np.bincount(index, weights=residuals), dtype=np.float64)
    stderr = math.sqrt(float(((sums / divisors(sizes)) ** 2).sum())) / n
    simple = clt_se(values)
    # What rounding leaves of equal values is no variance.
    if simple <= 1e-12 * max(1.0, abs(float(values.mean()))):
        return ClusteredMean(0.0, count - 1, n / count)
    shared, own = _components(residuals, sums, sizes)
    effect = max(1.0, (stderr / simple) ** 2) if count < n else 1.0
    correction = "jackknife: one source has most items" if 2 * sizes.max() > n else "CR2"
    return ClusteredMean(stderr, freedom_of(sizes, own, shared), effect, correction)


def divisors(sizes: Floats) -> Floats:
    """What the sums of deviations of clusters of these sizes are divided by: CR2's roots, or the jackknife's.

    The jackknife's stand where one cluster has more than half of the items; for clusters of one size the two are the
    same. Source: MacKinnon, Nielsen and Webb (2023), Journal of Applied Econometrics 38:671.

    >>> divisors(np.array([2.0, 2.0])).round(4).tolist(), divisors(np.array([3.0, 1.0])).round(4).tolist()
    ([0.7071, 0.7071], [0.3536, 1.0607])
    """
    left = 1 - sizes / sizes.sum()
    if 2 * sizes.max() <= sizes.sum():
        return np.asarray(np.sqrt(left))
    return np.asarray(left * math.sqrt(sizes.size / (sizes.size - 1)))


def _components(residuals: Floats, sums: Floats, sizes: Floats) -> tuple[float, float]:
    """The variance between clusters and that within them, by one-way analysis of variance."""
    n, count = residuals.size, sizes.size
    if count == n:
        return 0.0, 1.0
    between = float((sums**2 / sizes).sum())
    within = max(0.0, float((residuals**2).sum()) - between) / (n - count)
    typical = (n - float((sizes**2).sum()) / n) / (count - 1)
    shared = max(0.0, (between / (count - 1) - within) / typical)
    return shared, within if shared + within > 0 else 1.0


def freedom_of(sizes: Floats, own: float, shared: float) -> float:
    """Degrees of freedom for clusters of these sizes whose items have the variance ``own`` + ``shared``.

    It is trace(M)^2 / trace(M^2), where M is the covariance of the corrected cluster sums of deviations.

    M = diag(w m / d^2) - (v u' + u v')/n + (s/n^2) u u' with w = own + shared m, d^2 = 1 - m/n, u = m/d, v = w m/d and
    s = sum(w m); both traces are written out, so that no matrix is made.
    """
    n = float(sizes.sum())
    weight, root = own + shared * sizes, np.sqrt(1 - sizes / n)
    u, v, s = sizes / root, weight * sizes / root, float((weight * sizes).sum())
    main, rest = weight * sizes / root**2, -2 * u * v / n + s * u**2 / n**2
    uu, uv, vv = float(u @ u), float(u @ v), float(v @ v)
    squared = (2 * vv * uu + 2 * uv**2) / n**2 - 4 * s * uv * uu / n**3 + (s * uu / n**2) ** 2
    return float((main + rest).sum() ** 2 / ((main**2).sum() + 2 * (main * rest).sum() + squared))
