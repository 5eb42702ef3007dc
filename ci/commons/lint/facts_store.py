"""Facts of tasks kept between runs, so that one task can be held against a large pool at once.

They lie in the user's cache folder and never in the pool, where a contribution could bring its own. A task's facts
count as long as its files have the size and the time of change that they had.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import commons
from commons.lint.facts import ItemPlace, TaskFacts
from commons.pool.cache import cache_folder

_TABLE = "CREATE TABLE IF NOT EXISTS facts (folder TEXT PRIMARY KEY, state TEXT, known TEXT, bands BLOB)"


class FactsStore:
    """The facts of one pool's tasks; without a folder that can be written to, it keeps nothing and says nothing."""

    def __init__(self, root: Path) -> None:
        self._connection: sqlite3.Connection | None = None
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
                if state and state == _state(folder):
                    found[folder] = _unpacked(known, bands)
        return found

    def put(self, folder: Path, facts: TaskFacts) -> None:
        """Keep the facts of a task folder as it is now."""
        if self._connection is None:
            return
        with contextlib.suppress(sqlite3.Error, OSError, ValueError):
            self._connection.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", (folder.name, _state(folder), *_packed(facts))
            )

    def __enter__(self) -> FactsStore:
        """Open already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Write what was put."""
        if self._connection is not None:
            try:
                self._connection.commit()
            except sqlite3.Error:
                return
            finally:
                self._connection.close()


def _state(folder: Path) -> str:
    """What the facts depend on: this program's version of them, and each file's name, size and time of change."""
    files = []
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    about = entry.stat(follow_symlinks=False)
                    files.append((entry.path, about.st_size, about.st_mtime_ns))
    return json.dumps([commons.__version__, _FORMAT, sorted(files)])


#: Raised when what facts hold, or how they are made, changes.
_FORMAT = 3


def _packed(facts: TaskFacts) -> tuple[str, bytes]:
    return json.dumps([facts.name, facts.title, facts.canary, facts.tags, facts.places]), facts.bands


def _unpacked(known: str, bands: bytes) -> TaskFacts:
    name, title, canary, tags, places = json.loads(known)
    return TaskFacts(name, title, canary, tuple(tags), tuple(map(ItemPlace._make, places)), bands)
