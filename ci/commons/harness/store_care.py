"""Looking after a response store: what is in it, and dropping what nothing uses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from commons.harness.store import BATCH, ResponseStore, batches
from commons.harness.store_schema import StoredModel

#: So long a model's description stays without an answer: no run takes longer to get its first one.
_DESCRIBED_DAYS = 7

#: The size of an answer's row: its text and its key, without the pages that SQLite keeps them in.
_SIZE = "length(cast(answer as blob)) + length(request) + length(model)"


@dataclass(frozen=True)
class ModelStats:
    """What the store holds of one model. Days count from 1970; ``facts`` is what its engine said, as JSON."""

    model: StoredModel
    answers: int
    bytes: int
    oldest_use: int
    newest_use: int
    facts: str | None


@dataclass(frozen=True)
class StoreStats:
    """What the store holds; ``file_bytes`` is what the file takes on the disk."""

    models: tuple[ModelStats, ...]
    file_bytes: int

    @property
    def answers(self) -> int:
        """How many answers there are."""
        return sum(one.answers for one in self.models)

    @property
    def bytes(self) -> int:
        """How long they are together."""
        return sum(one.bytes for one in self.models)


@dataclass(frozen=True)
class Dropped:
    """What was dropped, or would be: answers, their bytes, how many of each model; and what stays."""

    answers: int
    bytes: int
    by_model: dict[str, int]
    kept: int


def stats(store: ResponseStore) -> StoreStats:
    """What ``store`` holds, by model."""
    known = {model.key: (model, facts) for model, facts in stored_models(store)}
    rows = store.connection.execute(
        f"select model, count(*), sum({_SIZE}), min(used), max(used) from responses group by model order by model"  # noqa: S608
    )
    found = []
    for key, answers, size, oldest, newest in rows:
        model, facts = known.get(key, (StoredModel(key, None, None, None), None))
        found.append(ModelStats(model, answers, size, oldest, newest, facts))
    # What the newest answers take stands in the file beside it until it is merged.
    beside = store.path.with_name(store.path.name + "-wal")
    size = sum(path.stat().st_size for path in (store.path, beside) if path.exists())
    return StoreStats(tuple(found), size)


def stored_models(store: ResponseStore) -> list[tuple[StoredModel, str | None]]:
    """The models that the store knows something about, each with its engine's facts."""
    rows = store.connection.execute("select model, name, model_hash, versions, facts from engines order by model")
    return [
        (StoredModel(key, name, digest, None if versions is None else json.loads(versions)), facts)
        for key, name, digest, versions, facts in rows
    ]


def gc(
    store: ResponseStore, today: int, *, keep_days: int | None = None, keep_models: Collection[str] | None = None,
    max_bytes: int | None = None, dry_run: bool = True,
) -> Dropped:
    """Drop answers that nothing uses; with ``dry_run`` only say which.

    Those that were not used for ``keep_days``, those of models other than ``keep_models`` (keys of the store), and
    then the longest unused until at most ``max_bytes`` are left. What is not given drops nothing.
    """
    with store.writing() as connection:
        connection.execute("create temp table if not exists doomed (model text, request text, size integer)")
        connection.execute("delete from doomed")
        _doom(connection, today, keep_days, keep_models)
        if max_bytes is not None:
            _doom_over(connection, max_bytes)
        by_model = dict(connection.execute("select model, count(*) from doomed group by model order by model"))
        size = connection.execute("select coalesce(sum(size), 0) from doomed").fetchone()[0]
        answers = sum(by_model.values())
        kept = len(store) - answers
        if not dry_run and answers:
            connection.execute(
                "delete from responses where (model, request) in (select model, request from doomed)"
            )
            # A run that goes on now has described its model, and may not have an answer yet.
            connection.execute("delete from engines where described < ? and model not in "
                               "(select distinct model from responses)", (today - _DESCRIBED_DAYS,))
    if not dry_run and answers:
        # The file shrinks only if nobody else reads it now; the room is used again in any case.
        with suppress(sqlite3.OperationalError):
            store.connection.execute("vacuum")
            store.connection.execute("pragma wal_checkpoint(truncate)")
    return Dropped(answers, size, by_model, kept)


def _doom(
    connection: sqlite3.Connection, today: int, keep_days: int | None, keep_models: Collection[str] | None
) -> None:
    take = f"insert into doomed select model, request, {_SIZE} from responses where "  # noqa: S608
    spared = ""
    if keep_models is not None:
        connection.execute("create temp table if not exists spared (model text primary key)")
        connection.execute("delete from spared")
        for some in batches(sorted(keep_models), BATCH):
            connection.executemany("insert into spared values (?)", [(one,) for one in some])
        connection.execute(f"{take}model not in (select model from spared)")  # noqa: S608
        spared = " and model in (select model from spared)"
    if keep_days is not None:
        connection.execute(f"{take}used < ?{spared}", (today - keep_days,))


def _doom_over(connection: sqlite3.Connection, max_bytes: int) -> None:
    """Doom the longest unused of what stays until the rest fits."""
    connection.execute(
        f"""insert into doomed
        select model, request, size from (
            select model, request, size, sum(size) over (order by used desc, model, request) as upto from (
                select model, request, used, {_SIZE} as size from responses
                where (model, request) not in (select model, request from doomed)
            )
        ) where upto > ?""",  # noqa: S608
        (max_bytes,),
    )
