"""Calibration: whether answers given with confidence p are right in a share p of the cases.

The expected calibration error (ECE) is the mean over bins of |accuracy - mean confidence|, weighted by the bins' items
(L1, without correction). HELM takes ten bins of equal mass (``calibration.get_ece_em`` of the package
uncertainty-calibration; Kumar, Liang and Ma 2019, arXiv 1909.10155); bins of equal width are given for contrast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.clustered import FEW_CLUSTERS, numbered
from commons.stats.dimensions.resampled import FEWEST_CLUSTERS
from commons.stats.intervals import BLOCK, BOOTSTRAP_SEED, RESAMPLES, jackknife_se

Array = NDArray[np.float64]

BINS = 10
#: Below this many items no ECE is given: it is then mostly the noise of its bins (HELM's code asks for about 300).
FEWEST_ITEMS = 300
#: Draws for the ECE that a model without any fault would show; the seed is fixed, so that it can be derived again.
NULL_DRAWS = 1000
NULL_SEED = 20241102


@dataclass(frozen=True)
class Bin:
    """The items with a confidence in (low, high]: their count, mean confidence and accuracy."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """The calibration error with its interval (None where none exists) and its bins.

    The ECE of few items is too high on average: ``if_calibrated`` holds the mean and the 97.5th percentile of the ECE
    that perfectly calibrated answers with these very confidences would show, and ``interval`` (:func:`interval_of`)
    reaches down to 0 where the ECE is not above that percentile. ``method`` says how the interval was made, or why not.
    """

    n: int
    ece: float
    interval: tuple[float, float] | None
    method: str
    bins: tuple[Bin, ...]
    equal_width: float
    one_bin: float
    if_calibrated: tuple[float, float]


def calibrate(confidence: Array, correct: Array, clusters: Sequence[str], bins: int = BINS) -> Calibration | None:
    """The calibration of answers given with ``confidence`` (0 to 1) that were ``correct`` (0 or 1).

    Returns None for fewer than :data:`FEWEST_ITEMS` items.

    Raises:
        ValueError: lengths that differ, or values out of range.
    """
    _refuse_bad(confidence, correct, bins)
    if len(clusters) != len(confidence):
        raise ValueError("each answer needs a cluster")
    if len(confidence) < FEWEST_ITEMS:
        return None

    ece = _ece(confidence, correct, _mass_edges(confidence, bins))
    likely = error_if_calibrated(confidence, bins, clusters, correct)
    interval, method = interval_of(confidence, correct, clusters, bins, calibrated=ece <= likely[1])
    return Calibration(
        n=len(confidence), ece=ece, interval=interval, method=method, bins=equal_mass(confidence, correct, bins),
        equal_width=expected_error(equal_width(confidence, correct, bins)),
        one_bin=one_bin_error(confidence, correct), if_calibrated=likely,
    )


def interval_of(
    confidence: Array, correct: Array, clusters: Sequence[str], bins: int = BINS, *, calibrated: bool
) -> tuple[tuple[float, float] | None, str]:
    """A 95% interval of the equal-mass ECE with how it was made; None, with the reason, for fewer than five clusters.

    The draws of whole clusters carry the bias of the ECE twice: from the items, and from drawing them again. The bias
    that drawing adds is the mean of the draws less the ECE. From 50 clusters on, the ends are percentiles of the
    draws, with the bias taken off twice at the low end and once at the high end; below, Student's t with the error of
    a jackknife over clusters, around the ECE, and the bias taken off the low end. The low end is 0 where
    ``calibrated`` answers would show as much. This is no textbook interval; how often it holds the true error, beside
    a BCa bootstrap: ``benchmarks/calibration_error.py``.
    """
    index = numbered(clusters)
    count = int(index.max()) + 1
    if count < FEWEST_CLUSTERS:
        return None, f"no interval: {count} cluster{'s are' if count > 1 else ' is'} too few to tell how they differ"
    ece = _ece(confidence, correct, _mass_edges(confidence, bins))
    draws = _drawn_again(confidence, correct, index, bins)
    bias = max(0.0, float(draws.mean()) - ece)
    if count >= FEW_CLUSTERS:
        low, high = (float(one) for one in np.quantile(draws, (0.025, 0.975)))
        ends, method = (low - 2 * bias, max(ece, high - bias)), "clusters drawn again, bias taken off"
    else:
        error = jackknife_se(
            lambda rows: _ece(confidence[rows], correct[rows], _mass_edges(confidence[rows], bins)), clusters)
        half = float(stats.t.ppf(0.975, count - 1)) * error
        ends, method = (ece - bias - half, min(1.0, ece + half)), "jackknife over clusters, Student's t, bias taken off"
    return (0.0 if calibrated else max(0.0, ends[0]), ends[1]), method


def equal_mass(confidence: Array, correct: Array, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins with equally many items, as far as equal confidences allow: they always share a bin.

    An edge lies halfway between the last confidence of one part and the first of the next; parts differ by at most
    one item. Bins are closed on the right.

    Raises:
        ValueError: as :func:`calibrate`.
    """
    _refuse_bad(confidence, correct, bins)
    return _binned(confidence, correct, _mass_edges(confidence, bins))


