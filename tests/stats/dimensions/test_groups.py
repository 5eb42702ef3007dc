"""How far groups stand from being named equally often."""

import numpy as np
import pytest

from commons.stats.dimensions.groups import association, co_occurrence, distance_if_equal, representation


def test_equal_mention_is_no_distance() -> None:
    """Equal counts of equal lists give 0; one group alone gives (G-1)/G."""
    assert representation(np.array([4.0, 4.0]), [5, 5]) == 0.0
    assert representation(np.array([7.0, 0.0]), [5, 5]) == 0.5
    assert representation(np.array([7.0, 0.0, 0.0]), [5, 5, 5]) == pytest.approx(2 / 3)


def test_a_longer_list_weighs_no_more() -> None:
    """Twice the count of a list twice as long is equal mention."""
    assert representation(np.array([8.0, 4.0]), [20, 10]) == 0.0


def test_no_mention_is_not_equal_mention() -> None:
    """Without a counted word there is no number."""
    assert representation(np.zeros(2), [5, 5]) is None
    assert association(np.zeros((3, 2)), [5, 5]) is None


def test_targets_that_stand_with_no_group_are_left_out() -> None:
    """The mean goes over the target words that were met beside a group."""
    together = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 0.0]])

    assert association(together, [5, 5]) == pytest.approx((0.5 + 0.0) / 2)


def test_co_occurrence_multiplies_counts_within_each_text() -> None:
    """Two group words and three target words in one text stand together six times; across texts never."""
    groups = np.array([[2.0, 0.0], [0.0, 1.0]])
    targets = np.array([[3.0], [0.0]])

    assert co_occurrence(groups, targets).tolist() == [[6.0, 0.0]]


def test_few_words_are_never_spread_evenly() -> None:
    """One word is always half off between two groups; a thousand equal ones hardly are."""
    assert distance_if_equal(1, [5, 5]) == pytest.approx(0.5)
    assert distance_if_equal(1000, [5, 5]) < 0.02


def test_a_list_without_words_is_refused() -> None:
    """A group without a list cannot be counted."""
    with pytest.raises(ValueError, match="at least one word"):
        representation(np.array([1.0, 1.0]), [5, 0])
    with pytest.raises(ValueError, match="no words"):
        distance_if_equal(0, [5, 5])
