"""Calibration errors: known answer 16, and what an error means at a given size."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from commons.stats.dimensions.calibration import (
    FEWEST_ITEMS,
    calibrate,
    equal_mass,
    equal_width,
    error_if_calibrated,
    expected_error,
    one_bin_error,
)
from tests.stats.dimensions.toy import CONFIDENCE, CORRECT


def own(n: int) -> list[str]:
    """Clusters of one item each."""
    return [str(index) for index in range(n)]


def drawn(n: int, seed: int, bias: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, and answers that are right with that probability less ``bias``."""
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.3, 0.95, n)
    return confidence, (random.random(n) < confidence - bias).astype(np.float64)


def test_known_answer_16() -> None:
    """The toy's errors by equal mass, by equal width with either side closed, and in one bin."""
    assert expected_error(equal_mass(CONFIDENCE, CORRECT)) == pytest.approx(0.181, abs=1e-9)
    assert expected_error(equal_width(CONFIDENCE, CORRECT)) == pytest.approx(0.136, abs=1e-9)
    assert expected_error(equal_width(CONFIDENCE, CORRECT, right_closed=False)) == pytest.approx(0.181, abs=1e-9)
    assert one_bin_error(CONFIDENCE, CORRECT) == pytest.approx(0.076, abs=1e-9)


def test_bins_of_equal_mass_hold_equally_many() -> None:
    """Ten bins of the toy hold two answers each; 25 answers make bins of two and three."""
    confidence, correct = drawn(25, seed=1)

    assert [one.n for one in equal_mass(CONFIDENCE, CORRECT)] == [2] * 10
    assert sorted(one.n for one in equal_mass(confidence, correct)) == [2] * 5 + [3] * 5


def test_equal_confidences_share_a_bin() -> None:
    """The order in which equal confidences come changes no bin."""
    confidence = np.array([0.4] * 30 + [0.6] * 5)
    correct = np.array([1.0, 0.0] * 15 + [1.0] * 5)
    mixed = np.random.default_rng(3).permutation(35)

    bins = equal_mass(confidence, correct)

    assert [(one.n, one.accuracy) for one in bins] == [(30, 0.5), (5, 1.0)]
    assert equal_mass(confidence[mixed], correct[mixed]) == bins


def test_bins_of_equal_width_equal_scikit_learn() -> None:
    """Accuracy and mean confidence of each bin are those of scikit-learn's calibration_curve."""
    confidence, correct = drawn(500, seed=2)

    accuracy, stated = calibration_curve(correct, confidence, n_bins=10, strategy="uniform")
    bins = equal_width(confidence, correct)

    assert [one.accuracy for one in bins] == pytest.approx(list(accuracy))
    assert [one.confidence for one in bins] == pytest.approx(list(stated))


def test_few_items_have_no_calibration_error() -> None:
    """One item below the limit nothing is given; at the limit it is."""
    confidence, correct = drawn(FEWEST_ITEMS, seed=4)

    assert calibrate(confidence[1:], correct[1:], own(FEWEST_ITEMS - 1)) is None
    found = calibrate(confidence, correct, own(FEWEST_ITEMS))
    assert found is not None
    assert sum(one.n for one in found.bins) == FEWEST_ITEMS
    assert found.ece == pytest.approx(expected_error(found.bins))


def test_a_fault_is_told_from_noise() -> None:
    """Good answers stay below what perfect calibration would show; answers that claim .2 too much stand far above."""
    good = calibrate(*drawn(400, seed=5), own(400))
    bold = calibrate(*drawn(400, seed=5, bias=0.2), own(400))

    assert good is not None
    assert bold is not None
    assert good.ece < good.if_calibrated[1]
    assert good.interval[0] == 0.0
    assert bold.ece > 2 * bold.if_calibrated[1]
    assert bold.interval is not None
    assert bold.interval[0] < 0.2 < bold.interval[1]


def test_the_error_without_fault_is_that_of_fresh_draws() -> None:
    """The mean error of a calibrated model, counted anew, is the one that is stated."""
    confidence, _ = drawn(300, seed=6)
    random = np.random.default_rng(7)
    errors = [expected_error(equal_mass(confidence, (random.random(300) < confidence).astype(np.float64)))
              for _ in range(300)]

    mean, upper = error_if_calibrated(confidence)

    assert mean == pytest.approx(np.mean(errors), abs=3 * np.std(errors) / 300**0.5)
    assert upper == pytest.approx(np.quantile(errors, 0.975), rel=0.15)


def test_items_that_share_a_source_widen_the_interval() -> None:
    """Answers given four times over count as one cluster, so that the interval does not shrink."""
    confidence, correct = drawn(100, seed=8, bias=0.15)
    four = calibrate(np.repeat(confidence, 4), np.repeat(correct, 4), [str(one // 4) for one in range(400)])
    alone = calibrate(np.repeat(confidence, 4), np.repeat(correct, 4), own(400))

    assert four is not None
    assert alone is not None
    assert four.interval is not None
    assert alone.interval is not None
    assert four.interval[1] - four.interval[0] > 1.5 * (alone.interval[1] - alone.interval[0])


def test_impossible_values_are_refused() -> None:
    """A confidence above 1, a half-right answer and lengths that differ are no calibration."""
    with pytest.raises(ValueError, match="0 to 1"):
        equal_mass(np.array([1.2]), np.array([1.0]))
    with pytest.raises(ValueError, match="right"):
        equal_width(np.array([0.5]), np.array([0.5]))
    with pytest.raises(ValueError, match="as many outcomes"):
        equal_mass(np.array([0.5]), np.array([]))
