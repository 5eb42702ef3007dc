"""The saturation index: how much of what the frontier scores is neither headroom nor a repeatable difference.

``S = (1 - H) * (1 - rho)``: ``H`` is the headroom to the ceiling and ``rho`` the reliability of the frontier's order
(Hoyt 1941, Psychometrika 6:153; clipped at 0). Near 1 the best models stand at the ceiling in no order that would
repeat; near 0 there is room, or an order. A floor has much room, so it cannot pass for saturation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.intervals import BOOTSTRAP_SEED, RESAMPLES
from commons.stats.items.reliability import hoyt
from commons.stats.saturation.headroom import Scale, headroom
from commons.stats.saturation.policy import TELLING

Array = NDArray[np.float64]

CONFIDENCE = 0.95
#: Draws that stand in memory at once: resamples times clusters.
_AT_ONCE = 2_000_000
#: Sums of squares below this share of the scores' size are rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Index:
    """The index with what it is made of.

    ``headroom_most`` is the headroom that the lower end of the best model's own interval would leave. The interval is
    None where fewer than :data:`~policy.TELLING` clusters of items tell any two of the models apart.
    """

    headroom: float
    headroom_most: float
    reliability: float
    value: float
    interval: tuple[float, float] | None


def cluster_means(scores: Array, clusters: NDArray[np.intp]) -> Array:
    """The mean of each model on each cluster of items: shape (models, clusters).

    >>> cluster_means(np.array([[1.0, 0.0, 1.0]]), np.array([0, 0, 1]))
    array([[0.5, 1. ]])
    """
    return _totals(scores, clusters) / np.bincount(clusters)


def telling_clusters(scores: Array, clusters: NDArray[np.intp]) -> int:
    """How many clusters tell any two of the models apart: all that an order can rest on.

    >>> telling_clusters(np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]), np.array([0, 0, 1]))
    1
    """
    return int((np.ptp(cluster_means(scores, clusters), axis=0) > 0).sum())


def reliability(scores: Array, clusters: NDArray[np.intp]) -> float:
    """Hoyt's reliability of the models' order on cluster means, at least 0; 0 too where all models score the same."""
    rho = hoyt(cluster_means(scores, clusters))
    return 0.0 if np.isnan(rho) else max(0.0, rho)


def saturation_index(
    scores: Array, clusters: NDArray[np.intp], scale: Scale, top_low: float,
    *, resamples: int = RESAMPLES, seed: int = BOOTSTRAP_SEED,
) -> Index:
    """The index of a frontier with a 95% interval from whole clusters drawn again, ``resamples`` times.

    ``scores`` has the shape (frontier models, items), higher is better; ``clusters`` numbers each item's source from
    0. The interval is the percentile interval (Davison and Hinkley 1997, section 5.3.1), for the models as given. A
    resample adds noise between models that are tied, so its ``rho`` runs high and the lower end is on the safe side;
    BCa, which mends such a bias elsewhere, missed the truth in up to a quarter of simulated frontiers of five.
    ``top_low`` is the lower end of the best model's own interval: no lower end of the index is above one minus the
    headroom that it leaves.

    Raises:
        ValueError: fewer than two models.
    """
    if len(scores) < 2:
        raise ValueError("an order takes two models")
    room, most = headroom(float(scores.mean(axis=1).max()), scale), headroom(top_low, scale)
    rho = reliability(scores, clusters)
    value = (1.0 - room) * (1.0 - rho)
    table = _table(scores, clusters)
    if telling_clusters(scores, clusters) < TELLING:
        return Index(room, most, rho, value, None)
    draws = _indices(_resampled(table, resamples, seed), len(table), len(scores), scale)
    low, high = (float(end) for end in np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]))
    return Index(room, most, rho, value, (min(low, 1.0 - most, value), max(high, value)))


def _totals(scores: Array, clusters: NDArray[np.intp]) -> Array:
    groups = int(clusters.max()) + 1
    return np.stack([np.bincount(clusters, weights=row, minlength=groups) for row in scores])


def _table(scores: Array, clusters: NDArray[np.intp]) -> Array:
    """What one cluster adds to the sums that the index is made of: shape (clusters, 2 models + 3).

    By model the total and the mean, then the number of items, the squares of the means, and the squared mean of all.
    """
    totals, sizes = _totals(scores, clusters), np.bincount(clusters).astype(np.float64)
    means = totals / sizes
    return np.column_stack([totals.T, means.T, sizes, (means**2).sum(axis=0), means.mean(axis=0) ** 2])


def _resampled(table: Array, resamples: int, seed: int) -> Array:
    """The sums of ``resamples`` draws of as many clusters as there are: shape (resamples, columns)."""
    random = np.random.default_rng(seed)
    groups = len(table)
    step = max(1, _AT_ONCE // groups)
    found = []
    for start in range(0, resamples, step):
        count = min(step, resamples - start)
        drawn = random.integers(0, groups, (count, groups)) + np.arange(count)[:, None] * groups
        weights = np.bincount(drawn.ravel(), minlength=count * groups).reshape(count, groups)
        found.append(weights.astype(np.float64) @ table)
    return np.concatenate(found)


def _indices(sums: Array, groups: int, models: int, scale: Scale) -> Array:
    """The index of each row of sums; where all models score the same there is no order to repeat, and rho is 0."""
    totals, means = sums[:, :models], sums[:, models : 2 * models] / groups
    sizes, squares, columns = sums[:, -3], sums[:, -2], sums[:, -1]
    top = (totals / sizes[:, None]).max(axis=1)
    room = np.clip((scale.ceiling - top) / (scale.ceiling - scale.chance), 0.0, 1.0)
    grand = means.mean(axis=1)
    between = groups * ((means - grand[:, None]) ** 2).sum(axis=1) / (models - 1)
    residual = squares - groups * (means**2).sum(axis=1) - models * columns + models * groups * grand**2
    residual = np.maximum(residual, 0.0) / ((models - 1) * (groups - 1))
    tied = between <= _ROUNDING * np.maximum(1.0, squares / groups)
    noise = np.where(tied, 1.0, residual / np.where(tied, 1.0, between))
    index: Array = (1.0 - room) * np.minimum(noise, 1.0)
    return index
