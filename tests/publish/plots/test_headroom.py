"""Headroom bars."""

from __future__ import annotations

import math

from commons.publish.plots.drawing import Estimate
from commons.publish.plots.headroom import Standing, headroom, room

from .drawn import corners, inside


def test_a_bar_stands_where_its_numbers_say() -> None:
    """With one row, chance 25, best 60 (50 to 70), people 90 and ceiling 95, every mark is where hand puts it."""
    plot = headroom("a", [Standing("sums", "t/sums.html", Estimate(0.6, (0.5, 0.7)), chance=0.25, human=0.9,
                                   ceiling=0.95)])

    assert plot.reached == "M25 34H60V66H25z"
    assert plot.left == "M60 34H95V66H60z"
    assert plot.whiskers == "M50 50H70"
    assert (plot.chance, plot.human, plot.ceiling) == ("M25 16V84", "M90 16V84", "M95 16V84")
    assert plot.labels[0].words == "60 ± 10 %, 35 points left"
    assert [cell.text for cell in plot.frame.table.rows[0]] == [
        "sums", "60 ± 10", "50 to 70", "35 ± 10", "25", "90", "95", "%, higher is better"]


def test_rows_stand_below_each_other() -> None:
    """The second of two rows is drawn in the lower half, and both share the ticks of a proportion."""
    row = Standing("x", "", Estimate(0.6), chance=0.25)
    plot = headroom("a", [row, row])

    assert {y for _, y in corners(plot.best)} == {13.0, 37.0, 63.0, 87.0}
    assert [tick.text for tick in plot.ticks] == ["0", "25", "50", "75", "100"]


def test_lower_is_better_runs_to_the_left() -> None:
    """From chance at 2 bits down to 1 is reached, and from 1 to the ceiling at 0.5 is left."""
    plot = headroom("a", [Standing("prose", "", Estimate(1.0), "bits per byte", 2.0, 0.5, higher_is_better=False)])

    assert plot.reached == "M50 34H100V66H50z"
    assert plot.left == "M25 34H50V66H25z"


def test_below_chance_nothing_is_reached() -> None:
    """A best model below chance has no filled bar, and a best model above the ceiling leaves none."""
    assert headroom("a", [Standing("x", "", Estimate(0.2, (0.1, 0.3)), chance=0.25)]).reached == ""
    assert headroom("a", [Standing("x", "", Estimate(0.9, (0.8, 0.95)), ceiling=0.85)]).left == ""


def test_headroom_needs_an_end() -> None:
    """A proportion without a ceiling ends at 100; another unit without one has no known headroom."""
    assert room(Standing("x", "", Estimate(0.75))) == Estimate(0.25)
    assert room(Standing("x", "", Estimate(3.0), "points")) is None
    assert "left" not in headroom("a", [Standing("x", "", Estimate(3.0), "points")]).labels[0].words


def test_ticks_are_left_away_where_scales_differ() -> None:
    """One axis for two units would be wrong for one of them."""
    assert headroom("a", [Standing("x", "", Estimate(0.5)), Standing("y", "", Estimate(3.0), "points")]).ticks == ()


def test_no_row_and_wild_rows_do_no_harm() -> None:
    """What is no number is left out and named; what was not measured keeps its row."""
    assert headroom("a", []).tracks == ""
    plot = headroom("a", [Standing("x", "", Estimate(math.nan), chance=math.inf), Standing("y", "", None)])

    assert plot.frame.left_out == ("x (no finite number)", "chance of x")
    assert [label.words for label in plot.labels] == ["no finite number", "not measured"]
    assert plot.reached == plot.left == plot.whiskers == plot.chance == ""
    assert inside(plot.tracks)
