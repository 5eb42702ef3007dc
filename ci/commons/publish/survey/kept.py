"""Surveys kept under ``.commons``, so that a task whose files did not change is not read again.

A survey stands under what its files looked like (:mod:`commons.plan.signatures`) and under the digest of their
contents: looks that are the same need no reading at all; where they differ, as after a fresh checkout, equal contents
need no surveying. Both keys hold the program, the models and the amendments too. Everything carries this checkout's
seal (:mod:`commons.pool.secret`), so that a file that somebody brings along is not believed.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from pydantic import TypeAdapter, ValidationError

from commons.errors import BadFile
from commons.plan.signatures import UNSETTLED, file_looks, folder_signature
from commons.pool.hashing import folder_digest, sha256_file, sha256_json
from commons.pool.remade import RemadeFile
from commons.pool.repository import Repository
from commons.pool.secret import Seal
from commons.publish.survey.entry import Surveyed
from commons.publish.survey.survey import ItemSurvey

FOLDER = "site"
FILE = "surveys.sqlite"
VERSION = 1

_SCHEMA = """
create table if not exists kept (
    task text primary key, looks text not null, contents text not null, survey blob not null, items blob not null,
    seal text not null
);
"""
_SURVEYED = TypeAdapter(Surveyed)
_ITEMS = TypeAdapter(ItemSurvey)


class Kept:
    """The kept surveys. Use as a context manager. ``rules`` is the digest of all that every survey is made from.

    ``clock`` gives nanoseconds.
    """

    def __init__(self, pool: Repository, rules: str, clock: Callable[[], int]) -> None:
        self._pool = pool
        self._rules = rules
        self._clock = clock
        self._seal = Seal.of(pool.work)
        self._file = RemadeFile(pool.work / FOLDER / FILE, _SCHEMA, VERSION)

    def __enter__(self) -> Kept:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def survey(self, task: str, amendments: str) -> tuple[Surveyed, str] | None:
        """The survey of a task where its files are those it was made from, else None; and the digest of them all.

        ``amendments`` is the digest of those that name the task.
        """
        row = self._row(task)
        if row is None:
            return None
        looks = self._looks(task, amendments)
        if looks is None or row[0] != looks:
            contents = self._contents(task, amendments)
            if not contents or row[1] != contents:
                return None
            self._file.do("update kept set looks = ?, seal = ? where task = ?", looks or "",
                          self._seal.on(task, _sealed(looks or "", *row[1:])), task)
        try:
            return _SURVEYED.validate_json(zlib.decompress(row[2])), row[1]
        except (ValidationError, ValueError, zlib.error):
            return None

    def items(self, task: str) -> ItemSurvey | None:
        """The items of a task, as they were kept with its survey."""
        row = self._row(task)
        try:
            return None if row is None else _ITEMS.validate_json(zlib.decompress(row[3]))
        except (ValidationError, ValueError, zlib.error):
            return None

    def put(self, task: str, amendments: str, surveyed: Surveyed, items: ItemSurvey) -> str:
        """Keep a survey; the digest of the files it was made from, which is empty where they cannot be read."""
        survey = zlib.compress(_SURVEYED.dump_json(surveyed, by_alias=True), 1)
        row = (self._looks(task, amendments) or "", self._contents(task, amendments), survey,
               zlib.compress(_ITEMS.dump_json(items, by_alias=True), 1))
        self._file.do("insert or replace into kept values (?, ?, ?, ?, ?, ?)", task, *row,
                      self._seal.on(task, _sealed(*row)))
        return row[1]

    def _row(self, task: str) -> tuple[str, str, bytes, bytes] | None:
        row = self._file.one("select looks, contents, survey, items, seal from kept where task = ?", task)
        if row is None or [type(one) for one in row] != [str, str, bytes, bytes, str]:
            return None
        looks, contents, survey, items, seal = row
        sealed = self._seal.is_on(seal, task, _sealed(looks, contents, survey, items))
        return (looks, contents, survey, items) if sealed else None

    def _looks(self, task: str, amendments: str) -> str | None:
        """What all files of a task look like; None where one changed only just now."""
        now = self._clock()
        cells, folder = self._cells(task), self._pool.tasks_folder / task
        try:
            looks = file_looks(cells, ".json", now) if cells.is_dir() else {}
            around = folder_signature(folder, now) if folder.is_dir() else None
        except (BadFile, OSError):
            return None
        rendered = _look(self._pool.ledger.rendered_path(task))
        if UNSETTLED in looks.values() or (around is not None and not around.settled):
            return None
        return sha256_json([self._rules, amendments, sorted(looks.items()), rendered,
                            around.files.hex() if around else ""])

    def _contents(self, task: str, amendments: str) -> str:
        cells, folder = self._cells(task), self._pool.tasks_folder / task
        rendered = self._pool.ledger.rendered_path(task)
        try:
            held = {os.fsencode(path.name).hex(): _file_digest(path) for path in sorted(cells.glob("*.json"))}
            around = folder_digest(folder) if folder.is_dir() else ""
        except (BadFile, OSError):
            return ""
        return sha256_json([self._rules, amendments, held, _file_digest(rendered), around])

    def _cells(self, task: str) -> Path:
        return self._pool.ledger.root / "cells" / task


def _sealed(looks: str, contents: str, survey: bytes, items: bytes) -> bytes:
    parts = (looks.encode(), contents.encode(), survey, items)
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def _look(path: Path) -> str:
    try:
        stat = path.lstat()
    except OSError:
        return ""
    return f"{stat.st_mode}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}:{stat.st_ino}"


def _file_digest(path: Path) -> str:
    return sha256_file(path) if path.is_file() and not path.is_symlink() else ""
