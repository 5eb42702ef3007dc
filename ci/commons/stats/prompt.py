"""What a score owes to the wording of its prompt: formats times items, taken apart into variances.

A score from one format holds for that format. Its standard error over items says nothing of what another format would
have given; the mean over several formats, with a standard error that counts formats too, is a claim about the task.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.clustered import ClusteredMean, clustered_mean
from commons.stats.format_pairs import ScaleOfScores, spread_interval
from commons.stats.intervals import wilson

Floats = NDArray[np.float64]

_PRECISION = 1e-12


@dataclass(frozen=True)
class Components:
    """Variances of one answer's score: between items, between formats, and what is left of item and format together.

    ``negative`` names the components whose estimate was below 0 and is given as 0. ``share_of_score`` is the part of
    the variance of a score that is taken with one format on ``items`` items which is owed to the format, and
    ``share_of_answer`` that of one item's score; both are None where nothing varies.
    """

    item: float
    prompt: float
    residual: float
    formats: int
    items: int
    negative: tuple[str, ...] = ()

    @property
    def share_of_score(self) -> float | None:
        """sigma2_prompt over (sigma2_item / n + sigma2_prompt + sigma2_resid / n)."""
        return _share(self.prompt, self.prompt + (self.item + self.residual) / self.items)

    @property
    def share_of_answer(self) -> float | None:
        """sigma2_prompt over the sum of the three."""
        return _share(self.prompt, self.item + self.prompt + self.residual)


@dataclass(frozen=True)
class PromptSpread:
    """How a score varies over formats: the mean of all, with what its error is, and the formats' own means.

    ``sd`` is over the formats' means (ddof 1); ``spread`` is the highest less the lowest, which is above 0 even where
    no format matters, and ``spread_interval`` is for the spread of the formats' true means. ``stderr`` counts items and
    formats; ``interval`` is 95%, None where it cannot be said. ``apart`` is the first format less the mean of the
    others, None for fewer than three formats.
    """

    means: tuple[float, ...]
    mean: float
    sd: float
    low: float
    high: float
    spread_interval: tuple[float, float] | None
    components: Components
    stderr: float
    freedom: float
    interval: tuple[float, float] | None
    method: str
    apart: Apart | None

    @property
    def spread(self) -> float:
        """The highest less the lowest."""
        return self.high - self.low


@dataclass(frozen=True)
class Apart:
    """The first format's mean less the mean of the others, with its 95% interval; None where it cannot be said.

    The others stand for formats like them, so that the error counts them as well as the items.
    """

    value: float
    stderr: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class PairOrder:
    """Two models (by place) over formats: in how many the first stood above, below, and level with the second."""

    first: int
    second: int
    above: int
    below: int
    level: int

    @property
    def kept(self) -> bool:
        """Whether no format turns the two round."""
        return not (self.above and self.below)


def components(scores: Floats) -> Components:
    """The variance components of ``scores`` (formats, items), by the method of moments.

    The two-way random effects model with one score a cell: score = mean + format + item + rest. The mean squares have
    expectations resid + n prompt, resid + P item and resid, and the components are solved from them; an estimate below
    0 becomes 0. Source: Searle, Casella and McCulloch (1992), Variance Components, section 4.3.

    Raises:
        ValueError: fewer than two formats or two items, or a score that is not finite.
    """
    formats, items = scores.shape
    squares = _mean_squares(scores)
    found = {"item": (squares.item - squares.rest) / formats, "prompt": (squares.prompt - squares.rest) / items}
    # Sums of many terms leave a speck where nothing varies.
    kept = {name: value if value > _PRECISION else 0.0 for name, value in found.items()}
    negative = tuple(name for name, value in found.items() if value < -_PRECISION)
    return Components(kept["item"], kept["prompt"], squares.rest if squares.rest > _PRECISION else 0.0, formats, items,
                      negative)


def prompt_spread(scores: Floats, clusters: Sequence[str]) -> PromptSpread:
    """How ``scores`` (formats, items), in the headline's unit, vary over formats.

    The squared standard error of the mean is sigma2_item/n + sigma2_prompt/P + sigma2_resid/(nP). ``clusters`` names
    for each item the source that it shares; the first and the last term are then multiplied by the design effect of
    the items' means. The interval of right/wrong scores is Wilson's on the sample size that this error is worth, of
    others Student's t, both with Satterthwaite's degrees of freedom (1946, Biometrics Bulletin 2:110), of which the
    items' part has those of clusters; there are never more than clusters allow.

    Raises:
        ValueError: as :func:`components`, or there is not one cluster for each item.
    """
    if len(clusters) != scores.shape[-1]:
        raise ValueError("each item needs a cluster")
    parts, means = components(scores), scores.mean(axis=1)
    formats, items = scores.shape
    robust = clustered_mean(scores.mean(axis=0), clusters)
    over_items = (parts.item / items + parts.residual / (items * formats)) * (robust.design_effect if robust else 1.0)
    stderr = math.sqrt(over_items + parts.prompt / formats) if robust else math.nan
    freedom = _freedom(scores, over_items, robust) if robust else math.nan
    interval, method = _interval(scores, stderr, freedom, robust)
    return PromptSpread(
        means=tuple(float(one) for one in means), mean=float(means.mean()), sd=float(means.std(ddof=1)),
        low=float(means.min()), high=float(means.max()), spread_interval=spread_interval(scores, clusters),
        components=parts, stderr=stderr, freedom=freedom, interval=interval, method=method,
        apart=first_apart(scores, clusters) if formats > 2 else None,
    )


def first_apart(scores: Floats, clusters: Sequence[str]) -> Apart:
    """The first of ``scores`` (formats, items) less the mean of the others, of which there are two or more.

    Its squared error is that of the differences over items, which come in ``clusters``, plus sigma2_prompt of the
    others over their number: another draw of formats would have another mean. Student's t, Satterthwaite's degrees of
    freedom. The error over items has a floor (:class:`ScaleOfScores`), as equal differences do not prove themselves.

    Raises:
        ValueError: as :func:`components`, of the others.
    """
    others = scores[1:]
    differences, count = scores[0] - others.mean(axis=0), len(set(clusters))
    value, scale = float(differences.mean()) + 0.0, ScaleOfScores.of(scores)
    robust = clustered_mean(differences, clusters)
    if robust is None or scale.unit == 0.0:
        return Apart(value, math.nan, None)
    over_items = max(robust.stderr**2, scale.least_variance(count))
    stderr = math.sqrt(over_items + components(others).prompt / len(others))
    half = float(stats.t.ppf(0.975, _freedom(others, over_items, robust))) * stderr
    return Apart(value, stderr, scale.within(value - half, value + half))


def orders(means: Floats) -> tuple[PairOrder, ...]:
    """Each pair of models over formats; ``means`` has the shape (models, formats), oriented so that higher is better.

    >>> [(one.above, one.below, one.level, one.kept) for one in orders(np.array([[.5, .6, .7], [.4, .6, .8]]))]
    [(1, 1, 1, False)]
    """
    found = []
    for one, other in itertools.combinations(range(len(means)), 2):
        apart = means[one] - means[other]
        above, below = int((apart > _PRECISION).sum()), int((apart < -_PRECISION).sum())
        found.append(PairOrder(one, other, above, below, apart.size - above - below))
    return tuple(found)


@dataclass(frozen=True)
class _Squares:
    """The mean squares of the two-way table."""

    item: float
    prompt: float
    rest: float


def _mean_squares(scores: Floats) -> _Squares:
    if scores.ndim != 2 or min(scores.shape) < 2:
        raise ValueError("variances over formats need at least two formats and two items")
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite")
    formats, items = scores.shape
    by_format, by_item, mean = scores.mean(axis=1), scores.mean(axis=0), scores.mean()
    rest = scores - by_format[:, None] - by_item[None, :] + mean
    return _Squares(
        item=formats * float(((by_item - mean) ** 2).sum()) / (items - 1),
        prompt=items * float(((by_format - mean) ** 2).sum()) / (formats - 1),
        rest=float((rest**2).sum()) / ((formats - 1) * (items - 1)),
    )


def _freedom(scores: Floats, over_items: float, robust: ClusteredMean) -> float:
    """Satterthwaite's degrees of freedom of ``over_items`` (with those of ``robust``) plus sigma2_prompt/P."""
    squares, (formats, items) = _mean_squares(scores), scores.shape
    prompt, rest = squares.prompt / scores.size, squares.rest / scores.size
    below = (over_items**2 / robust.freedom + prompt**2 / (formats - 1) + rest**2 / ((items - 1) * (formats - 1)))
    total = over_items + max(0.0, prompt - rest)
    return float(max(1.0, min(robust.freedom, total**2 / below))) if below > _PRECISION**2 else robust.freedom


def _interval(
    scores: Floats, stderr: float, freedom: float, robust: ClusteredMean | None
) -> tuple[tuple[float, float] | None, str]:
    if robust is None:
        return None, "no interval: the items share one source"
    critical, mean, items = float(stats.t.ppf(0.975, freedom)), float(scores.mean()), scores.shape[1]
    if np.isin(scores, (0.0, 1.0)).all():
        worth = mean * (1 - mean) / stderr**2 if stderr > _PRECISION else items / robust.design_effect
        mean = min(1.0, max(0.0, mean))
        return (wilson(mean * worth, worth, critical=critical),
                "Wilson on the effective sample size (items and formats, t)")
    if stderr <= _PRECISION:
        return None, "no interval: neither items nor formats vary"
    return (mean - critical * stderr, mean + critical * stderr), "t (items and formats, Satterthwaite)"


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > _PRECISION else None
