"""An SQLite file of what can always be made again: damaged, locked or unwritable, it costs time and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: The folder of what a machine keeps. Above it, links are the business of whoever made the checkout.
WORK = ".commons"


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
            _refuse_links(path)
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None)
        try:
            if connection.execute("pragma user_version").fetchone()[0] not in {0, self._version}:
                raise sqlite3.DatabaseError("made by another program")
            if not self._schema_of(connection) <= self._wanted():
                raise sqlite3.DatabaseError("holds a table of another form, or what is no table")
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=off")
            connection.executescript(self._schema + f"pragma user_version = {self._version};")
        except BaseException:
            connection.close()
            raise
        return connection

    def _wanted(self) -> set[tuple[str, ...]]:
        with contextlib.closing(sqlite3.connect(":memory:")) as empty:
            empty.executescript(self._schema)
            return self._schema_of(empty)

    @staticmethod
    def _schema_of(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
        """All that a file says of its tables: a view that calls itself a table would be asked, and may never end."""
        return set(connection.execute("select type, name, tbl_name, ifnull(sql, '') from sqlite_master"))


def _refuse_links(path: Path) -> None:
    """Take away links in the place of the file, and refuse folders that are links: they lead to what is not ours.

    Raises:
        OSError: a folder is a link, or a link cannot be taken away.
    """
    for folder in path.parents:
        if folder.is_symlink():
            raise OSError(f"{folder.name} is a link")
        if folder.name == WORK or folder.parent.name != WORK:
            break
    for file in _files(path):
        if not _is_own(file):
            file.unlink(missing_ok=True)


def _is_own(file: Path) -> bool:
    """Whether nothing stands here, or a plain file that has no other name."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def _files(path: Path) -> list[Path]:
    """The file and those that SQLite keeps beside it."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]


def _remove(path: Path | None) -> None:
    if path is not None:
        for file in _files(path):
            with contextlib.suppress(OSError):
                file.unlink()
