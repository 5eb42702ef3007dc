"""Brier scores and what they are made of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from commons.stats.dimensions.brier import binary, decompose, multiclass
from tests.stats.dimensions.toy import CONFIDENCE, CORRECT


def test_known_answer_17() -> None:
    """Certain and right gives 0, four equal choices .75, certain and wrong 2."""
    certain, equal = np.array([1.0, 0.0, 0.0, 0.0]), np.full(4, 0.25)

    assert multiclass([certain, equal, certain], [0, 1, 3]).tolist() == [0.0, 0.75, 2.0]


def test_known_answer_16() -> None:
    """The toy's binary Brier score, which is scikit-learn's too."""
    score = binary(CONFIDENCE, CORRECT).mean()

    assert score == pytest.approx(0.14877, abs=5e-6)
    assert score == pytest.approx(brier_score_loss(CORRECT, CONFIDENCE))


def test_two_choices_count_twice() -> None:
    """With two choices the multiclass score is twice the binary one."""
    probabilities = [np.array([p, 1 - p]) for p in CONFIDENCE]

    assert multiclass(probabilities, [0] * 20) == pytest.approx(2 * binary(CONFIDENCE, np.ones(20)))


def test_a_gold_that_is_no_choice_is_refused() -> None:
    """A gold beyond the choices cannot be scored."""
    with pytest.raises(ValueError, match="none of 2 choices"):
        multiclass([np.array([0.5, 0.5])], [2])
    with pytest.raises(ValueError, match="needs a gold"):
        multiclass([np.array([0.5, 0.5])], [])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 4)), min_size=1, max_size=60))
def test_the_parts_add_up(rows: list[tuple[float, bool, int]]) -> None:
    """Reliability - resolution + uncertainty + within is the Brier score, whatever the answers and the bins."""
    confidence = np.array([row[0] for row in rows])
    correct = np.array([float(row[1]) for row in rows])

    parts = decompose(confidence, correct, [row[2] for row in rows])

    assert parts.score == pytest.approx(binary(confidence, correct).mean(), abs=1e-9)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.8]), st.booleans()), min_size=1, max_size=60))
def test_equal_confidences_leave_nothing_within(rows: list[tuple[float, bool]]) -> None:
    """Where each bin holds one confidence, Murphy's three parts alone are the score."""
    confidence = np.array([row[0] for row in rows])
    correct = np.array([float(row[1]) for row in rows])

    parts = decompose(confidence, correct, np.unique(confidence, return_inverse=True)[1].tolist())

    assert parts.within == pytest.approx(0, abs=1e-12)
    expected = ((confidence - correct) ** 2).mean()
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(expected)


def test_parts_of_a_hand_worked_case() -> None:
    """Confidence .8 that comes true half the time, and .2 that never does."""
    parts = decompose(np.array([0.8, 0.8, 0.2, 0.2]), np.array([1.0, 0.0, 0.0, 0.0]), [1, 1, 0, 0])

    assert parts.reliability == pytest.approx((0.3**2 + 0.2**2) / 2)
    assert parts.resolution == pytest.approx(0.25**2)
    assert parts.uncertainty == pytest.approx(0.25 * 0.75)
