"""History: a cell's value at each version, with breaks where a number cannot be compared with the one before."""

from __future__ import annotations

import datetime
import string
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from commons.publish import numbers
from commons.publish.numbers import Scale, unit_sign
from commons.publish.plots.drawing import (
    Axis,
    Estimate,
    Tick,
    complaint,
    coordinate,
    interval_words,
    sane,
    scale_values,
    written,
)
from commons.publish.plots.frame import Column, Frame, Table, Words, frame

#: Room at both sides of the box.
MARGIN = 4.0
#: What lies between versions of one day, which would else cover each other.
GAP = 3.0


@dataclass(frozen=True)
class Version:
    """What a cell said from ``date`` on: its key, and why the key is new (empty where it is not).

    ``value`` is None where the version has no headline. ``href`` leads to the commit.
    """

    date: datetime.date
    value: Estimate | None
    key: str
    reason: str = ""
    href: str = ""


@dataclass(frozen=True)
class Point:
    """A version's place, linked where ``href`` is not empty."""

    x: str
    y: str
    words: str
    href: str


@dataclass(frozen=True)
class Break:
    """Where the cell's key changed: a letter in the drawing, and when and why in words below it."""

    x: str
    mark: str
    date: datetime.date
    reason: str


@dataclass(frozen=True)
class History:
    """``grid``, ``lines``, ``whiskers`` and ``breaks_path`` are path data in a box of 100 by 100."""

    frame: Frame
    points: tuple[Point, ...]
    breaks: tuple[Break, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    grid: str
    lines: str
    whiskers: str
    breaks_path: str
    up_name: str


def history(
    name: str, versions: Sequence[Version], scale: Scale, metric: str, higher_is_better: bool = True,
    elsewhere: Words | None = None, title: str = "",
) -> History:
    """Place versions by date (to the right) and value (up, on the task's ``scale``), the line broken where keys change.

    ``versions`` come in the order of the commits. ``metric`` names the axis; ``name`` is unique on the page. Versions
    without a headline are not drawn and stand in the table.
    """
    ordered = sorted(versions, key=lambda one: one.date)
    y = Axis(scale.low, scale.high, 100.0, 0.0)
    at = _times(ordered)
    drawn = [(place, one, value) for place, one in zip(at, ordered, strict=True) if (value := sane(one.value))]
    runs = [[(place, value) for place, _, value in run] for _, run in groupby(drawn, key=lambda step: step[1].key)]
    breaks = _breaks(at, ordered)
    values = scale_values(scale)
    direction = "higher" if higher_is_better else "lower"
    return History(
        frame=frame(name, title or f"{metric} over time", f"{_many(len(drawn), 'version')} with a value, "
                    f"{_many(len(breaks), 'break')}. Values on both sides of a break were measured differently and "
                    "cannot be compared.",
                    _table(ordered, scale.unit),
                    [words for one in ordered if (words := complaint(numbers.date(one.date), one.value))], elsewhere),
        points=tuple(Point(coordinate(place), y.place(value.value),
                           f"{numbers.date(one.date)}: {written(value, scale.unit)} {unit_sign(scale.unit)}", one.href)
                     for place, one, value in drawn),
        breaks=breaks,
        across=_dates(at, ordered),
        up=y.ticks(values, scale.unit),
        grid="".join(f"M0 {y.place(one)}H100" for one in values),
        lines="".join("M" + "L".join(f"{coordinate(place)} {y.place(value.value)}" for place, value in run)
                      for run in runs if len(run) > 1),
        whiskers="".join(f"M{coordinate(place)} {y.place(value.interval[0])}V{y.place(value.interval[1])}"
                         for place, _, value in drawn if value.interval),
        breaks_path="".join(f"M{one.x} 0V100" for one in breaks),
        up_name=f"{metric} in {unit_sign(scale.unit)}, {direction} is better",
    )


def _times(ordered: Sequence[Version]) -> list[float]:
    """The place of each version: by its date, and at least a gap behind the one before."""
    if not ordered:
        return []
    axis = Axis(ordered[0].date.toordinal(), ordered[-1].date.toordinal(), MARGIN, 100 - MARGIN)
    found = [axis.at(one.date.toordinal()) for one in ordered]
    gap = min(GAP, (100 - 2 * MARGIN) / len(ordered))
    for index in range(1, len(found)):
        found[index] = max(found[index], found[index - 1] + gap)
    last = len(found) - 1
    return [min(place, 100 - MARGIN - (last - index) * gap) for index, place in enumerate(found)]


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _breaks(at: Sequence[float], ordered: Sequence[Version]) -> tuple[Break, ...]:
    """Half-way between the last version under one key and the first under the next."""
    found: list[Break] = []
    for (before, older), (after, newer) in pairwise(zip(at, ordered, strict=True)):
        if older.key != newer.key:
            found.append(Break(coordinate((before + after) / 2), _mark(len(found)), newer.date,
                               newer.reason or "the cell's key changed"))
    return tuple(found)


def _mark(index: int) -> str:
    """From a to z, then aa, ab and so on."""
    letters = string.ascii_lowercase
    return letters[index] if index < 26 else _mark(index // 26 - 1) + letters[index % 26]


def _dates(at: Sequence[float], ordered: Sequence[Version]) -> tuple[Tick, ...]:
    """The first day and the last, or the only one."""
    if not ordered:
        return ()
    first, last = numbers.date(ordered[0].date), numbers.date(ordered[-1].date)
    if first == last:
        return (Tick("50", first),)
    return Tick(coordinate(at[0] - MARGIN), first, "start"), Tick(coordinate(100.0), last, "end")


def _table(ordered: Sequence[Version], unit: str) -> Table:
    columns = (Column("Since", False), Column(f"Value in {unit_sign(unit)}"), Column("Interval"),
               Column("Cell key", False), Column("Why the key is new", False))
    return Table(columns, tuple(
        (Words(numbers.date(one.date), one.href),
         Words("no headline" if one.value is None else written(one.value, unit)),
         Words(interval_words(one.value, unit)), Words(one.key[:12]), Words(one.reason or "not new"))
        for one in ordered
    ))
