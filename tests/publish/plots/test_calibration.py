"""Reliability diagrams."""

from __future__ import annotations

import math

from commons.publish.plots.calibration import calibration
from commons.stats.dimensions.calibration import Bin

from .drawn import inside


def test_bins_stand_where_their_numbers_say() -> None:
    """A bin with confidence 80 and accuracy 50 stands below the diagonal; half of the highest count is half a bar."""
    plot = calibration("a", [Bin(0.25, 0.5, 10, 0.4, 0.4), Bin(0.5, 1.0, 20, 0.8, 0.5)])

    assert [(dot.x, dot.y) for dot in plot.dots] == [("40", "44.4"), ("80", "37")]
    assert plot.diagonal == "M0 74L100 0"
    assert plot.bars == "M25.3 100V91H49.7V100zM50.3 100V82H99.7V100z"
    assert plot.most == "20"


def test_whiskers_are_wilson_intervals() -> None:
    """10 right of 20 is 30 to 70, by Wilson's formula."""
    plot = calibration("a", [Bin(0.5, 1.0, 20, 0.8, 0.5)])

    assert plot.whiskers == "M80 51.85V22.15"
    assert [cell.text for cell in plot.frame.table.rows[0]] == ["50 to 100", "20", "80", "50 ± 20", "30 to 70"]


def test_empty_and_wild_bins_are_left_out_and_named() -> None:
    """Without items there is no accuracy, and what is no share has no place."""
    plot = calibration("a", [Bin(0.0, 0.1, 0, 0.0, 0.0), Bin(0.1, 0.2, 3, math.nan, 0.5), Bin(0.2, 0.3, 3, 0.25, 1.0)])

    assert len(plot.dots) == 1
    assert plot.frame.left_out == ("the bin 0 to 10 (no items)", "the bin 10 to 20 (no shares)")
    assert inside(plot.bars)
    assert inside(plot.whiskers)
    assert calibration("a", []).dots == ()
