"""Calibration: how often answers given with some confidence are right (a reliability diagram)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.card import PROPORTION
from commons.publish import numbers
from commons.publish.plots.drawing import Axis, Estimate, Tick, coordinate, drawable, interval_words, written
from commons.publish.plots.frame import Column, Frame, Table, Words, frame, texts
from commons.stats.dimensions.calibration import Bin
from commons.stats.intervals import wilson

TITLE = "Calibration: confidence and accuracy"
#: The diagram takes the upper part of the box, and the counts stand below it.
BOTTOM, FIRST, LAST = 74.0, 82.0, 100.0
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Dot:
    """A bin's place and what it says."""

    x: str
    y: str
    words: str


@dataclass(frozen=True)
class Calibration:
    """``diagonal``, ``grid``, ``whiskers`` and ``bars`` are path data in a box of 100 by 100."""

    frame: Frame
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    diagonal: str
    grid: str
    whiskers: str
    bars: str
    most: str


def calibration(name: str, bins: Sequence[Bin], elsewhere: Words | None = None, title: str = TITLE) -> Calibration:
    """Place bins of items by mean confidence (to the right) and accuracy (up), both shares from 0 to 1.

    Whiskers are Wilson's 95% intervals of each bin by itself (:func:`commons.stats.intervals.wilson`). ``name`` is
    unique on the page. Bins without items, or whose numbers are no shares, are left out.
    """
    kept = [one for one in bins if _is_drawn(one)]
    x, y = Axis(0.0, 1.0), Axis(0.0, 1.0, BOTTOM, 0.0)
    most = max((one.n for one in kept), default=0)
    counts = Axis(0.0, float(most), LAST, FIRST)
    made = [(one, _accuracy(one)) for one in kept]
    return Calibration(
        frame=frame(name, title, f"{len(kept)} bins with {numbers.count(sum(one.n for one in kept))} items. On the "
                    "dashed diagonal, confidence is as high as accuracy; below it, the model is overconfident.",
                    _table(made), [_bin_words(one) for one in bins if not _is_drawn(one)], elsewhere),
        dots=tuple(Dot(x.place(one.confidence), y.place(one.accuracy),
                       f"confidence {numbers.percent(one.confidence)}%, accuracy {written(accuracy, PROPORTION)}%, "
                       f"n = {numbers.count(one.n)}") for one, accuracy in made),
        across=x.ticks(QUARTERS, PROPORTION),
        up=y.ticks(QUARTERS, PROPORTION),
        diagonal=f"M0 {coordinate(BOTTOM)}L100 0",
        grid="".join(f"M0 {y.place(one)}H100" for one in QUARTERS),
        whiskers="".join(f"M{x.place(one.confidence)} {y.place(ends[0])}V{y.place(ends[1])}"
                         for one, accuracy in made if (ends := accuracy.interval)),
        bars="".join(_bar(one, x, counts) for one in kept),
        most=numbers.count(most),
    )


def _is_drawn(one: Bin) -> bool:
    return one.n > 0 and all(drawable(share) and 0 <= share <= 1
                             for share in (one.low, one.high, one.confidence, one.accuracy))


def _accuracy(one: Bin) -> Estimate:
    return Estimate(one.accuracy, wilson(one.accuracy * one.n, one.n))


def _bar(one: Bin, x: Axis, counts: Axis) -> str:
    """A bin's count, over the bin's range of confidences, with a hair's gap to its neighbours."""
    left, right = x.at(one.low), x.at(one.high)
    gap = min(0.3, (right - left) / 4)
    first, last = coordinate(left + gap), coordinate(right - gap)
    return f"M{first} {coordinate(LAST)}V{counts.place(one.n)}H{last}V{coordinate(LAST)}z"


def _bin_words(one: Bin) -> str:
    ends = " to ".join(numbers.percent(end) if drawable(end) else "?" for end in (one.low, one.high))
    return f"the bin {ends} ({'no items' if one.n <= 0 else 'no shares'})"


def _table(made: Sequence[tuple[Bin, Estimate]]) -> Table:
    columns = (Column("Confidence, from to, in %", False), Column("Items"), Column("Mean confidence"),
               Column("Accuracy"), Column("Interval"))
    return Table(columns, tuple(
        texts(f"{numbers.percent(one.low)} to {numbers.percent(one.high)}", numbers.count(one.n),
              numbers.percent(one.confidence), written(accuracy, PROPORTION), interval_words(accuracy, PROPORTION))
        for one, accuracy in made
    ))
