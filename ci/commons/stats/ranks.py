"""Places of many models on one task, each as the range that the data allow, all ranges true together.

After Mogstad, Romano, Shaikh and Wilhelm (2024), Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91:476: all pairs are tested at
once on their paired difference, and a model's range follows from who is clearly ahead of it and who is behind. Ranges
from single intervals that do not overlap (Chatbot Arena's rank-UB) are no such sets: they forget that the models
answered the same items, and that many pairs were looked at.

Item scores are few and often right or wrong, where the Gaussian draws of the source order tied models too often. So
the null distribution is made by flipping, for all models together, the signs of whole clusters of items, and the
standard error is that of the null, the root of the sum of squared cluster differences. For each pair by itself this is
the paired sign-flip test; for all of them the covariance of the draws is that of the paired cluster bootstrap about
the null, in its analytic form, which more resamples would only come closer to. That the largest statistic of all pairs
follows its draws is true in the limit of many clusters; for few, ``benchmarks/rank_error.py`` counts the errors: at
most nominal for right-or-wrong items. Sign-flips are exact where differences lie above and below alike, as those of
right-or-wrong scores of equally good models do. Fractional scores of tied models that are skewed unlike each other do
not: their statistic counts no more than its skewness-corrected t does, which brings the errors down (of 20 tied models
with beta scores, from 24% of boards to 14% with 30 items, and from 11% to 5% with 100) but not to nominal where items
are few: the words promise no 5% there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commons.stats.skewness import can_be_told, cautious_t
from commons.stats.step_down import Pairs, step_down

#: Draws of the null distribution, and their seed: published ranges can be derived again.
DRAWS = 4000
RANK_SEED = 20261123
#: The chance that any pair of all is put in the wrong order.
LEVEL = 0.05

#: Squared standard errors below this share of the largest come from rounding: the two columns are the same.
_SAME = 1e-13

#: What is said of scores that are not right or wrong.
LESS_SURE = "more where items are few and the scores of equally good models are skewed unlike each other"

SIGN_FLIPS = "joint sign-flips of whole clusters of items, step-down over all pairs"
BOOTSTRAP = "Gaussian draws with the covariance of a paired cluster bootstrap, step-down over all pairs"


@dataclass(frozen=True)
class RankSets:
    """The places of models, by their order in what was given.

    ``estimates`` is turned so that higher is better. ``ahead[i, j]`` says that model i is clearly better than model j;
    ``best`` and ``worst`` bound each place: one more than the models clearly ahead, and the number of models less
    those clearly behind. With a chance of at least 1 - ``level`` all these ranges hold the true places together.
    ``right_or_wrong`` says that every score is 0 or 1: only then is the chance known to be no more than ``level``.
    ``critical`` is the last critical value. ``clusters`` counts the independent pieces that the models were tested on.
    """

    estimates: tuple[float, ...]
    best: tuple[int, ...]
    worst: tuple[int, ...]
    ahead: Pairs
    clusters: int
    critical: float
    level: float
    draws: int
    seed: int
    method: str
    right_or_wrong: bool

    @property
    def multiplicity(self) -> str:
        """How many questions were asked at once, and what the answers promise together, in words."""
        count = len(self.estimates)
        if count < 2:
            return "There is one model, so there is nothing to order."
        pairs = count * (count - 1) // 2
        asked, wrong = f"All {pairs} pairs of {count} models were compared together", "any pair of them is"
        if count == 2:
            asked, wrong = "The two models were compared", "they are"
        promised = f"at most {self.level * 100:g}%"
        if not self.right_or_wrong:
            promised = f"about {self.level * 100:g}%, and {LESS_SURE}"
        return (f"{asked} on the same items: the chance that {wrong} put in the wrong order is {promised} "
                f"({self.method}; {self.draws} draws, seed {self.seed}).")

    def among_best(self, count: int = 1) -> tuple[int, ...]:
        """The models that may be among the best ``count``: all that cannot be ruled out."""
        return tuple(model for model, place in enumerate(self.best) if place <= count)


def rank_sets(
    scores: NDArray[np.float64], clusters: NDArray[np.intp], *, level: float = LEVEL, draws: int = DRAWS,
    seed: int = RANK_SEED,
) -> RankSets:
    """The places of models by their mean scores, tested pair by pair on the same items.

    ``scores`` has the shape (models, items), higher is better; ``clusters`` numbers the clusters of the items from 0.
    Two models with the same score on every cluster are never ordered, nor is anything on fewer than two clusters.

    Raises:
        ValueError: a score is not finite, or there is no item or no cluster for each item.
    """
    if scores.ndim != 2 or not scores.size or scores.shape[1] != len(clusters) or not np.isfinite(scores).all():
        raise ValueError("ranks need a finite score of each model on each item, and a cluster for each item")
    models, items = scores.shape
    count = int(clusters.max()) + 1
    sums = np.zeros((count, models))
    np.add.at(sums, clusters, scores.T / items)
    shares = sums.T
    values = shares.sum(axis=1)
    # Only differences count; what all models share would cost digits.
    shares = shares - shares.mean(axis=0)
    random = np.random.default_rng(seed)
    signs = random.integers(0, 2, (count, draws), dtype=np.int8).astype(np.float32) * 2 - 1
    flipped = shares.astype(np.float32) @ signs
    squared, right_or_wrong = _squared_errors(shares), bool(np.isin(scores, (0.0, 1.0)).all())
    told = not right_or_wrong and can_be_told(scores, count)
    limit = _without_skewness(values, squared, shares) if told else None
    found = _sets(values, squared, flipped, count, level, draws, seed, SIGN_FLIPS, limit)
    return replace(found, right_or_wrong=right_or_wrong)


def rank_sets_of(
    values: NDArray[np.float64], resampled: NDArray[np.float64], clusters: int, *, level: float = LEVEL,
    draws: int = DRAWS, seed: int = RANK_SEED,
) -> RankSets:
    """The places of models by any statistic, from a paired bootstrap of whole clusters.

    ``values`` holds each model's value, higher is better, and ``resampled``, (models, resamples), its values on the
    same resamples of the items for all models. A squared difference over the number of ``clusters`` is added to each
    squared standard error, which makes it that of the null and keeps few clusters from saying much.

    Raises:
        ValueError: shapes that do not fit, fewer than two resamples, or a value that is not finite.
    """
    if resampled.ndim != 2 or resampled.shape[0] != len(values) or resampled.shape[1] < 2 or clusters < 1 or not (
            np.isfinite(values).all() and np.isfinite(resampled).all()):
        raise ValueError("ranks need a finite value of each model, here and on two or more resamples")
    spread = (resampled - resampled.mean(axis=1, keepdims=True)) / math.sqrt(resampled.shape[1] - 1)
    normal = np.random.default_rng(seed).standard_normal((spread.shape[1], draws), dtype=np.float32)
    drawn = spread.astype(np.float32) @ normal
    return _sets(values, _squared_errors(spread), drawn, clusters, level, draws, seed, BOOTSTRAP)


def _without_skewness(
    values: NDArray[np.float64], squared: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The most that each pair's statistic may count for, once what the skewness of its differences adds is taken out.

    Student's t of the G cluster differences and the statistic, their sum over the root of their sum of squares, follow
    from each other: statistic^2 = G t^2 / (G - 1 + t^2).
    """
    count = shares.shape[1]
    own, mixed = (shares**3).sum(axis=1), (shares**2) @ shares.T
    cubes = (own[:, None] - own[None, :] - 3 * (mixed - mixed.T)) / count
    with np.errstate(over="ignore"):
        t = np.abs(cautious_t((values[:, None] - values[None, :]) / count, squared / count, cubes, count))
    bounded = np.minimum(t, 1e8)
    return np.asarray(np.sqrt(count * bounded**2 / (count - 1 + bounded**2)))


