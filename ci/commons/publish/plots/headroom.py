"""Headroom: what lies between the best model and the best score that anyone could have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.card import PROPORTION
from commons.publish.numbers import Scale, scale_for, unit_sign
from commons.publish.plots.drawing import (
    Axis,
    Estimate,
    Tick,
    amount,
    complaint,
    coordinate,
    drawable,
    interval_words,
    sane,
    scale_values,
    written,
)
from commons.publish.plots.frame import Column, Frame, Table, Words, frame

TITLE = "Headroom: from chance over the best model to the attainable ceiling"
#: How high the marks of a row stand above and below its middle, in shares of the row.
BAR = 0.16
TALL = 0.34


@dataclass(frozen=True)
class Standing:
    """How far models have come on one task.

    ``best`` is the best model's headline; ``chance``, ``ceiling`` and ``human`` are scores, None where nobody gave
    them, and all are in ``unit``. A proportion without a stated ceiling ends where its scale ends.
    """

    label: str
    href: str
    best: Estimate | None
    unit: str = PROPORTION
    chance: float | None = None
    ceiling: float | None = None
    human: float | None = None
    higher_is_better: bool = True

    @property
    def end(self) -> float | None:
        """The score at which headroom ends: the ceiling, or the better end of a proportion's scale."""
        if drawable(self.ceiling):
            return self.ceiling
        return float(self.higher_is_better) if self.unit == PROPORTION else None

    @property
    def known(self) -> tuple[float, ...]:
        """Every value that is drawn."""
        best = sane(self.best)
        return tuple(one for one in (self.chance, self.ceiling, self.human, *(best.ends if best else ()))
                     if one is not None and drawable(one))


@dataclass(frozen=True)
class Label:
    """A row's name and what it comes to, in words."""

    name: Words
    words: str


@dataclass(frozen=True)
class Headroom:
    """One row per task.

    ``reached``, ``left``, ``whiskers``, ``best``, ``chance``, ``human`` and ``ceiling`` are path
    data in a box of 100 by 100; ``ticks`` are empty where rows have different scales.
    """

    frame: Frame
    labels: tuple[Label, ...]
    ticks: tuple[Tick, ...]
    tracks: str
    reached: str
    left: str
    whiskers: str
    best: str
    chance: str
    human: str
    ceiling: str


def headroom(name: str, rows: Sequence[Standing], elsewhere: Words | None = None, title: str = TITLE) -> Headroom:
    """Place the bars of one or more tasks, each on its own scale (0 to 100 for proportions).

    ``name`` is unique on the page. ``elsewhere`` says where the numbers stand as a table, where not under the plot.
    """
    scales = [scale_for(row.unit, row.known) for row in rows]
    marks = [_marks(row, scale, (index + 0.5) * 100 / len(rows), 100 / len(rows))
             for index, (row, scale) in enumerate(zip(rows, scales, strict=True))]
    shared = len(set(scales)) == 1
    left_out = [words for row in rows if (words := complaint(row.label, row.best))]
    left_out += [f"{what} of {row.label}" for row in rows
                 for what, value in (("chance", row.chance), ("the ceiling", row.ceiling), ("people", row.human))
                 if value is not None and not drawable(value)]
    return Headroom(
        frame=frame(name, title, _description(rows), _table(rows), left_out, elsewhere),
        labels=tuple(Label(Words(row.label, row.href), _words(row)) for row in rows),
        ticks=Axis(scales[0].low, scales[0].high).ticks(scale_values(scales[0]), scales[0].unit) if shared else (),
        **{kind: "".join(mark.get(kind, "") for mark in marks)
           for kind in ("tracks", "reached", "left", "whiskers", "best", "chance", "human", "ceiling")},
    )


def room(row: Standing) -> Estimate | None:
    """What is left between the best model and the end, never below 0; its interval is the best model's, mirrored."""
    best = sane(row.best)
    if best is None or row.end is None:
        return None
    gaps = [max(0.0, row.end - one if row.higher_is_better else one - row.end) for one in best.ends]
    return Estimate(gaps[0], (min(gaps[1:]), max(gaps[1:])) if best.interval else None)


def _marks(row: Standing, scale: Scale, middle: float, height: float) -> dict[str, str]:
    """The path data of one row, by kind."""
    axis = Axis(scale.low, scale.high)
    low, high = coordinate(middle - BAR * height), coordinate(middle + BAR * height)
    top, bottom = coordinate(middle - TALL * height), coordinate(middle + TALL * height)
    found = {"tracks": f"M0 {coordinate(middle)}H100"}
    for kind, value in (("chance", row.chance), ("human", row.human), ("ceiling", row.ceiling)):
        if value is not None and drawable(value):
            found[kind] = f"M{axis.place(value)} {top}V{bottom}"
    best = sane(row.best)
    if best is None:
        return found
    here = axis.at(best.value)
    start = axis.at(row.chance) if row.chance is not None and drawable(row.chance) else axis.at(scale.low)
    gap = room(row)
    if row.end is not None and gap is not None and gap.value > 0:
        found["left"] = _box(here, axis.at(row.end), low, high)
    if (here > start) == row.higher_is_better and here != start:
        found["reached"] = _box(start, here, low, high)
    found["best"] = f"M{coordinate(here)} {coordinate(middle - 0.24 * height)}V{coordinate(middle + 0.24 * height)}"
    if best.interval is not None:
        found["whiskers"] = f"M{axis.place(best.interval[0])} {coordinate(middle)}H{axis.place(best.interval[1])}"
    return found


def _box(start: float, end: float, low: str, high: str) -> str:
    first, last = coordinate(min(start, end)), coordinate(max(start, end))
    return f"M{first} {low}H{last}V{high}H{first}z"


def _words(row: Standing) -> str:
    if row.best is None:
        return "not measured"
    if sane(row.best) is None:
        return written(row.best, row.unit)
    gap = room(row)
    sign = "points" if row.unit == PROPORTION else row.unit
    left = f", {written(gap, row.unit).split()[0]} {sign} left" if gap else ""
    return f"{written(row.best, row.unit)} {unit_sign(row.unit)}{left}"


def _left(row: Standing) -> str:
    """The headroom in words; a lopsided or clipped one still has the digits of its interval."""
    gap = room(row)
    return "not known" if gap is None else written(gap, row.unit)


def _description(rows: Sequence[Standing]) -> str:
    measured = sum(sane(row.best) is not None for row in rows)
    return (f"{measured} of {len(rows)} tasks have a best model. The filled bar is what it reached above chance, "
            "the outlined bar what is left.")


def _table(rows: Sequence[Standing]) -> Table:
    columns = (Column("Task", False), Column("Best model"), Column("Interval"), Column("Left"), Column("Chance"),
               Column("People"), Column("Ceiling"), Column("Unit", False))
    return Table(columns, tuple(
        (Words(row.label, row.href), Words("not measured" if row.best is None else written(row.best, row.unit)),
         Words(interval_words(row.best, row.unit)), Words(_left(row)), Words(amount(row.chance, row.unit)),
         Words(amount(row.human, row.unit)), Words(amount(row.ceiling, row.unit)),
         Words(f"{unit_sign(row.unit)}, {'higher' if row.higher_is_better else 'lower'} is better"))
        for row in rows
    ))
