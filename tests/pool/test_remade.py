"""A file of what can be made again: what somebody brought into its place is neither followed nor believed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commons.pool.remade import RemadeFile

SCHEMA = "create table if not exists kept (name text primary key, number integer not null);"


def opened(path: Path) -> RemadeFile:
    """The file at ``path``, with one table."""
    return RemadeFile(path, SCHEMA, 1)


def keep_and_ask(path: Path) -> list[tuple[object, ...]]:
    """Keep a number, close the file, open it again, and give all that it holds then."""
    with closing(opened(path)) as file:
        file.do("insert into kept values ('one', 1)")
    with closing(opened(path)) as file:
        return file.do("select name, number from kept limit 5")


def forged(path: Path, script: str) -> None:
    """An SQLite file of another maker that says it is of the version that is wanted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script + "pragma user_version = 1;")


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    """A second opening finds the first one's rows, so that the check of the tables throws nothing away."""
    assert keep_and_ask(tmp_path / "work/file.sqlite") == [("one", 1)]


@pytest.mark.parametrize("script", [
    ("create view kept as with recursive x(n) as (select 1 union all select n + 1 from x) "
    "select n as name, n as number from x;"),
    ("create table kept (name text primary key, number integer not null); "
    "create trigger t after insert on kept begin delete from kept; end;"),
    "create table kept (name text primary key, number integer as (7));",
    "create table kept (name text primary key, number integer not null); create table more (a);",
], ids=["an endless view", "a trigger", "a computed column", "a second table"])
def test_a_file_with_other_tables_is_begun_anew(tmp_path: Path, script: str) -> None:
    """A view never answers, a trigger or a computed column changes what is kept; the file is replaced."""
    path = tmp_path / "file.sqlite"
    forged(path, script)
    assert keep_and_ask(path) == [("one", 1)]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("hard", [False, True], ids=["link", "second name"])
def test_a_link_in_its_place_is_taken_away_and_not_followed(tmp_path: Path, suffix: str, hard: bool) -> None:
    """What the link leads to stays as it was; the file itself stands in its place."""
    theirs, path = tmp_path / "theirs.sqlite", tmp_path / "work/file.sqlite"
    forged(theirs, "create table a (b);")
    before = theirs.read_bytes()
    path.parent.mkdir()
    place = path.with_name(path.name + suffix)
    if hard:
        os.link(theirs, place)
    else:
        place.symlink_to(theirs)

    assert keep_and_ask(path) == [("one", 1)]
    assert theirs.read_bytes() == before
    assert path.is_file()
    assert not path.is_symlink()


def test_a_link_that_leads_nowhere_makes_no_file_there(tmp_path: Path) -> None:
    """SQLite would make the file that a dangling link names."""
    path = tmp_path / "work/file.sqlite"
    path.parent.mkdir()
    path.symlink_to(tmp_path / "made.sqlite")

    assert keep_and_ask(path) == [("one", 1)]
    assert not (tmp_path / "made.sqlite").exists()


@pytest.mark.parametrize("linked", [".commons", ".commons/site"])
def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path, linked: str) -> None:
    """The file then lives as long as its use, and the other folder stays empty."""
    outside, place = tmp_path / "outside", tmp_path / linked
    outside.mkdir()
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(outside)

    with closing(opened(tmp_path / ".commons/site/file.sqlite")) as file:
        file.do("insert into kept values ('one', 1)")
        assert file.one("select number from kept") == (1,)
    assert list(outside.iterdir()) == []
