"""Where a cell's rows stand: in its file, on its pages, and on the pages of its task's items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from commons.pool.card import PublishLevel
from commons.publish.addresses import cell_path, items_path
from commons.publish.frame import BRIEF_ROWS, ITEMS, ROWS, Limits
from commons.publish.inert import anchor
from commons.publish.open_task import OpenTask
from commons.publish.states import CellState

#: An index leads to at most so many rows of a cell.
INDEXED = 400

_MARK = '\n "rows": [\n'
_CELLS = 1000


def first_line(text: str, rows: int) -> int | None:
    """The line of a cell file's first row; None where its rows do not stand one a line, as a hand might leave them."""
    place = text.find(_MARK)
    if place < 0 or text.count("\n", place + len(_MARK)) < rows:
        return None
    return text.count("\n", 0, place + len(_MARK)) + 1


@lru_cache(maxsize=_CELLS)
def rows_of(path: Path, digest: str) -> Mapping[str, int]:  # noqa: ARG001  (what is kept is kept by it)
    """The number of each item's first row, counting from 0, by what a cell file's text says; empty where unreadable.

    ``digest`` is that of the file's bytes: a file that changed is read again.
    """
    try:
        lines = path.read_text(encoding="utf-8").partition(_MARK)[2].split("\n")
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        if not line.startswith("  ["):
            break
        try:
            item, _ = json.JSONDecoder().raw_decode(line, 3)
        except ValueError:
            return {}
        found.setdefault(str(item), number)
    return found


def row_path(state: CellState, limits: Limits, item: str, row: int, repeat: int = 0) -> str:
    """Where a row (counting from 0) stands on its cell's pages; empty where it stands on none.

    Where there is one page for all rows, those that are not shown in full stand in its index, as far as that goes.
    """
    if not state.paged or state.facts is None:
        return ""
    if limits.all_rows:
        return f"{cell_path(state, row // ROWS + 1)}#{anchor(item, repeat)}"
    return f"{cell_path(state)}#{anchor(item, repeat)}" if row < max(INDEXED, BRIEF_ROWS) else cell_path(state)


@dataclass(frozen=True)
class ItemPlaces:
    """The items of a task that have a place on its pages, in their order there, and each one's number."""

    task: str
    items: tuple[str, ...]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, task: OpenTask) -> ItemPlaces:
        """None where the card publishes no items; those that were rendered where no cell enters."""
        if task.entry.card.publish is PublishLevel.NONE:
            return cls(task.entry.name, (), {})
        rendered = task.rendered.items if task.rendered is not None else ()
        items = tuple(dict.fromkeys(task.items.items or (one.item for one in rendered)))
        return cls(task.entry.name, items, {item: number for number, item in enumerate(items)})

    @property
    def pages(self) -> int:
        """How many pages they take."""
        return -(-len(self.items) // ITEMS)

    def path(self, item: str) -> str:
        """Where an item stands; empty for one that has no place."""
        number = self.numbers.get(item)
        return "" if number is None else f"{items_path(self.task, number // ITEMS + 1)}#{anchor(item)}"
