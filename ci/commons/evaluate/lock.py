"""One writer at a time: between reading what is stored and replacing it, nobody else may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from commons.errors import CannotRun, Where

#: Whoever holds it writes some files; nobody does that for minutes.
_SECONDS = 600.0


@contextmanager
def one_at_a_time(path: Path, seconds: float = _SECONDS) -> Iterator[None]:
    """Hold the lock file ``path`` for the block; the system lets it go when a process dies, even by ``kill -9``.

    SQLite's own lock is taken, on an empty database: it works wherever Python does, and Python ships it.

    Raises:
        CannotRun: somebody else holds it for longer than ``seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=seconds, isolation_level=None)) as connection:
        try:
            connection.execute("begin exclusive")
        except sqlite3.OperationalError as error:
            raise CannotRun(f"Another process writes here for more than {seconds:g} s: {error}.", where=Where(path),
                            mend="End the other `commons run` or `commons collect`, and run this again.") from error
        yield
