"""An SQLite file of what can always be made again: damaged, locked or unwritable, it costs time and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class RemadeFile:
    """An open file. One of another ``version`` and one that is no such file are thrown away and begun anew."""

    def __init__(self, path: Path | None, schema: str, version: int) -> None:
        """Open the file at ``path``; with None, or where it cannot be written, one that lives as long as this."""
        self._path = path
        self._schema = schema
        self._version = version
        self._connection = self._open(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is put inside at once, which is much quicker."""
        self.do("begin")
        try:
            yield
        finally:
            self.do("commit")

    def one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """The first row that a statement gives, or None."""
        rows = self.do(statement, *values)
        return rows[0] if rows else None

    def do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do one statement; a damaged file is replaced by an empty one, and whatever else fails is left undone."""
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.OperationalError, UnicodeEncodeError):
            # Locked, full or read-only, or asked for a name that is no text: nothing is wrong with what it holds.
            return []
        except sqlite3.DatabaseError:
            self._connection.close()
            _remove(self._path)
            self._connection = self._open(self._path)
            return []

    def _open(self, path: Path | None) -> sqlite3.Connection:
        for last in (False, True):
            try:
                return self._connected(path)
            except sqlite3.OperationalError:
                break
            except sqlite3.DatabaseError:
                if not last:
                    _remove(path)
            except OSError:
                break
        return self._connected(None)

    def _connected(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None)
        try:
            if connection.execute("pragma user_version").fetchone()[0] not in {0, self._version}:
                raise sqlite3.DatabaseError("made by another program")
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=off")
            connection.executescript(self._schema + f"pragma user_version = {self._version};")
        except BaseException:
            connection.close()
            raise
        return connection


def _remove(path: Path | None) -> None:
    if path is not None:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                path.with_name(path.name + suffix).unlink()
