"""Item-difficulty strips."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from commons.publish.plots.strip import COUNTABLE, MOST_PILES, strip

from .drawn import corners, inside


def test_equal_shares_pile_up() -> None:
    """Of five items, two at 50% make one pile of two boxes; the dead ones at 0 and 100 are drawn apart."""
    plot = strip("a", [0.0, 0.5, 0.5, 1.0, 1.0], 2)

    assert plot.live.count("M") == 2
    assert {x for x, _ in corners(plot.live)} == {48.0, 52.0}
    assert plot.dead.count("M") == 3
    assert {x for x, _ in corners(plot.dead)} == {0.0, 4.0, 96.0, 100.0}
    assert (plot.none_right, plot.all_right, plot.tallest) == ("1 item", "2 items", "2 items")
    assert [[cell.text for cell in row] for row in plot.frame.table.rows] == [["0", "1"], ["50", "2"], ["100", "2"]]


def test_many_items_become_bars() -> None:
    """A pile too high to count is one box, and the highest reaches the top."""
    plot = strip("a", [0.5] * (COUNTABLE + 1) + [0.25] * 5, 4)

    assert plot.live.count("M") == 2
    assert min(y for _, y in corners(plot.live)) == 0.0
    assert [y for _, y in corners(plot.live)][:3] == [100.0, 100.0, 80.0]


def test_many_shares_are_binned_without_touching_the_dead() -> None:
    """Items in bins and at the ends still add up, and no live item hides among the dead."""
    shares = [0.0, *(step / 500 for step in range(1, 500)), 1.0]
    plot = strip("a", shares, 500)

    assert len(plot.frame.table.rows) == MOST_PILES + 2
    assert sum(int(row[1].text) for row in plot.frame.table.rows) == 501
    assert (plot.none_right, plot.all_right) == ("1 item", "1 item")


@given(st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, math.nan, math.inf, -0.5, 2.0])), max_size=80))
def test_any_shares_stay_in_the_box_and_are_counted(shares: list[float]) -> None:
    """Every item is in a pile or among those left out."""
    plot = strip("a", shares, 10)
    known = sum(1 for share in shares if 0 <= share <= 1)

    assert sum(int(row[1].text) for row in plot.frame.table.rows) == known
    assert bool(plot.frame.left_out) == (known < len(shares))
    assert inside(plot.live)
    assert inside(plot.dead)
