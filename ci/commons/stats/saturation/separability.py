"""Whether the models of a frontier can be told apart at all: all of them together, and pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.adjusted import holm_adjusted
from commons.stats.intervals import BOOTSTRAP_SEED, RESAMPLES
from commons.stats.items.reliability import hoyt
from commons.stats.paired import mcnemar_exact
from commons.stats.saturation.index import cluster_means
from commons.stats.saturation.policy import ALPHA

Array = NDArray[np.float64]
#: What rounding may put between two equal sums.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Separability:
    """How far a frontier is told apart.

    ``omnibus`` is the p-value of the hypothesis that all models are equally good, by the method ``omnibus_method``;
    ``pairs`` counts the pairs of models, ``separated`` those that differ at :data:`~policy.ALPHA` after Holm's
    correction, by ``pair_method``. ``exhausted`` is the share of items on which all models score the same.
    """

    omnibus: float
    omnibus_method: str
    pairs: int
    separated: int
    pair_method: str
    exhausted: float

    @property
    def share(self) -> float:
        """The share of pairs that are separated."""
        return self.separated / self.pairs


def separability(scores: Array, clusters: NDArray[np.intp], *, flips: int = RESAMPLES,
                 seed: int = BOOTSTRAP_SEED) -> Separability:
    """How far the models of a (models, items) matrix are told apart by these items.

    Right-or-wrong items that share no source are put to Cochran's Q and to McNemar's exact test. Where scores are
    fractional or items share a source, Hoyt's analysis of variance on cluster means takes the place of the first, and
    a paired permutation test (``flips`` random signs of whole clusters' differences) that of the second.

    Raises:
        ValueError: fewer than two models.
    """
    if len(scores) < 2:
        raise ValueError("a pair takes two models")
    alone = int(clusters.max()) + 1 == scores.shape[1]
    if alone and bool(np.isin(scores, (0.0, 1.0)).all()):
        omnibus, omnibus_method = _cochran(scores), "Cochran's Q"
        pvalues, pair_method = _mcnemar(scores), "McNemar's exact test"
    else:
        omnibus, omnibus_method = _analysis_of_variance(scores, clusters), "analysis of variance on cluster means"
        pvalues, pair_method = _flipped(scores, clusters, flips, seed), "paired permutation test"
    separated = sum(one <= ALPHA for one in holm_adjusted(pvalues))
    exhausted = float((np.ptp(scores, axis=0) == 0).mean())
    return Separability(omnibus, omnibus_method, len(pvalues), separated, f"{pair_method} with Holm's correction",
                        exhausted)


def _cochran(scores: Array) -> float:
    """Cochran (1950), Biometrika 37:256; 1 where no item tells two models apart."""
    models, items = len(scores), scores.sum(axis=0)
    total = float(items.sum())
    spread = models * total - float((items**2).sum())
    if spread <= 0:
        return 1.0
    between = models * float((scores.sum(axis=1) ** 2).sum()) - total**2
    return float(stats.chi2.sf((models - 1) * between / spread, models - 1))


def _mcnemar(scores: Array) -> list[float]:
    """McNemar's exact test of each pair."""
    return [mcnemar_exact(int((one > other).sum()), int((other > one).sum()))
            for one, other in combinations(scores, 2)]


def _analysis_of_variance(scores: Array, clusters: NDArray[np.intp]) -> float:
    """The F test that belongs to Hoyt's reliability: F is 1 / (1 - rho)."""
    means = cluster_means(scores, clusters)
    rho = hoyt(means)
    if np.isnan(rho):
        return 1.0
    if rho >= 1.0:
        return 0.0
    freedom = len(scores) - 1
    return float(stats.f.sf(1.0 / (1.0 - rho), freedom, freedom * (means.shape[1] - 1)))


def _flipped(scores: Array, clusters: NDArray[np.intp], flips: int, seed: int) -> list[float]:
    """The share of sign flips, with the data themselves, whose difference is as large."""
    groups = int(clusters.max()) + 1
    sums = np.stack([np.bincount(clusters, weights=one - other, minlength=groups)
                     for one, other in combinations(scores, 2)], axis=1)
    signs = np.random.default_rng(seed).integers(0, 2, (flips, groups)) * 2.0 - 1.0
    observed = np.abs(sums.sum(axis=0))
    as_large = (np.abs(signs @ sums) >= observed - _ROUNDING).sum(axis=0)
    return [float(one) for one in (1 + as_large) / (flips + 1)]
