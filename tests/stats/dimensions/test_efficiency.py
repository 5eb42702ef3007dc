"""Tokens and time for each item."""

import pytest

from commons.stats.dimensions.efficiency import per_item, share_of_run


def test_tokens_have_a_mean_with_interval_and_a_median() -> None:
    """One long answer moves the mean and not the median."""
    found = per_item([10, 12, 11, 13, 94], list("abcde"))

    assert (found.mean.value, found.median) == (28.0, 12.0)
    assert found.mean.interval is not None
    assert found.mean.interval[0] < 28 < found.mean.interval[1]


def test_a_run_is_shared_among_its_items() -> None:
    """Twelve seconds for four items are three each; for none there is no share."""
    assert share_of_run(12.0, 4) == 3.0
    with pytest.raises(ValueError, match="no items"):
        share_of_run(12.0, 0)


def test_equal_amounts_have_no_interval() -> None:
    """Tokens that never vary have a mean and no interval, and are not taken for a share of items."""
    assert per_item([0, 0, 0], list("abc")).mean.interval is None
    assert per_item([1, 0, 1], list("abc")).mean.interval is not None
    with pytest.raises(ValueError, match="a cluster"):
        per_item([1], [])
