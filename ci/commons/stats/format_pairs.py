"""Formats in pairs on the same items: an interval for the spread of their true means, its errors with a floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.clustered import numbered

Floats = NDArray[np.float64]

#: Draws behind the interval of the spread, and their seed: a published interval can be derived again.
DRAWS = 10_000
SEED = 20261123


@dataclass(frozen=True)
class ScaleOfScores:
    """How far apart two scores can be: ``unit`` is 1 for right and wrong, else twice the deviation of all scores.

    ``bounded`` is whether the scores lie in 0 to 1, so that no difference is greater than 1.
    """

    unit: float
    bounded: bool

    @classmethod
    def of(cls, scores: Floats) -> ScaleOfScores:
        """The scale of ``scores``."""
        binary = bool(np.isin(scores, (0.0, 1.0)).all())
        unit = 1.0 if binary else 2 * float(scores.std())
        return cls(unit if unit > 1e-12 else 0.0, bool(((scores >= 0) & (scores <= 1)).all()))

    def least_variance(self, clusters: int) -> float:
        """A floor under the variance of a mean difference over ``clusters``, which is 0 where all differ alike.

        It is the variance that is left where two more clusters are added that differ by a unit each way, as Bonett and
        Price add to the counts of a paired difference (2012, Journal of Educational and Behavioral Statistics 37:479).
        """
        return 2 * (self.unit / (clusters + 2)) ** 2

    def within(self, low: float, high: float) -> tuple[float, float]:
        """The ends, kept where a difference can lie."""
        return (max(-1.0, low), min(1.0, high)) if self.bounded else (low, high)


def spread_interval(scores: Floats, clusters: Sequence[str]) -> tuple[float, float] | None:
    """An interval for the highest less the lowest of the formats' true means, on items like these.

    All differences of two formats get intervals that hold together 95% of the time (the greatest studentised
    difference of draws of Student's t, in many dimensions, with the formats' covariance over items); the spread lies
    between the greatest of their lower ends, or 0, and the greatest of their upper ends, and so does the one that was
    seen. Where two formats differ alike on all items, all errors are raised to the floor of
    :meth:`ScaleOfScores.least_variance`. None for fewer than two clusters, or where no two scores differ that are not
    right or wrong.
    """
    index, scale = numbered(clusters), ScaleOfScores.of(scores)
    count = int(index.max()) + 1
    if count < 2 or scale.unit == 0.0:
        return None
    means = scores.mean(axis=1)
    sums = np.array([np.bincount(index, weights=row - row.mean(), minlength=count) for row in scores])
    covariance = sums @ sums.T * count / (count - 1) / scores.shape[1] ** 2
    one, other = np.triu_indices(len(means), 1)
    variances = np.diag(covariance)[one] + np.diag(covariance)[other] - 2 * covariance[one, other]
    raised = max(0.0, scale.least_variance(count) - float(variances.min()))
    covariance, errors = covariance + np.eye(len(means)) * raised / 2, np.sqrt(variances + raised)
    values, vectors = np.linalg.eigh(covariance)
    random = np.random.default_rng(SEED)
    draws = (vectors * np.sqrt(np.clip(values, 0, None))) @ random.standard_normal((len(means), DRAWS))
    draws /= np.sqrt(random.chisquare(count - 1, DRAWS) / (count - 1))
    greatest = (np.abs(draws[one] - draws[other]) / errors[:, None]).max(axis=0)
    critical = float(np.quantile(greatest, 0.95))
    differences = np.abs(means[one] - means[other])
    low, high = float((differences - critical * errors).max()), float((differences + critical * errors).max())
    return max(0.0, low), min(high, 1.0) if scale.bounded else high