def equal_width(confidence: Array, correct: Array, bins: int = BINS, *, right_closed: bool = True) -> tuple[Bin, ...]:
    """Bins of equal width over 0 to 1, the empty ones left out.

    Which side is closed matters where confidences fall on an edge: on known answer 16 the ECE is .136 with the right
    side closed and .181 with the left.

    Raises:
        ValueError: as :func:`calibrate`.
    """
    _refuse_bad(confidence, correct, bins)
    edges = np.array([(one + 1) / bins for one in range(bins)])
    return _binned(confidence, correct, edges, right_closed=right_closed)


def mass_index(confidence: Array, bins: int = BINS) -> NDArray[np.intp]:
    """For each answer the number of its bin of :func:`equal_mass`, from 0."""
    return np.searchsorted(_mass_edges(confidence, bins), confidence)


def expected_error(bins: Sequence[Bin]) -> float:
    """The ECE of these bins (L1)."""
    total = sum(one.n for one in bins)
    return float(sum(one.n * abs(one.accuracy - one.confidence) for one in bins) / total)


def one_bin_error(confidence: Array, correct: Array) -> float:
    """|mean confidence - accuracy|: HELM's ``ece_1_bin``. Over- and underconfidence cancel in it."""
    return float(abs(confidence.mean() - correct.mean()))


def error_if_calibrated(
    confidence: Array, bins: int = BINS, clusters: Sequence[str] | None = None, correct: Array | None = None
) -> tuple[float, float]:
    """The mean and 97.5th percentile of the equal-mass ECE when each answer is right with exactly its confidence.

    An observed ECE below the percentile does not show any fault of calibration. Items are drawn independently; with
    ``clusters`` and what was ``correct``, an item shares the draw of its cluster with the probability that gives
    items of a cluster the correlation that they show. Source: Broecker and Smith (2007), Weather and Forecasting
    22:651 (consistency resampling).
    """
    random = np.random.default_rng(NULL_SEED)
    index = np.searchsorted(edges := _mass_edges(confidence, bins), confidence)
    chances = random.random((NULL_DRAWS, len(confidence)))
    if clusters is not None and correct is not None and len(set(clusters)) < len(clusters):
        shared = math.sqrt(_correlation(correct - confidence, numbered(clusters)))
        source = random.random((NULL_DRAWS, len(set(clusters))))[:, numbered(clusters)]
        chances = np.where(random.random(chances.shape) < shared, source, chances)
    draws = (chances < confidence) - confidence
    sums = np.stack([draws[:, index == one].sum(axis=1) for one in range(len(edges))])
    errors = np.abs(sums).sum(axis=0) / len(confidence)
    return float(errors.mean()), float(np.quantile(errors, 0.975))


