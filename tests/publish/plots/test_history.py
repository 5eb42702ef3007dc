"""History with breaks."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from commons.publish.plots.drawing import Estimate
from commons.publish.plots.history import Version, history

from .drawn import COMMIT, SCALE, day, inside


def test_the_line_breaks_where_the_key_changes() -> None:
    """Two versions under one key are joined; the third, under another, stands behind a dashed mark with its reason."""
    plot = history("a", [
        Version(day(1, 1), Estimate(0.5, (0.4, 0.6)), "k1", "first", COMMIT),
        Version(day(1, 6), Estimate(0.6), "k1"),
        Version(day(1, 11), Estimate(0.7), "k2", "the task changed"),
    ], SCALE, "accuracy")

    assert [(point.x, point.y, point.href) for point in plot.points] == [
        ("4", "50", COMMIT), ("50", "40", ""), ("96", "30", "")]
    assert plot.lines == "M4 50L50 40"
    assert plot.whiskers == "M4 60V40"
    assert plot.breaks_path == "M73 0V100"
    assert [(one.mark, one.date, one.reason) for one in plot.breaks] == [("a", day(1, 11), "the task changed")]
    assert [tick.text for tick in plot.across] == ["1 January 2026", "11 January 2026"]


def test_a_key_that_comes_back_does_not_join_over_the_gap() -> None:
    """k1, k2, k1 is three runs and two breaks."""
    plot = history("a", [Version(day(month), Estimate(0.5), key) for month, key in ((1, "k1"), (2, "k2"), (3, "k1"))],
                   SCALE, "accuracy")

    assert plot.lines == ""
    assert [one.mark for one in plot.breaks] == ["a", "b"]
    assert plot.breaks[0].reason == "the cell's key changed"


def test_versions_of_one_day_stand_side_by_side() -> None:
    """Points of one day do not cover each other, and stay between the days around them."""
    plot = history("a", [Version(one, Estimate(0.5), "k") for one in (day(1), day(2), day(2), day(3), day(3))],
                   SCALE, "accuracy")
    places = [float(point.x) for point in plot.points]

    assert places == sorted(set(places))


def test_versions_without_a_number_stay_in_the_table() -> None:
    """No headline is no point; a wild value is named; one point has no line."""
    plot = history("a", [Version(day(1), None, "k"), Version(day(2), Estimate(math.inf), "k"),
                         Version(day(3), Estimate(0.5), "k")], SCALE, "accuracy")

    assert len(plot.points) == 1
    assert plot.lines == ""
    assert plot.frame.left_out == ("1 February 2026 (no finite number)",)
    assert [row[1].text for row in plot.frame.table.rows] == ["no headline", "no finite number", "50"]
    assert history("a", [], SCALE, "accuracy").across == ()
    assert history("a", [Version(day(1), Estimate(0.5), "k")], SCALE, "accuracy").points[0].x == "50"


@given(st.lists(st.tuples(st.dates(day(1), day(12)), st.floats(0, 1), st.sampled_from("ab")), max_size=40))
def test_any_history_stays_in_its_box_and_in_order(steps: list[tuple[object, float, str]]) -> None:
    """Points never go back in time, and a break lies between the points that it parts."""
    plot = history("a", [Version(date, Estimate(value, (value, value)), key)  # type: ignore[arg-type]
                         for date, value, key in steps], SCALE, "accuracy")
    places = [float(point.x) for point in plot.points]

    assert places == sorted(places)
    assert inside(plot.lines)
    assert inside(plot.breaks_path)
    assert all(places[0] <= float(one.x) <= places[-1] for one in plot.breaks)
