"""Every pair of models on one task at once: differences, their standard errors and p-values, from one matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from commons.stats.clustered import divisors, freedom_of

Floats = NDArray[np.float64]

#: The steps in which the table of exact p-values grows, so that tasks of like size share one.
_STEP = 64

#: Discordant items up to which p-values are looked up; beyond, they are computed for the counts that occur.
_TABLE = 1024


@dataclass(frozen=True)
class AllPairs:
    """What of all pairs: arrays of (models, models), row less column.

    ``p`` is 1 on the diagonal, ``adjusted`` is Holm's correction over the pairs (each counted once), and ``exact``
    says whether p is McNemar's exact one or that of Student's t on the clustered standard error.
    """

    difference: Floats
    stderr: Floats
    p: Floats
    adjusted: Floats
    exact: bool


def all_pairs(scores: Floats, cluster_index: NDArray[np.intp]) -> AllPairs:
    """Compare all models of a task, given as an array of (models, items) and the items' clusters as numbers from 0.

    The standard errors follow from the covariance of the models' cluster sums (CR2, or the jackknife's where one
    cluster has most items): the variance of a difference is C_ii + C_jj - 2 C_ij, exactly that of the item-by-item
    differences. Student's t takes the degrees of freedom of items that are all alike within their clusters, which errs
    on the side of saying nothing. Right or wrong scores of items that share no source get McNemar's exact test. Of a
    single cluster nothing is known: the standard errors are nan and p is 1.

    Raises:
        ValueError: the shapes do not fit or a score is not finite.
    """
    if scores.ndim != 2 or scores.shape[1] != cluster_index.size or not cluster_index.size:
        raise ValueError("one cluster for each item, and one row for each model")
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite")
    n, count = scores.shape[1], int(cluster_index.max()) + 1
    means = scores.mean(axis=1)
    centred = scores - means[:, None]
    sizes: Floats = np.asarray(np.bincount(cluster_index), dtype=np.float64)
    if count < n:
        member = np.zeros((n, count))
        member[np.arange(n), cluster_index] = 1.0
        centred = centred @ member
    difference = means[:, None] - means[None, :]
    if count < 2:
        blank = np.ones_like(difference)
        return AllPairs(difference, np.full_like(difference, np.nan), blank, blank, False)
    centred = centred / divisors(sizes)
    covariance = centred @ centred.T / n**2
    own = np.diag(covariance)
    variance = own[:, None] + own[None, :] - 2 * covariance
    # What rounding leaves of two equal models is no variance.
    variance[variance < 1e-14 * np.maximum(1.0, own.max())] = 0.0
    stderr = np.sqrt(variance)
    exact = count == n and bool(((scores == 0) | (scores == 1)).all())
    p = _mcnemar(scores) if exact else _student(difference, stderr, freedom_of(sizes, 0.0, 1.0), count - 1)
    return AllPairs(difference, stderr, p, _holm(p), exact)


def _student(difference: Floats, stderr: Floats, freedom: float, signs: int) -> Floats:
    """Two-sided p-values: 1 where no item differs; where all differ alike, that of so many clusters of one sign."""
    rows, columns = np.triu_indices(difference.shape[0], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(difference[rows, columns]) / stderr[rows, columns]
    single = 2 * special.stdtr(freedom, -np.where(np.isnan(t), 0.0, t))
    single[np.isinf(t)] = min(1.0, 2.0**-signs)
    p = np.ones_like(difference)
    p[rows, columns] = p[columns, rows] = single
    return p


def _mcnemar(right: Floats) -> Floats:
    """McNemar's exact p-values of all pairs, looked up by the two counts of discordant items."""
    both = right @ right.T
    counts = np.diag(both)
    first = np.rint(counts[:, None] - both).astype(np.intp)
    fewer, discordant = np.minimum(first, first.T), first + first.T
    largest = int(discordant.max())
    if largest <= _TABLE:
        return np.asarray(_table(-(-largest // _STEP) * _STEP)[fewer, discordant])
    seen, place = np.unique(fewer * (largest + 1) + discordant, return_inverse=True)
    return _two_sided(seen // (largest + 1), seen % (largest + 1))[place.reshape(fewer.shape)]


@lru_cache(maxsize=8)
def _table(largest: int) -> Floats:
    """P-values by the smaller count and the number of discordant items, up to ``largest`` of them."""
    fewer, discordant = np.meshgrid(np.arange(largest // 2 + 1), np.arange(largest + 1), indexing="ij")
    return _two_sided(np.minimum(fewer, discordant), discordant)


def _two_sided(fewer: NDArray[np.intp], discordant: NDArray[np.intp]) -> Floats:
    return np.asarray(np.minimum(1.0, 2 * special.bdtr(fewer, discordant, 0.5)), dtype=np.float64)


def _holm(p: Floats) -> Floats:
    """Holm's correction over the upper triangle, put into both; see :func:`commons.stats.adjusted.holm_adjusted`."""
    rows, columns = np.triu_indices(p.shape[0], 1)
    single = p[rows, columns]
    order = np.argsort(single, kind="stable")
    stepped = np.minimum(1.0, single[order] * np.arange(single.size, 0, -1))
    corrected = np.empty_like(single)
    corrected[order] = np.maximum.accumulate(stepped)
    adjusted = np.ones_like(p)
    adjusted[rows, columns] = adjusted[columns, rows] = corrected
    return adjusted
