"""Accuracy against coverage, and what equally sure answers count for."""

import itertools

import numpy as np
import pytest

from commons.stats.dimensions.selective import curve, selective
from tests.stats.dimensions.toy import CONFIDENCE, CORRECT


def test_known_answer_16() -> None:
    """The toy's area, and all right among its surest tenth."""
    found = selective(CONFIDENCE, CORRECT)

    assert found.area == pytest.approx(0.66951, abs=5e-6)
    assert (found.top, found.helm_top) == (1.0, 1.0)


def test_helm_takes_one_answer_more() -> None:
    """Of twenty answers the surest tenth are two; HELM's index reads the accuracy of three."""
    correct = CORRECT.copy()
    correct[2] = 0.0

    found = selective(CONFIDENCE, correct)

    assert (found.top, found.top_n) == (1.0, 2)
    assert (found.helm_top, found.helm_top_n) == (pytest.approx(2 / 3), 3)


def test_equally_sure_answers_count_as_over_all_their_orders() -> None:
    """The curve with ties is the mean of the curves over every order of the tied answers."""
    confidence = np.array([0.9, 0.5, 0.5, 0.5, 0.2])
    correct = np.array([0.0, 1.0, 0.0, 0.0, 1.0])
    orders = [(0, *middle, 4) for middle in itertools.permutations((1, 2, 3))]
    mean = np.mean([np.cumsum(correct[list(order)]) / np.arange(1, 6) for order in orders], axis=0)

    assert curve(confidence, correct) == pytest.approx(mean)


def test_the_last_point_is_the_accuracy() -> None:
    """With everything answered the curve ends at the accuracy."""
    assert curve(CONFIDENCE, CORRECT)[-1] == pytest.approx(CORRECT.mean())


def test_no_answers_are_refused() -> None:
    """Without answers there is no curve."""
    with pytest.raises(ValueError, match="there must be one"):
        selective(np.array([]), np.array([]))
