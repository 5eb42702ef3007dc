"""Facts of tasks kept between runs, so that one task can be held against a large pool at once.

They lie in the user's cache folder and never in the pool, where a contribution could bring its own. A task's facts
count as long as its files have the size and the time of change that they had.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import commons
from commons.errors import BadFile
from commons.lint.facts import ItemPlace, TaskFacts
from commons.pool.cache import cache_folder
from commons.pool.walk import entries_below

_TABLE = "CREATE TABLE IF NOT EXISTS facts (folder TEXT PRIMARY KEY, state TEXT, known TEXT, bands BLOB)"


class FactsStore:
    """The facts of one pool's tasks; without a folder that can be written to, it keeps nothing and says nothing."""

    def __init__(self, root: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        self._waiting: dict[str, tuple[str, str, bytes]] = {}
        name = hashlib.blake2b(str(root.resolve()).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        try:
            folder = cache_folder() / "lint"
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / f"{name}.sqlite", timeout=2)
            self._connection.execute(_TABLE)
        except (OSError, RuntimeError, sqlite3.Error):
            self._connection = None

    def get(self, folders: Iterable[Path]) -> dict[Path, TaskFacts]:
        """The facts of those task folders whose files are as they were."""
        if self._connection is None:
            return {}
        try:
            rows = self._connection.execute("SELECT folder, state, known, bands FROM facts").fetchall()
        except sqlite3.Error:
            return {}
        stored = {row[0]: row[1:] for row in rows}
        found = {}
        for folder in folders:
            state, known, bands = stored.get(folder.name, ("", "", b""))
            with contextlib.suppress(OSError, ValueError, TypeError):
                if state and state == state_of(folder):
                    found[folder] = _unpacked(known, bands)
        return found

    def put(self, folder: Path, state: str | None, facts: TaskFacts) -> None:
        """Keep the facts of a task folder until the end, when all are written at once.

        ``state`` is what :func:`state_of` gave before the folder was read: who changes a file meanwhile must not have
        the facts of the old one kept for the new.
        """
        if self._connection is not None and state is not None:
            with contextlib.suppress(ValueError):
                self._waiting[folder.name] = (state, *_packed(facts))

    def __enter__(self) -> FactsStore:
        """Open already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Write what was put; where another process writes for long, it is not kept."""
        if self._connection is not None:
            try:
                if self._waiting:
                    rows = [(name, *values) for name, values in sorted(self._waiting.items())]
                    self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)
                self._connection.commit()
            except sqlite3.Error:
                return
            finally:
                self._connection.close()


def state_of(folder: Path) -> str | None:
    """What the facts depend on: this program's version of them, and each file's name, size and time of change.

    None for a folder that cannot be looked through: its facts are not kept.
    """
    files = []
    try:
        for entry in entries_below(folder):
            if not entry.is_dir(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                files.append((entry.path, about.st_size, about.st_mtime_ns))
    except (BadFile, OSError):
        return None
    return json.dumps([commons.__version__, _FORMAT, sorted(files)])


#: Raised when what facts hold, or how they are made, changes.
_FORMAT = 3


def _packed(facts: TaskFacts) -> tuple[str, bytes]:
    return json.dumps([facts.name, facts.title, facts.canary, facts.tags, facts.places]), facts.bands


def _unpacked(known: str, bands: bytes) -> TaskFacts:
    name, title, canary, tags, places = json.loads(known)
    return TaskFacts(name, title, canary, tuple(tags), tuple(map(ItemPlace._make, places)), bands)
