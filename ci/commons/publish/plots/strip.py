"""Item difficulty: every item at the share of models that answer it right, piled up where shares are equal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from commons.publish import numbers
from commons.publish.plots.drawing import Axis, Tick, coordinate, drawable
from commons.publish.plots.frame import Column, Frame, Table, Words, frame, texts

TITLE = "How hard the items are"
#: With more different shares than this, items between the two ends go into this many bins of equal width.
MOST_PILES = 40
#: Piles lower than this leave a gap between items, so that they can be counted.
COUNTABLE = 24


@dataclass(frozen=True)
class Pile:
    """Items that share a place: at the share ``at`` (0 to 1), or in (``low``, ``high``)."""

    at: float
    items: int
    words: str


@dataclass(frozen=True)
class Strip:
    """What the macro draws.

    ``live`` and ``dead`` are path data in a box of 100 by 100: items that some models answer right, and items that
    all or none do. ``none_right`` and ``all_right`` say how many, and ``tallest`` what the highest pile holds.
    """

    frame: Frame
    ticks: tuple[Tick, ...]
    live: str
    dead: str
    none_right: str
    all_right: str
    tallest: str


def strip(name: str, shares: Sequence[float], models: int, elsewhere: Words | None = None, title: str = TITLE) -> Strip:
    """Pile up items by the share (0 to 1) of ``models`` models that answer each right; hardest items stand left.

    ``name`` is unique on the page. Shares that are no proportion are left out and counted.
    """
    known = [share for share in shares if drawable(share) and 0 <= share <= 1]
    piles = _piles(known)
    gap = min([b.at - a.at for a, b in pairwise(piles)], default=1.0)
    width = min(4.0, max(0.6, 80 * gap))
    axis = Axis(0.0, 1.0, width / 2, 100 - width / 2)
    most = max((pile.items for pile in piles), default=0)
    unit = min(100 / COUNTABLE * 2, 100 / max(1, most))
    paths = {pile.at: _pile(axis.at(pile.at) - width / 2, width, pile.items, unit, most) for pile in piles}
    none, every = known.count(0.0), known.count(1.0)
    left_out = [f"{_items(len(shares) - len(known))} without a share"] if len(known) < len(shares) else []
    return Strip(
        frame=frame(name, title, f"{_items(len(known))} by the share of {numbers.count(models)} models that answer "
                    f"right: none answers {_items(none)} right, all answer {_items(every)} right.",
                    Table((Column("Models right, in %", False), Column("Items")),
                          tuple(texts(pile.words, numbers.count(pile.items)) for pile in piles)), left_out, elsewhere),
        ticks=axis.ticks((0, 0.25, 0.5, 0.75, 1), "proportion"),
        live="".join(path for at, path in paths.items() if 0 < at < 1),
        dead=paths.get(0.0, "") + paths.get(1.0, ""),
        none_right=_items(none),
        all_right=_items(every),
        tallest=_items(most),
    )


def _piles(shares: Sequence[float]) -> list[Pile]:
    """Items by equal share, or by bins between the ends where shares are too many; from hard to easy."""
    exact = Counter(shares)
    if len(exact) <= MOST_PILES:
        return [Pile(share, items, numbers.percent(share)) for share, items in sorted(exact.items())]
    binned = Counter(min(MOST_PILES - 1, math.floor(share * MOST_PILES)) for share in shares if 0 < share < 1)
    ends = [Pile(share, exact[share], numbers.percent(share)) for share in (0.0, 1.0) if exact[share]]
    inner = [
        Pile((index + 0.5) / MOST_PILES, items,
             f"{numbers.percent(index / MOST_PILES)} to {numbers.percent((index + 1) / MOST_PILES)}")
        for index, items in sorted(binned.items())
    ]
    return sorted([*ends, *inner], key=lambda pile: pile.at)


def _pile(left: float, width: float, items: int, unit: float, most: int) -> str:
    """One box per item with a gap, or one for the whole pile where items would be too thin to count."""
    x, across = coordinate(left), coordinate(width)
    if most > COUNTABLE:
        return f"M{x} 100h{across}V{coordinate(100 - items * unit)}h-{across}z"
    return "".join(f"M{x} {coordinate(100 - index * unit)}h{across}v-{coordinate(unit * 0.8)}h-{across}z"
                   for index in range(items))


def _items(count: int) -> str:
    return f"{numbers.count(count)} item{'' if count == 1 else 's'}"
