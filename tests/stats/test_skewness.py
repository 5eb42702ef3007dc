"""Student's t of skewed numbers: what skewness adds is taken out, and nothing is added."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commons.stats.skewness import cautious_t


def cautious(values: np.ndarray) -> float:
    """The cautious t of one sample."""
    moments = [np.array((values**power).mean()) for power in (1, 2, 3)]
    return float(cautious_t(*moments, values.size))


def test_numbers_without_skewness_have_student_t() -> None:
    """Values that lie alike about their mean: scipy's own t."""
    values = np.array([0.1, 0.3, 0.5, 0.7, 0.9]) - 0.2

    assert cautious(values) == pytest.approx(scipy_stats.ttest_1samp(values, 0).statistic)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_never_further_from_nothing_than_student_t(seed: int) -> None:
    """On skewed samples, and with the sign turned it is the same number with the other sign."""
    values = np.random.default_rng(seed).exponential(1, 15) - 0.9
    t = float(scipy_stats.ttest_1samp(values, 0).statistic)

    assert abs(cautious(values)) <= abs(t) + 1e-9
    assert cautious(-values) == pytest.approx(-cautious(values))


def test_a_long_tail_to_the_other_side_takes_from_t() -> None:
    """Nine small values below 0 and one far above: the mean is low because the tail was seldom drawn."""
    values = np.array([-1.0, -1.1, -0.9, -1.2, -0.8, -1.0, -1.1, -0.95, -1.05, 0.5])
    t = float(scipy_stats.ttest_1samp(values, 0).statistic)

    assert t < -4
    assert cautious(values) > 0.8 * t


def test_what_does_not_vary_is_left_to_the_signs() -> None:
    """Equal values have an infinite t, and zeros have none."""
    assert cautious(np.full(6, 0.5)) == math.inf
    assert cautious(np.full(6, -0.5)) == -math.inf
    assert cautious(np.zeros(6)) == 0.0
