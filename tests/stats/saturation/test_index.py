"""Frontier, headroom and the saturation index: known answers, and what no index may say."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.intervals import wilson
from commons.stats.items.reliability import cronbach_alpha
from commons.stats.saturation.frontier import frontier
from commons.stats.saturation.headroom import Scale, attainable, headroom, human_headroom
from commons.stats.saturation.index import cluster_means, reliability, saturation_index

from .frontiers import drawn

SCALE = Scale(0.25, 1.0)


def alone(items: int) -> np.ndarray:
    """Items that share no source."""
    return np.arange(items)


def test_of_each_family_the_best_model_stands_and_no_more_than_five() -> None:
    """Fine-tunes of one base count once, the best five families remain, and of equals the earlier stands."""
    scores = np.array([[0.9], [0.95], [0.5], [0.6], [0.7], [0.7], [0.1], [0.8]])
    families = ["a", "a", "b", "c", "d", "e", "f", "g"]

    assert frontier(scores, families) == (1, 7, 4, 5, 3)
    assert frontier(scores[:3], families[:3]) == (1, 2)


def test_a_model_without_a_family_is_refused() -> None:
    """Nobody is put into a family by guessing."""
    with pytest.raises(ValueError, match="family"):
        frontier(np.ones((2, 3)), ["a"])


def test_headroom_is_a_share_of_the_way_from_chance() -> None:
    """Clipped where the best model is at chance or above the ceiling; to people it is not clipped."""
    assert [round(headroom(top, SCALE), 6) for top in (0.25, 0.1, 0.625, 1.0)] == [1.0, 1.0, 0.5, 0.0]
    assert headroom(0.96, Scale(0.25, 0.94)) == 0.0
    assert human_headroom(0.9, 0.25, 0.75) == pytest.approx(-0.3)
    assert human_headroom(0.9, 0.25, 0.25) is None


def test_a_scale_without_length_is_refused() -> None:
    """A ceiling at chance leaves nothing to measure."""
    with pytest.raises(ValueError, match="ceiling"):
        Scale(0.5, 0.5)


def test_the_ceiling_after_an_audit_has_the_audits_interval() -> None:
    """One less the share of wrong keys, with Wilson's interval turned over."""
    ceiling, (low, high) = attainable(6, 100)
    wrong = wilson(6, 100)

    assert ceiling == pytest.approx(0.94)
    assert (1 - high, 1 - low) == pytest.approx(wrong)


@pytest.mark.parametrize("seed", range(4))
def test_reliability_is_cronbachs_alpha(seed: int) -> None:
    """The identity, on right or wrong and on fractional scores, and never below 0."""
    random = np.random.default_rng(seed)
    for scores in (drawn(0.0, 60, seed), random.random((5, 40)) + np.linspace(0, 0.3, 5)[:, None]):
        expected = max(0.0, cronbach_alpha(scores))
        assert reliability(scores, alone(scores.shape[1])) == pytest.approx(expected)


def test_items_of_one_source_count_as_one() -> None:
    """Each item repeated three times under its cluster has the reliability of the items once."""
    scores = drawn(0.0, 80, 3)
    repeated, clusters = np.repeat(scores, 3, axis=1), np.repeat(np.arange(80), 3)

    assert cluster_means(repeated, clusters) == pytest.approx(scores)
    once = saturation_index(scores, alone(80), SCALE, 0.5)
    thrice = saturation_index(repeated, clusters, SCALE, 0.5)
    assert (thrice.value, thrice.interval) == (pytest.approx(once.value), pytest.approx(once.interval))


def test_the_index_is_what_its_parts_say() -> None:
    """(1 - H)(1 - rho), inside its interval, and the same again with the same seed."""
    scores = drawn(2.0, 400, 1)
    found = saturation_index(scores, alone(400), SCALE, 0.9)
    best = scores.mean(axis=1).max()

    assert found.headroom == pytest.approx((1 - best) / 0.75)
    assert found.value == pytest.approx((1 - found.headroom) * (1 - max(0, cronbach_alpha(scores))))
    assert found.interval is not None
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found == saturation_index(scores, alone(400), SCALE, 0.9)


def test_a_floor_is_not_saturation() -> None:
    """Five models at chance cannot be told apart either, and their index is near 0."""
    scores = drawn(-6.0, 1000, 2)
    found = saturation_index(scores, alone(1000), SCALE, 0.22)

    assert found.interval is not None
    assert found.interval[1] < 0.15


def test_a_frontier_that_few_items_tell_apart_has_no_interval() -> None:
    """Nine items on which a model differs are too few to be drawn again, ten are enough; the index itself stands."""
    scores = np.ones((5, 300))
    scores[0, :9] = 0.0
    few = saturation_index(scores, alone(300), SCALE, 0.98)
    scores[0, 9] = 0.0
    enough = saturation_index(scores, alone(300), SCALE, 0.98)

    assert few.interval is None
    assert few.value > 0
    assert enough.interval is not None
    assert saturation_index(np.ones((5, 30)), alone(30), SCALE, 0.9).value == 1.0


def test_no_lower_end_is_above_what_the_best_models_interval_allows() -> None:
    """One minus the headroom that the lower end of the best model leaves."""
    scores = np.ones((5, 20))
    for row in range(5):
        scores[row, 4 * row : 4 * row + 2] = 0.0
    low = wilson(18, 20)[0]
    found = saturation_index(scores, alone(20), SCALE, low)

    assert found.interval is not None
    assert found.headroom_most == pytest.approx((1 - low) / 0.75)
    assert found.interval[0] <= 1 - found.headroom_most


def test_a_single_model_has_no_order() -> None:
    """An order takes two."""
    with pytest.raises(ValueError, match="two models"):
        saturation_index(drawn(0.0, 12, 0)[:1], alone(12), SCALE, 0.5)


def test_models_far_apart_are_not_saturated() -> None:
    """A wide order has a reliability near 1 and an index near 0, with an interval that says so."""
    scores = drawn(0.0, 1000, 4, np.array([-1.0, -0.5, 0.0, 0.5, 1.0]))
    found = saturation_index(scores, alone(1000), SCALE, 0.8)

    assert found.reliability > 0.98
    assert found.interval is not None
    assert found.interval[1] < 0.05
