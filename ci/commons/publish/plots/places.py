"""Places as ranges: a line from the best to the worst place a model may hold, and a dot at the order of the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.publish import numbers
from commons.publish.plots.drawing import Axis, Tick, coordinate
from commons.publish.plots.frame import Column, Frame, Table, Words, frame

TITLE = "Places of the models, as ranges"


@dataclass(frozen=True)
class Ranged:
    """A model's possible places, 1 the best, from the tests of all pairs; ``words`` is its score, as written."""

    label: str
    href: str
    best: int
    worst: int
    words: str = ""


@dataclass(frozen=True)
class Place:
    """A row: the model, its range in words, and whether a new group of tied models begins with it."""

    name: Words
    words: str
    opens: bool


@dataclass(frozen=True)
class Places:
    """One row per model. ``ranges``, ``dots``, ``rules`` and ``bands`` are path data in a box of 100 by 100."""

    frame: Frame
    rows: tuple[Place, ...]
    ticks: tuple[Tick, ...]
    ranges: str
    dots: str
    rules: str
    bands: str


def places(name: str, models: Sequence[Ranged], elsewhere: Words | None = None, title: str = TITLE) -> Places:
    """Place the models, which come in the order of their values, the best first.

    A group is a run of models that share the best place they may hold: none of them is clearly behind more models than
    the others are. ``name`` is unique on the page. A range that is none (worst before best, best below 1) is left out.
    """
    count = len(models)
    axis = Axis(1.0, float(max([count, *(one.worst for one in models if _is_range(one))], default=1)), 3.0, 97.0)
    opens = [_is_range(one) and (not index or models[index - 1].best != one.best) for index, one in enumerate(models)]
    middles = [(index + 0.5) * 100 / count for index in range(count)]
    drawn = [(index, one) for index, one in enumerate(models) if _is_range(one)]
    edges = [coordinate(index * 100 / count) for index in range(count) if index and opens[index]]
    return Places(
        frame=frame(name, title, f"{count} models in {sum(opens)} groups; the line is the range of places that the "
                    "tests of all pairs allow, the dot the place by the value alone.", _table(models),
                    [one.label for one in models if not _is_range(one)], elsewhere),
        rows=tuple(Place(Words(one.label, one.href), _range_words(one), bool(index) and opens[index])
                   for index, one in enumerate(models)),
        ticks=axis.ticks(_ticks(round(axis.high)), "place"),
        ranges="".join(f"M{axis.place(one.best)} {coordinate(middles[index])}H{axis.place(one.worst)}"
                       for index, one in drawn if one.worst > one.best),
        dots="".join(f"M{axis.place(index + 1)} {coordinate(middles[index])}h0" for index, _ in drawn),
        rules="".join(f"M0 {edge}H100" for edge in edges),
        bands=_bands(opens),
    )


def _is_range(one: Ranged) -> bool:
    return 1 <= one.best <= one.worst


def _bands(opens: Sequence[bool]) -> str:
    """A shaded box behind every second group."""
    starts = [index for index, is_open in enumerate(opens) if is_open]
    ends = [*starts[1:], len(opens)]
    boxes = list(zip(starts, ends, strict=False))[1::2]
    share = 100 / max(1, len(opens))
    return "".join(f"M0 {coordinate(first * share)}H100V{coordinate(last * share)}H0z" for first, last in boxes)


def _ticks(last: int) -> list[int]:
    """At most five round places, the first and the last among them."""
    step = next(one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, last) if last <= 4 * one)
    inner = [place for place in range(step, last, step) if place > 1 and last - place >= step / 2]
    return sorted({1, *inner, last})


def _range_words(one: Ranged) -> str:
    if not _is_range(one):
        return "no place"
    best, worst = numbers.count(one.best), numbers.count(one.worst)
    return best if best == worst else f"{best} to {worst}"


def _table(models: Sequence[Ranged]) -> Table:
    columns = (Column("Model", False), Column("Order of the value"), Column("Places it may hold"), Column("Score"))
    return Table(columns, tuple(
        (Words(one.label, one.href), Words(numbers.count(index)), Words(_range_words(one)), Words(one.words or "none"))
        for index, one in enumerate(models, start=1)
    ))
