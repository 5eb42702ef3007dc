"""What planning has worked out before, in one SQLite file under ``.commons``: it can always be made again.

Nothing in it is believed for its own sake: every row is filed under what it was made from, a row that cannot be read
is as good as none, and a file that is no memo is thrown away. A memo that cannot be written costs time and nothing
else. Outlines carry this checkout's seal, because their key is known to everybody; the other rows are filed under
inodes and times of this machine's files, which nobody knows who brings a file into a checkout.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from commons.pool.secret import Seal

#: The memo's name in the working folder.
MEMO_FILE = "plan.sqlite"

#: Raised when a row comes to mean something else.
VERSION = 3

#: So many outlines of one task are kept, for those who go to and fro between branches.
_VERSIONS_KEPT = 4

_SCHEMA = """
create table if not exists folders (folder text primary key, files blob not null, digest text not null) without rowid;
create table if not exists outlines (
    key text primary key, task text not null, head text not null, requests blob not null,
    head_seal text not null, requests_seal text not null
);
create index if not exists outlines_by_task on outlines (task);
create table if not exists shelves (
    task text primary key, files blob not null, standings text not null, rest text not null
);
"""


class Memo:
    """An open memo. Use as a context manager."""

    def __init__(self, path: Path | None) -> None:
        """Open the memo at ``path``; with None, or where it cannot be written, one that lives as long as this.

        The secret of its seals stands beside it.
        """
        self._path = path
        self._seal = Seal.of(None if path is None else path.parent)
        self._connection = _open(path)

    def __enter__(self) -> Memo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is put inside at once, which is much quicker."""
        self._do("begin")
        try:
            yield
        finally:
            self._do("commit")

    def folder(self, folder: str) -> tuple[bytes, str] | None:
        """The signature that a folder had, and its digest."""
        row = self._one("select files, digest from folders where folder = ?", folder)
        return None if row is None else (bytes(row[0]), str(row[1]))

    def put_folder(self, folder: str, files: bytes, digest: str) -> None:
        """Keep a folder's digest under its signature."""
        self._do("insert or replace into folders values (?, ?, ?)", folder, files, digest)

    def outline(self, key: str) -> str | None:
        """The outline that was filed under ``key``, as JSON."""
        row = self._one("select head, head_seal from outlines where key = ?", key)
        return None if row is None or not self._is_own(key, str(row[0]).encode(), row[1]) else str(row[0])

    def requests(self, key: str) -> bytes | None:
        """The requests of an outline, packed."""
        row = self._one("select requests, requests_seal from outlines where key = ?", key)
        return None if row is None or not self._is_own(key, bytes(row[0]), row[1]) else bytes(row[0])

    def put_outline(self, key: str, task: str, head: str, requests: bytes) -> None:
        """Keep an outline; the oldest of the same task make room."""
        self._do("insert or replace into outlines values (?, ?, ?, ?, ?, ?)", key, task, head, requests,
                 self._seal.on(key, head.encode()), self._seal.on(key, requests))
        self._do("delete from outlines where task = ?1 and rowid not in "
                 "(select rowid from outlines where task = ?1 order by rowid desc limit ?2)", task, _VERSIONS_KEPT)

    def forget(self, task: str) -> None:
        """Drop the outlines of a task."""
        self._do("delete from outlines where task = ?", task)

    def shelf(self, task: str) -> tuple[bytes, str] | None:
        """The signatures that a task's cell files had, and how its cells stand, as JSON."""
        row = self._one("select files, standings from shelves where task = ?", task)
        return None if row is None else (bytes(row[0]), str(row[1]))

    def rest_of_shelf(self, task: str) -> str | None:
        """What else the heads of a task's cell files said, as JSON."""
        row = self._one("select rest from shelves where task = ?", task)
        return None if row is None else str(row[0])

    def put_shelf(self, task: str, files: bytes, standings: str, rest: str) -> None:
        """Keep what the heads of a task's cell files said under the files' signatures."""
        self._do("insert or replace into shelves values (?, ?, ?, ?)", task, files, standings, rest)

    def _is_own(self, key: str, content: bytes, seal: object) -> bool:
        """Whether this checkout sealed a part of an outline; what it did not seal goes."""
        if self._seal.is_on(str(seal), key, content):
            return True
        self._do("delete from outlines where key = ?", key)
        return False

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._do(statement, *values)
        return rows[0] if rows else None

    def _do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do one statement; a damaged file is replaced by an empty one, and whatever else fails is left undone."""
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.OperationalError, UnicodeEncodeError):
            # Locked, full or read-only, or asked for a name that is no text: nothing is wrong with what it holds.
            return []
        except sqlite3.DatabaseError:
            self._connection.close()
            _remove(self._path)
            self._connection = _open(self._path)
            return []


def _open(path: Path | None) -> sqlite3.Connection:
    for last in (False, True):
        try:
            return _connected(path)
        except sqlite3.OperationalError:
            break
        except sqlite3.DatabaseError:
            if not last:
                _remove(path)
        except OSError:
            break
    return _connected(None)


def _connected(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None)
    try:
        if connection.execute("pragma user_version").fetchone()[0] not in {0, VERSION}:
            raise sqlite3.DatabaseError("made by another program")
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=off")
        connection.executescript(_SCHEMA + f"pragma user_version = {VERSION};")
    except BaseException:
        connection.close()
        raise
    return connection


def _remove(path: Path | None) -> None:
    if path is not None:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                path.with_name(path.name + suffix).unlink()
