"""An index of the ledger: what planning needs of all stored cells, task by task, read again where a file changed.

A task's cells are one row of the memo, in two parts. How they stand is small and read for every task; the rest (times,
tokens, scores) is read only for tasks whose history counts. So 300,000 cells that stand as they are cost a look at
each file's times and sizes, and next to nothing else.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from commons.errors import BadFile
from commons.plan.heads import CellHead, read_head
from commons.plan.memo import Memo
from commons.plan.shelf import Shelf, pack_rest, pack_standings, unpack_standings
from commons.plan.signatures import UNSETTLED, file_looks
from commons.pool.ledger import BrokenCell, Ledger
from commons.pool.program import code_digest
from commons.variants.varied import Varied, put_name

_SUFFIX = ".json"
_UNSETTLED = f"\0{UNSETTLED}\0".encode()
#: Stands among the looks of a task's files for the program that read them; no model is called so.
_READER = ""


class Index:
    """Reads shelves. ``clock`` gives nanoseconds; ``read`` counts the cell files that were opened."""

    def __init__(self, ledger: Ledger, memo: Memo, clock: Callable[[], int]) -> None:
        self._cells = ledger.root / "cells"
        self._memo = memo
        self._clock = clock
        self.read = 0

    def tasks(self) -> list[str]:
        """The tasks that have a folder of cells, by name; a folder that is a link is not followed."""
        try:
            with os.scandir(self._cells) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []

    def together(self) -> contextlib.AbstractContextManager[None]:
        """Inside, what was read again is written to the memo at once."""
        return self._memo.together()

    def shelf(self, task: str, varied: Varied | None = None) -> Shelf:
        """The stored cells of one task: the canonical ones, or those of a variant."""
        name = task if varied is None else put_name(task, varied.name)
        seen = self._seen(task, varied)
        stored = self._memo.shelf(name)
        files = _joined(seen, varied)
        if stored is not None and stored[0] == files and _UNSETTLED not in files:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                return Shelf(task, unpack_standings(stored[1]), lambda: self._memo.rest_of_shelf(name))
        shelf = self._read(task, seen, self._known(name, seen, stored, varied), varied)
        if seen or stored is not None:
            kept = {model: look for model, look in seen.items() if model in shelf.heads}
            self._memo.put_shelf(name, _joined(kept, varied), pack_standings(shelf.heads), pack_rest(shelf.heads))
        return shelf

    def path(self, task: str, model: str, varied: Varied | None = None) -> Path:
        """Where the cell of a task and a model stands."""
        return self._cells / task / f"{model if varied is None else put_name(model, varied.name)}{_SUFFIX}"

    def _seen(self, task: str, varied: Varied | None) -> dict[str, str]:
        """What each cell file of a task in one way looks like, by its model, in the order of names."""
        try:
            looks = file_looks(self._cells / task, _SUFFIX, self._clock())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        if varied is not None:
            return {name.partition("@")[0]: look for name, look in looks.items()
                    if name.partition("@")[2] == varied.name and name[:1] != "."}
        return {model: look for model, look in looks.items() if "@" not in model and model[:1] != "."}

    def _known(
        self, name: str, seen: dict[str, str], stored: tuple[bytes, str] | None, varied: Varied | None
    ) -> dict[str, CellHead]:
        """The heads whose files look as they did."""
        if stored is None:
            return {}
        parts = os.fsdecode(stored[0]).split("\0")
        looks = dict(zip(parts[::2], parts[1::2], strict=False))
        try:
            heads = Shelf(name, unpack_standings(stored[1]), lambda: self._memo.rest_of_shelf(name)).heads
        except (ValueError, KeyError, TypeError):
            return {}
        if looks.get(_READER) != _reader(varied):
            return {}
        return {model: heads[model] for model, look in seen.items()
                if look != UNSETTLED and looks.get(model) == look and model in heads}

    def _read(
        self, task: str, seen: dict[str, str], known: dict[str, CellHead], varied: Varied | None
    ) -> Shelf:
        heads: dict[str, CellHead] = {}
        broken: list[BrokenCell] = []
        for model in seen:
            if model in known:
                heads[model] = known[model]
                continue
            self.read += 1
            try:
                heads[model] = read_head(self.path(task, model, varied), task, model, varied)
            except BadFile as error:
                broken.append(BrokenCell(self.path(task, model, varied), error))
        return Shelf.of(task, heads, tuple(broken))


def _reader(varied: Varied | None) -> str:
    """What reads cells: this program, and of a variant the canonical form that the cells must stand beside."""
    return code_digest("pool") if varied is None else f"{code_digest('pool')}:{varied.of}"


def _joined(seen: dict[str, str], varied: Varied | None) -> bytes:
    looks = {_READER: _reader(varied), **seen}
    return os.fsencode("".join([f"{model}\0{look}\0" for model, look in looks.items()]))
