"""The response store: every answer that a model gave, filed under the model and the request, as it arrives.

SQLite in write-ahead mode: a library that every Python ships, safe under several processes and ``kill -9``, one file
(``docs/decisions/0004-response-store.md``). Faults of the instrument are never stored, so they are asked again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from commons.errors import CannotRun, Where
from commons.harness.requests import Answer, Request
from commons.harness.store_schema import StoredModel, insisting, prepare, this_day
from commons.pool.cell import Outcome
from commons.pool.hashing import canonical_json, sha256_json

#: How many requests one query asks for: SQLite's oldest limit on the values of a statement is 999.
BATCH = 500

#: How long a process waits for another that writes.
BUSY_SECONDS = 60.0


def store_model(model_hash: str, versions: dict[str, str]) -> str:
    """The model's part of the key: the model entry's hash and the libraries that decide its answers."""
    return sha256_json([model_hash, versions])


class ResponseStore:
    """An open store. Use as a context manager; each ``put`` is durable against a killed process when it returns.

    ``today`` counts days: each answer keeps the last day on which it was used, so that :mod:`store_care` can drop
    what nothing uses.
    """

    def __init__(self, path: Path, today: Callable[[], int] = this_day) -> None:
        self.path = path
        self.today = today
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            insisting(lambda: prepare(self.connection, today()))
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
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which other processes see whole or not at all."""
        insisting(lambda: self.connection.execute("begin immediate"))
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("rollback")
            raise
        insisting(lambda: self.connection.execute("commit"))

    def find(self, model: str, requests: Iterable[Request]) -> dict[str, Answer]:
        """The stored answers of ``model`` to ``requests``, by request digest.

        An answer that is not what its request asks for, or that an older program wrote in another shape, is dropped,
        so that it is asked again and the new one is kept.
        """
        found: dict[str, Answer] = {}
        resting: list[str] = []
        broken: list[tuple[str, str, str]] = []
        today = self.today()
        generates = {request.digest: request.kind == "generate_until" for request in requests}
        for digests in batches(generates, BATCH):
            marks = ",".join("?" * len(digests))
            rows = self.connection.execute(
                f"select request, answer, used from responses where model = ? and request in ({marks})",  # noqa: S608
                (model, *digests),
            )
            for digest, answer, used in rows:
                kept = _answer(answer)
                if kept is None or not fits(kept, generates=generates[digest]):
                    broken.append((model, digest, answer))
                    continue
                found[digest] = kept
                if used < today:
                    resting.append(digest)
        self._use(model, resting, today)
        if broken:
            with self.writing() as connection:
                # With its text: another process may have put a good answer in its place meanwhile.
                connection.executemany("delete from responses where model = ? and request = ? and answer = ?", broken)
        return found

    def known(self, model: str) -> set[str]:
        """The digests of all requests that ``model`` has answered. Knowing is no use: nothing is noted."""
        return {row[0] for row in self.connection.execute("select request from responses where model = ?", (model,))}

    def put(self, model: str, request: Request, answer: Answer) -> None:
        """Keep one answer. The first answer to a request stays, so that two runs at once agree.

        Raises:
            ValueError: a fault of the instrument, which is no answer.
        """
        row = self._row(model, request, answer)
        insisting(lambda: self.connection.execute(KEEP, row))

    def put_many(self, model: str, answers: Iterable[tuple[Request, Answer]]) -> None:
        """Keep many answers at once, all or none; raises as :meth:`put`."""
        rows = [self._row(model, request, answer) for request, answer in answers]
        with self.writing() as connection:
            connection.executemany(KEEP, rows)

    def facts(self, model: str) -> str | None:
        """What the engine said about itself when it last answered for ``model``, as JSON."""
        row = self.connection.execute("select facts from engines where model = ?", (model,)).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def put_facts(self, model: str, facts: str) -> None:
        """Keep what the engine says about itself."""
        statement = ("insert into engines (model, facts, described) values (?, ?, ?) "
                     "on conflict (model) do update set facts = excluded.facts, described = excluded.described")
        insisting(lambda: self.connection.execute(statement, (model, facts, self.today())))

    def describe(self, model: StoredModel) -> None:
        """Keep what the model's part of the key is made of, so that a person and another machine can tell."""
        statement = ("insert into engines (model, name, model_hash, versions, described) values (?, ?, ?, ?, ?) "
                     "on conflict (model) do update set name = excluded.name, model_hash = excluded.model_hash, "
                     "versions = excluded.versions, described = excluded.described")
        values = (model.key, model.name, model.model_hash, canonical_json(dict(model.versions or {})), self.today())
        insisting(lambda: self.connection.execute(statement, values))

    def __len__(self) -> int:
        """How many answers are stored."""
        return int(self.connection.execute("select count(*) from responses").fetchone()[0])

    def _row(self, model: str, request: Request, answer: Answer) -> tuple[str, str, str, int, bool]:
        if answer.outcome in {Outcome.INSTRUMENT_FAULT, Outcome.NOT_RUN}:
            raise ValueError("only answers are stored")
        return model, request.digest, answer.model_dump_json(), self.today(), request.sample is not None

    def _use(self, model: str, digests: Sequence[str], today: int) -> None:
        """Note that answers are used: once a day for each, and never at the cost of what was asked for."""
        for some in batches(digests, BATCH):
            marks = ",".join("?" * len(some))
            with suppress(sqlite3.OperationalError):
                self.connection.execute(
                    f"update responses set used = ? where model = ? and request in ({marks})",  # noqa: S608
                    (today, model, *some),
                )


def fits(answer: Answer, *, generates: bool) -> bool:
    """Whether an answer holds what its request asks for: a text, or a log-likelihood. Without it nothing is graded."""
    return (answer.text if generates else answer.loglikelihood) is not None


def _answer(text: str) -> Answer | None:
    try:
        return Answer.model_validate_json(text)
    except ValidationError:
        return None


#: Keeps an answer unless there is one.
KEEP = "insert into responses (model, request, answer, used, sampled) values (?, ?, ?, ?, ?) on conflict do nothing"


def batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """``values`` in lists of at most ``size``."""
    waiting = iter(values)
    while some := list(islice(waiting, size)):
        yield some
