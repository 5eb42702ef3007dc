"""How headroom moved over the refreshes of a task, and when it would be gone if it went on like that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from commons.stats.saturation.policy import QUARTER_DAYS, SATURATED_HEADROOM, TREND_REFRESHES


@dataclass(frozen=True)
class Trend:
    """The slope of headroom per quarter with its 95% interval, and the quarters until it is used up.

    ``slope`` is None where there are too few refreshes; ``quarters`` is None where no time can be told. ``words`` says
    in every case what can be said and what not.
    """

    slope: float | None
    interval: tuple[float, float] | None
    quarters: float | None
    words: str


def trend(days: Sequence[float], rooms: Sequence[float]) -> Trend:
    """The straight line through ``rooms`` (headroom, 0..1) at ``days``, oldest first, by least squares.

    The interval is Student's, with two degrees of freedom fewer than refreshes. A time to saturation is told only
    where the whole interval says that headroom falls: a slope that may be zero has no end.

    >>> found = trend([0, 91.3125, 182.625, 273.9375], [0.40, 0.31, 0.19, 0.10])
    >>> round(found.slope, 3), round(found.quarters, 1)
    (-0.102, 0.5)

    Raises:
        ValueError: the lengths differ.
    """
    if len(days) != len(rooms):
        raise ValueError("each headroom needs its day")
    if len(set(days)) < TREND_REFRESHES:
        return Trend(None, None, None, f"No trend: {len(set(days))} refreshes are held, and a trend takes "
                                       f"{TREND_REFRESHES}.".replace("1 refreshes are", "1 refresh is"))
    fit = stats.linregress(np.asarray(days, dtype=np.float64) / QUARTER_DAYS, np.asarray(rooms, dtype=np.float64))
    slope = float(fit.slope)
    half = float(stats.t.ppf(0.975, len(days) - 2)) * float(fit.stderr)
    ends = (slope - half, slope + half)
    known = f"95% interval {100 * ends[0]:+.1f} to {100 * ends[1]:+.1f}, {len(days)} refreshes"
    said = f"Headroom moves by {100 * slope:+.1f} points a quarter ({known})"
    if rooms[-1] <= SATURATED_HEADROOM:
        return Trend(slope, ends, 0.0, f"{said}; it is used up already.")
    if not ends[1] < 0 or math.isnan(half):
        return Trend(slope, ends, None, f"{said}; that may be no fall at all, so no time to saturation can be told.")
    quarters = (rooms[-1] - SATURATED_HEADROOM) / -slope
    return Trend(slope, ends, quarters, f"{said}; if that went on, {100 * SATURATED_HEADROOM:.0f}% would be left in "
                                        f"about {quarters:.1f} quarters. Nothing says that it will.")
