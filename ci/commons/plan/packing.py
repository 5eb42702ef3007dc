"""Cells into shards: the longest first, each to the shard that is done with it first, a model's cells together.

This is longest-processing-time-first (Graham 1969), at most a third longer than the best there is, on pieces: a
model's cells are cut into pieces that fill a shard and a rest, because every shard that holds a model loads it. What
is then still uneven is levelled cell by cell, where that pays for the loading that it costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commons.plan.plan import PlannedCell, Shard

#: The most jobs of one matrix (GitHub).
MOST_SHARDS = 256
#: How long a job should take: short enough to repeat, long enough to be worth installing everything for.
MINUTES = 30.0
#: Levelling ends after so many moves a shard, or where a move gains less than this share of the longest.
_MOVES, _GAIN = 4, 0.001


@dataclass
class _Bin:
    """A shard in the making: places of cells by model, and how long it takes with loading."""

    number: int
    models: dict[str, list[int]] = field(default_factory=dict)
    seconds: float = 0.0

    def with_more(self, model: str, seconds: float, load: float) -> float:
        """How long it would take with ``seconds`` more of ``model``."""
        return self.seconds + seconds + (0.0 if model in self.models else load)

    def add(self, model: str, places: list[int]) -> None:
        """Take cells in."""
        self.models.setdefault(model, []).extend(places)

    def take(self, model: str, place: int, seconds: float, load: float) -> None:
        """Give a cell away, and with a model's last cell the loading of it."""
        self.models[model].remove(place)
        self.seconds -= seconds
        if not self.models[model]:
            del self.models[model]
            self.seconds -= load


def pack(
    cells: Sequence[PlannedCell], loads: Mapping[str, float], *, most: int = MOST_SHARDS, minutes: float = MINUTES,
    capped: bool = False,
) -> tuple[Shard, ...]:
    """Pack ``cells`` into at most ``most`` shards of about ``minutes``; ``loads`` is each model's time to load.

    Where money is ``capped``, each shard says how much of it its cells need at most.
    """
    if not cells:
        return ()
    by_model: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        by_model.setdefault(cell.model, []).append(place)
    total = sum(cell.seconds for cell in cells) + sum(loads[model] for model in by_model)
    count = max(1, min(most, len(cells), math.ceil(total / (60 * minutes))))
    aim = max(60 * minutes, total / count)
    pieces = [(model, piece) for model, places in by_model.items()
              for piece in _pieces(cells, places, max(aim - loads[model], aim / 4))]
    lengths = [sum(cells[place].seconds for place in piece) for _, piece in pieces]
    bins = [_Bin(number) for number in range(count)]
    for index in sorted(range(len(pieces)), key=lambda one: (-lengths[one] - loads[pieces[one][0]], one)):
        model, piece = pieces[index]
        best = min(bins, key=lambda one: (one.with_more(model, lengths[index], loads[model]), one.number))
        best.seconds = best.with_more(model, lengths[index], loads[model])
        best.add(model, piece)
    _level(cells, bins, loads)
    return _shards(cells, [one for one in bins if one.models], capped=capped)


def _pieces(cells: Sequence[PlannedCell], places: list[int], room: float) -> list[list[int]]:
    """A model's cells in pieces that fill ``room`` each, the longest cells first, and a rest."""
    pieces: list[list[int]] = [[]]
    filled = 0.0
    for place in sorted(places, key=lambda one: (-cells[one].seconds, one)):
        if pieces[-1] and filled + cells[place].seconds > room:
            pieces.append([])
            filled = 0.0
        pieces[-1].append(place)
        filled += cells[place].seconds
    return pieces


def _level(cells: Sequence[PlannedCell], bins: list[_Bin], loads: Mapping[str, float]) -> None:
    """Move cells from the longest shard to the shortest while that makes the longer of the two shorter."""
    for _ in range(_MOVES * len(bins)):
        longest = max(bins, key=lambda one: (one.seconds, -one.number))
        shortest = min(bins, key=lambda one: (one.seconds, one.number))
        best: tuple[float, str, int] | None = None
        for model, places in longest.models.items():
            freed = loads[model] if len(places) == 1 else 0.0
            for place in places:
                seconds = cells[place].seconds
                after = max(longest.seconds - seconds - freed, shortest.with_more(model, seconds, loads[model]))
                if after < longest.seconds and (best is None or (after, place) < (best[0], best[2])):
                    best = (after, model, place)
        if best is None or best[0] > longest.seconds * (1 - _GAIN):
            return
        _, model, place = best
        shortest.seconds = shortest.with_more(model, cells[place].seconds, loads[model])
        shortest.add(model, [place])
        longest.take(model, place, cells[place].seconds, loads[model])


def _shards(cells: Sequence[PlannedCell], bins: Sequence[_Bin], *, capped: bool) -> tuple[Shard, ...]:
    """The shards, the longest first, so that a matrix starts it first."""
    ordered = sorted(bins, key=lambda one: (-one.seconds, one.number))
    return tuple(_shard(cells, one, number, capped=capped) for number, one in enumerate(ordered, 1))


def _shard(cells: Sequence[PlannedCell], one: _Bin, number: int, *, capped: bool) -> Shard:
    places = tuple(sorted(place for places in one.models.values() for place in places))
    dollars = sum(cells[place].dollars for place in places)
    share = round(sum(cells[place].most_dollars for place in places), 6) if capped else None
    return Shard(number, places, len(one.models), round(one.seconds, 1), round(dollars, 6), share)
