"""From log-likelihoods to probabilities, by either rule."""

import numpy as np
import pytest
from scipy.special import softmax

from commons.stats.dimensions.confidence import BY_LENGTH, BY_SUM, by_length, by_sum

LOGLIKELIHOODS = [[-1.0, -2.0, -3.5], [-700.0, -800.0], [-5.0, -5.0, -9.0, -9.0]]


def test_the_sum_rule_equals_scipy() -> None:
    """Items with different numbers of choices each get scipy's softmax, also far below what exp can show."""
    found = by_sum(LOGLIKELIHOODS)

    assert found.rule == BY_SUM
    for mine, given in zip(found.probabilities, LOGLIKELIHOODS, strict=True):
        assert mine == pytest.approx(softmax(given))
    assert found.confidence == pytest.approx([max(softmax(one)) for one in LOGLIKELIHOODS])


def test_the_rule_of_lengths_can_choose_otherwise() -> None:
    """A long choice that is less likely as a whole can be the likelier one for each unit of its length."""
    whole, each = by_sum([[-4.0, -6.0]]), by_length([[-4.0, -6.0]], [[2, 6]])

    assert each.rule == BY_LENGTH
    assert (whole.chosen.tolist(), each.chosen.tolist()) == ([0], [1])
    assert each.probabilities[0] == pytest.approx(softmax([-2.0, -1.0]))


def test_ties_are_counted_and_the_first_is_chosen() -> None:
    """Two equally likely choices give the first, as in the harness, and the tie is told."""
    found = by_sum(LOGLIKELIHOODS)

    assert (found.tied, found.chosen.tolist()) == (1, [0, 0, 0])


@pytest.mark.parametrize("wrong", [[[]], [[-1.0, float("nan")]], [[-1.0, -float("inf")]]])
def test_what_has_no_probability_is_refused(wrong: list[list[float]]) -> None:
    """No choices, or a log-likelihood that is no number, has no probability."""
    with pytest.raises(ValueError, match="finite"):
        by_sum(wrong)


def test_lengths_that_do_not_fit_are_refused() -> None:
    """Each choice needs a length above 0."""
    with pytest.raises(ValueError, match="above 0"):
        by_length([[-1.0, -2.0]], [[1, 0]])
    with pytest.raises(ValueError, match="lengths of its choices"):
        by_length([[-1.0, -2.0]], np.empty((0, 2)).tolist())
