"""The response store: every answer that a model gave, filed under the model and the request, as it arrives.

SQLite in write-ahead mode: a library that every Python ships, safe under several processes and ``kill -9``, one file
(``docs/decisions/0004-response-store.md``). Faults of the instrument are never stored, so they are asked again.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from commons.errors import CannotRun, Where
from commons.harness.requests import Answer, Request
from commons.pool.cell import Outcome
from commons.pool.hashing import sha256_json

_SCHEMA = """
create table if not exists responses (
    model text not null,
    request text not null,
    answer text not null,
    primary key (model, request)
) without rowid;
create table if not exists engines (
    model text primary key,
    facts text not null
) without rowid;
"""


def store_model(model_hash: str, versions: dict[str, str]) -> str:
    """The model's part of the key: the model entry's hash and the libraries that decide its answers."""
    return sha256_json([model_hash, versions])


class ResponseStore:
    """An open store. Use as a context manager; each ``put`` is durable against a killed process when it returns."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._connection.execute("pragma journal_mode=wal")
            self._connection.execute("pragma synchronous=normal")
            self._connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise CannotRun(f"The response store cannot be opened: {error}.", where=Where(path),
                            mend="Name another file with --store, or move this one away.") from error

    def __enter__(self) -> ResponseStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, model: str, requests: Iterable[Request]) -> dict[str, Answer]:
        """The stored answers of ``model`` to ``requests``, by request digest."""
        found = {}
        for request in requests:
            row = self._connection.execute(
                "select answer from responses where model = ? and request = ?", (model, request.digest)
            ).fetchone()
            if row is not None:
                # An answer that an older program wrote in another shape is as good as none: it is asked again.
                with contextlib.suppress(ValidationError):
                    found[request.digest] = Answer.model_validate_json(row[0])
        return found

    def put(self, model: str, request: Request, answer: Answer) -> None:
        """Keep one answer. The first answer to a request stays, so that two runs at once agree.

        Raises:
            ValueError: a fault of the instrument, which is no answer.
        """
        if answer.outcome in {Outcome.INSTRUMENT_FAULT, Outcome.NOT_RUN}:
            raise ValueError("only answers are stored")
        self._connection.execute(
            "insert into responses values (?, ?, ?) on conflict do nothing",
            (model, request.digest, answer.model_dump_json()),
        )

    def facts(self, model: str) -> str | None:
        """What the engine said about itself when it last answered for ``model``, as JSON."""
        row = self._connection.execute("select facts from engines where model = ?", (model,)).fetchone()
        return None if row is None else str(row[0])

    def put_facts(self, model: str, facts: str) -> None:
        """Keep what the engine says about itself."""
        self._connection.execute("insert or replace into engines values (?, ?)", (model, facts))

    def __len__(self) -> int:
        """How many answers are stored."""
        return int(self._connection.execute("select count(*) from responses").fetchone()[0])
