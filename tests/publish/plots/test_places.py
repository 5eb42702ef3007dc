"""Places as ranges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commons.publish.plots.places import Ranged, places

from .drawn import corners, inside


def test_ranges_and_groups_stand_where_their_numbers_say() -> None:
    """Of four models two share the second place: three groups, the middle one on a shaded band."""
    plot = places("a", [Ranged("a", "m/a.html", 1, 1), Ranged("b", "", 2, 4), Ranged("c", "", 2, 4, "63 ± 6"),
                        Ranged("d", "", 3, 4)])

    assert plot.ranges == "M34.33 37.5H97M34.33 62.5H97M65.67 87.5H97"
    assert [x for x, _ in corners(plot.dots)][::2] == [3.0, 34.33, 65.67, 97.0]
    assert plot.rules == "M0 25H100M0 75H100"
    assert plot.bands == "M0 25H100V75H0z"
    assert [(row.words, row.opens) for row in plot.rows] == [
        ("1", False), ("2 to 4", True), ("2 to 4", False), ("3 to 4", True)]
    assert [cell.text for cell in plot.frame.table.rows[2]] == ["c", "3", "2 to 4", "63 ± 6"]
    assert [tick.text for tick in plot.ticks] == ["1", "2", "3", "4"]


def test_what_is_no_range_is_left_out_and_named() -> None:
    """A range whose worst is better than its best keeps its row and gets no mark; no model is no plot."""
    plot = places("a", [Ranged("odd", "", 3, 2), Ranged("fine", "", 1, 2)])

    assert plot.frame.left_out == ("odd",)
    assert plot.rows[0].words == "no place"
    assert plot.dots.count("M") == 1
    assert places("a", []).rows == ()
    assert places("a", [Ranged("only", "", 1, 1)]).dots == "M50 50h0"


@given(st.lists(st.tuples(st.integers(-2, 400), st.integers(-2, 400)), max_size=30))
def test_any_ranges_stay_in_the_box(pairs: list[tuple[int, int]]) -> None:
    """Every true range has a dot inside the box, and the axis has few ticks."""
    plot = places("a", [Ranged(str(index), "", *pair) for index, pair in enumerate(pairs)])

    assert plot.dots.count("M") + len(plot.frame.left_out) == len(pairs)
    assert all(map(inside, (plot.ranges, plot.dots, plot.rules, plot.bands)))
    assert 1 <= len(plot.ticks) <= 6