def _squared_errors(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The squared standard error of each pair's difference, from what each piece adds; 0 where the two are the same."""
    products = parts @ parts.T
    own = products.diagonal()
    squared: NDArray[np.float64] = own[:, None] + own[None, :] - 2 * products
    squared[squared <= _SAME * max(float(own.max()), 0.0)] = 0.0
    np.fill_diagonal(squared, 0.0)
    return squared


def _sets(
    values: NDArray[np.float64], squared: NDArray[np.float64], drawn: NDArray[np.float32], clusters: int, level: float,
    draws: int, seed: int, method: str, limit: NDArray[np.float64] | None = None,
) -> RankSets:
    differences = values[:, None] - values[None, :]
    known = squared > 0
    inverse = np.zeros(squared.shape, dtype=np.float32)
    inverse[known] = 1 / np.sqrt(squared[known])
    null = squared + differences**2 / clusters if method == BOOTSTRAP else squared
    statistic = np.zeros(squared.shape)
    statistic[known] = differences[known] / np.sqrt(null[known])
    if limit is not None:
        statistic = np.sign(statistic) * np.minimum(np.abs(statistic), limit)
    if clusters < 2:
        inverse[:] = 0
    ahead, critical = step_down(drawn, inverse, statistic, level)
    return RankSets(
        estimates=tuple(values.tolist()), best=tuple((1 + ahead.sum(axis=0)).tolist()),
        worst=tuple((len(values) - ahead.sum(axis=1)).tolist()), ahead=ahead, clusters=clusters, critical=critical,
        level=level, draws=draws, seed=seed, method=method, right_or_wrong=False,
    )
