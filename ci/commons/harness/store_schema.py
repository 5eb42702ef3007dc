"""What the response store's file looks like, how an older one becomes today's, and how to wait for other processes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")

#: The file's ``user_version``. Version 0 had neither days nor what a model's key is made of, version 1 neither the day
#: on which a model was described nor an ``application_id``.
VERSION = 2
#: The file's ``application_id``, by which a store is told from every other SQLite file ("ECRS").
APPLICATION = 0x45435253

_TABLES = (
    """create table if not exists responses (
        model text not null,
        request text not null,
        answer text not null,
        used integer not null default 0,
        sampled integer,
        primary key (model, request)
    ) without rowid""",
    """create table if not exists engines (
        model text primary key,
        facts text,
        name text,
        model_hash text,
        versions text,
        described integer not null default 0
    ) without rowid""",
)
#: What stores without an ``application_id`` hold, by version: the columns of each table.
_BEFORE = (
    {"responses": {"model", "request", "answer"}, "engines": {"model", "facts"}},
    {"responses": {"model", "request", "answer", "used", "sampled"},
     "engines": {"model", "facts", "name", "model_hash", "versions"}},
)

#: SQLite waits by itself, but not everywhere: changing to write-ahead mode or recovering after a kill can be refused.
_TRIES, _PAUSE_SECONDS = 100, 0.05


@dataclass(frozen=True)
class StoredModel:
    """What a model's part of the key is made of: the hash of its entry, and the libraries that decide its answers.

    ``name`` is the entry's id, for people. What an older program stored has no parts, only the key.
    """

    key: str
    name: str | None
    model_hash: str | None
    versions: Mapping[str, str] | None


def this_day() -> int:
    """Today, in days since 1970 (UTC)."""
    return int(time.time() // 86_400)


def prepare(connection: sqlite3.Connection, today: int) -> None:
    """Set the connection up; make the tables, or bring those of an older program up to date.

    Raises:
        sqlite3.Error: it is no store, is one of a newer program, or cannot be written.
    """
    if not _is_ours(connection):
        _refuse_another(connection)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")
    if _is_ours(connection) and _version(connection) == VERSION:
        return
    connection.execute("begin immediate")
    try:
        # Another process may have done it while this one waited.
        if (found := _version(connection)) > VERSION:
            raise sqlite3.DatabaseError(f"it is a store of version {found}, which a newer program made")
        if found < VERSION:
            _bring_up_to_date(connection, today)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _is_ours(connection: sqlite3.Connection) -> bool:
    return int(connection.execute("pragma application_id").fetchone()[0]) == APPLICATION


def _refuse_another(connection: sqlite3.Connection) -> None:
    """Refuse a file that is neither empty nor exactly a store of before stores had a mark; nothing is written to it."""
    connection.execute("begin")
    try:
        if _is_ours(connection):
            return
        mark = int(connection.execute("pragma application_id").fetchone()[0])
        version = _version(connection)
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        columns = {name: {row[1] for row in connection.execute(f'pragma table_info("{name}")')}
                   for name in tables & {"responses", "engines"}}
        empty = not tables and version == 0
        known = version < len(_BEFORE) and tables == set(_BEFORE[version]) and columns == _BEFORE[version]
        if mark or not (empty or known):
            raise sqlite3.DatabaseError("it is a database of another program, and no response store")
    finally:
        connection.execute("rollback")


def insisting(do: Callable[[], Value]) -> Value:
    """What ``do`` gives, tried again while another process holds the file.

    Raises:
        sqlite3.Error: it is held for too long, or something else is wrong.
    """
    for _ in range(_TRIES):
        try:
            return do()
        except sqlite3.OperationalError as error:
            if not any(word in str(error) for word in ("locked", "busy")):
                raise
            time.sleep(_PAUSE_SECONDS)
    return do()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _bring_up_to_date(connection: sqlite3.Connection, today: int) -> None:
    old = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    version = _version(connection)
    if "engines" in old:
        # Its facts could not be null once; a model may be described before its engine has said anything.
        connection.execute("alter table engines rename to engines_before")
    if "responses" in old and version == 0:
        connection.execute(f"alter table responses add column used integer not null default {int(today)}")
        connection.execute("alter table responses add column sampled integer")
    for table in _TABLES:
        connection.execute(table)
    if "engines" in old:
        kept = "model, facts" if version == 0 else "model, facts, name, model_hash, versions"
        connection.execute(f"insert into engines ({kept}) select {kept} from engines_before")  # noqa: S608
        connection.execute("drop table engines_before")
    connection.execute(f"pragma application_id = {APPLICATION}")
    connection.execute(f"pragma user_version = {VERSION}")
