"""The index of a cell's rows: every row's number under what became of it, each a link to where the row stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons.publish.inert import anchor
from commons.publish.numbers import count
from commons.publish.rowplaces import INDEXED

#: Groups stand in this order, others behind them by name.
_FIRST = ("right", "partly right", "wrong", "scored")


@dataclass(frozen=True)
class Entry:
    """A row's number, where it leads as seen from the page, and the fragment it is reached by; both may be empty."""

    number: str
    href: str
    anchor: str


@dataclass(frozen=True)
class Group:
    """The rows with one word. ``more`` of them are not listed."""

    word: str
    rows: str
    entries: tuple[Entry, ...]
    more: int


def index(words: Sequence[str], href: Callable[[int], str], anchors: Sequence[str]) -> tuple[Group, ...]:
    """Group rows by their word, at most :data:`INDEXED` of them listed in all: the first ones of the cell.

    ``href`` gives the address of a row, ``anchors`` the fragments that rows have here and nowhere else on the page.
    """
    groups: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        groups.setdefault(word, []).append(number)
    ordered = sorted(groups, key=lambda word: (_FIRST.index(word) if word in _FIRST else len(_FIRST), word))
    return tuple(_group(word, groups[word], href, anchors) for word in ordered)


def _group(word: str, rows: Sequence[int], href: Callable[[int], str], anchors: Sequence[str]) -> Group:
    listed = [row for row in rows if row < INDEXED]
    return Group(word, count(len(rows)), tuple(Entry(count(row + 1), href(row), anchors[row]) for row in listed),
                 len(rows) - len(listed))


def anchors_of(rows: Sequence[tuple[str, int]], shown: int) -> tuple[str, ...]:
    """The fragments of rows (item, repeat) in an index: none for the first ``shown``, which stand in full below."""
    return tuple("" if number < shown else anchor(item, repeat) for number, (item, repeat) in enumerate(rows))