def _correlation(residuals: Array, index: NDArray[np.intp]) -> float:
    """How alike items of a cluster are (intraclass correlation by one-way analysis of variance), 0 to 1."""
    sizes = np.bincount(index).astype(np.float64)
    n, count = residuals.size, sizes.size
    if count < 2:
        return 1.0
    off = residuals - residuals.mean()
    between = float((np.bincount(index, weights=off) ** 2 / sizes).sum())
    within = max(0.0, float((off**2).sum()) - between) / (n - count)
    typical = (n - float((sizes**2).sum()) / n) / (count - 1)
    shared = max(0.0, (between / (count - 1) - within) / typical)
    return shared / (shared + within) if shared + within > 0 else 0.0


def _drawn_again(confidence: Array, correct: Array, index: NDArray[np.intp], bins: int) -> Array:
    """The equal-mass ECE of each draw of whole clusters; items are weighted by how often they were drawn."""
    order = np.argsort(confidence, kind="stable")
    stated, source = confidence[order], index[order]
    gaps, count = (correct - confidence)[order], int(index.max()) + 1
    # Equal confidences share a bin, so that a bin ends with the last of them.
    last = np.searchsorted(stated, stated, side="right") - 1
    parts = np.arange(1, bins + 1)
    random, found, rows = np.random.default_rng(BOOTSTRAP_SEED), [], max(1, BLOCK // stated.size)
    for start in range(0, RESAMPLES, rows):
        drawn = random.integers(0, count, (min(rows, RESAMPLES - start), count))
        times = np.stack([np.bincount(one, minlength=count) for one in drawn])[:, source]
        upto, weight = np.cumsum(times, axis=1), np.cumsum(times * gaps, axis=1)
        whole = upto[:, -1:]
        # Parts differ by one item at most, the larger ones first, as np.array_split makes them.
        ends = parts * (whole // bins) + np.minimum(parts, whole % bins)
        apart = np.arange(len(drawn))[:, None] * (int(whole.max()) + 1)
        places = np.searchsorted((upto + apart).ravel(), (ends + apart).ravel()).reshape(ends.shape)
        sums = np.take_along_axis(weight, last[places - np.arange(len(drawn))[:, None] * stated.size], axis=1)
        found.append(np.abs(np.diff(sums, axis=1, prepend=0.0)).sum(axis=1) / whole[:, 0])
    return np.concatenate(found)


def _refuse_bad(confidence: Array, correct: Array, bins: int) -> None:
    if len(confidence) != len(correct) or len(confidence) == 0 or bins < 1:
        raise ValueError("calibration needs as many outcomes as confidences, at least one, and at least one bin")
    if not ((confidence >= 0) & (confidence <= 1)).all() or not np.isin(correct, (0.0, 1.0)).all():
        raise ValueError("confidences lie in 0 to 1, and an answer is right (1) or wrong (0)")


def _mass_edges(confidence: Array, bins: int) -> Array:
    """The right edges of the bins; the last is 1."""
    ordered = np.sort(confidence)
    starts = np.cumsum([len(part) for part in np.array_split(ordered, min(bins, len(ordered)))])[:-1]
    return np.unique(np.append((ordered[starts - 1] + ordered[starts]) / 2, 1.0))


def _ece(confidence: Array, correct: Array, edges: Array) -> float:
    index = np.searchsorted(edges, confidence)
    gaps = np.bincount(index, weights=correct - confidence, minlength=len(edges))
    return float(np.abs(gaps).sum() / len(confidence))


def _binned(confidence: Array, correct: Array, edges: Array, *, right_closed: bool = True) -> tuple[Bin, ...]:
    index = np.searchsorted(edges, confidence, side="left" if right_closed else "right")
    index = np.minimum(index, len(edges) - 1)
    lows = np.append(0.0, edges[:-1])
    return tuple(
        Bin(float(lows[one]), float(edges[one]), int(held.sum()), float(confidence[held].mean()),
            float(correct[held].mean()))
        for one in range(len(edges)) if (held := index == one).any()
    )
