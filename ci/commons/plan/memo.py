"""What planning has worked out before, in one SQLite file under ``.commons``: it can always be made again.

Nothing in it is believed for its own sake: every row is filed under what it was made from, a row that cannot be read
is as good as none, and a file that is no memo is thrown away. A memo that cannot be written costs time and nothing
else. Outlines carry this checkout's seal, because their key is known to everybody; the other rows are filed under
inodes and times of this machine's files, which nobody knows who brings a file into a checkout.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any

from commons.pool.remade import RemadeFile
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
        self._seal = Seal.of(None if path is None else path.parent)
        self._file = RemadeFile(path, _SCHEMA, VERSION)

    def __enter__(self) -> Memo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def together(self) -> contextlib.AbstractContextManager[None]:
        """Write all that is put inside at once, which is much quicker."""
        return self._file.together()

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
        return self._file.one(statement, *values)

    def _do(self, statement: str, *values: object) -> None:
        self._file.do(statement, *values)
