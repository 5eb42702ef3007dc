"""The worst form of each item."""

import numpy as np
import pytest

from commons.stats.dimensions.worst_case import worst_case

ORIGINAL = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
ALL = np.ones((1, 5), dtype=bool)
OWN = list("abcde")


def test_each_item_counts_with_its_worst_form() -> None:
    """One answer lost and one won: the worst case counts the loss alone, the plain change both."""
    found = worst_case(ORIGINAL, np.array([[0.0, 1.0, 1.0, 1.0, 0.0]]), ALL, OWN)

    assert found is not None
    assert (found.original.value, found.worst.value) == (0.6, 0.4)
    assert found.drop.value == pytest.approx(0.2)
    assert found.changes[0] is not None
    assert found.changes[0].value == 0.0


def test_the_worst_is_the_highest_where_lower_is_better() -> None:
    """For a loss the worst form is the one with the higher score, which HELM's code gets wrong."""
    loss = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    found = worst_case(loss, loss[None] + [[1.0, -1.0, 0.0, 0.0, 0.0]], ALL, OWN, higher_is_better=False)

    assert found is not None
    assert found.worst.value == pytest.approx(3.2)
    assert found.drop.value == pytest.approx(0.2)
    assert found.changes[0] is not None
    assert found.changes[0].value == 0.0


def test_unchanged_items_are_skipped() -> None:
    """Items that no variant changed count neither before nor after, whatever score a second run gave them."""
    changed = np.array([[True, False, True, False, False]])

    found = worst_case(ORIGINAL, np.array([[0.0, 0.0, 0.0, 0.0, 0.0]]), changed, OWN)

    assert found is not None
    assert (found.original.value, found.worst.value, found.original.n, found.unchanged) == (0.5, 0.0, 2, 3)


def test_several_variants_give_the_worst_of_all() -> None:
    """Each variant takes another item; a variant that did not change an item does not count for it."""
    perturbed = np.array([[0.0, 1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]])
    changed = np.array([[True] * 5, [True, True, True, False, True]])

    found = worst_case(ORIGINAL, perturbed, changed, OWN)

    assert found is not None
    assert found.worst.value == pytest.approx(0.2)
    assert [one.value if one else None for one in found.changes] == [pytest.approx(-0.2), pytest.approx(-0.25)]


def test_nothing_changed_is_no_worst_case() -> None:
    """Where no variant changed any item there is no number, which is not a drop of zero."""
    assert worst_case(ORIGINAL, ORIGINAL[None], ~ALL, OWN) is None


def test_a_drop_carries_an_interval() -> None:
    """Four of forty answers lost: the drop's interval is Wilson's, and holds it."""
    original = np.ones(40)
    perturbed = original.copy()
    perturbed[:4] = 0.0

    found = worst_case(original, perturbed[None], np.ones((1, 40), dtype=bool), [str(one) for one in range(40)])

    assert found is not None
    assert found.drop.interval is not None
    assert found.drop.method == "Wilson"
    assert found.drop.interval[0] < 0.1 < found.drop.interval[1]


def test_shapes_that_do_not_fit_are_refused() -> None:
    """The variants must have the items of the original."""
    with pytest.raises(ValueError, match="items of the original"):
        worst_case(ORIGINAL, np.ones((1, 4)), np.ones((1, 4), dtype=bool), OWN)


def test_a_change_is_no_share_of_items() -> None:
    """A change that is never below 0 gets no interval that is made for shares; without any change there is none."""
    better = np.array([[1.0, 1.0, 1.0, 1.0, 0.0]])

    gained = worst_case(ORIGINAL, better, ALL, OWN)
    same = worst_case(ORIGINAL, ORIGINAL[None], ALL, OWN)

    assert gained.changes[0].method == "Student's t"
    assert (same.changes[0].value, same.changes[0].interval) == (0.0, None)
    assert same.drop.interval is not None
