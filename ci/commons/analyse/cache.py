"""What was read and worked out of each task before, kept under ``.commons``, so that nothing is read or drawn twice.

Three things are kept for each task: what its cell files looked like with the digest of their contents, the slim cells
(:mod:`commons.analyse.slim`), and its ranks. Each stands under what it was made from: files that look as they did are
not opened (:mod:`commons.plan.signatures`), one changed cell costs the reading of one file, and ranks are found by the
digest of the cells, the card, the models, the amendments, the draws, the seed and the program. Everything carries this
checkout's seal (:mod:`commons.pool.secret`), so that a file that somebody brings along is not believed.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import TracebackType

from commons.analyse.entering import Entering, LeftOut, Rules, select
from commons.analyse.ranks import RESAMPLES, RESAMPLING_SEED, RankedLine, TaskRanks, ranks_of
from commons.analyse.slim import SlimFile, pack, unpack
from commons.errors import BadFile
from commons.plan.signatures import UNSETTLED, file_looks
from commons.pool import cellfile
from commons.pool.amendments import AMENDMENTS_FILE
from commons.pool.card import CARD_FILE, Card
from commons.pool.cell import CANONICAL
from commons.pool.hashing import folder_digest, sha256_file, sha256_json
from commons.pool.program import code_digest, library_versions
from commons.pool.remade import RemadeFile
from commons.pool.repository import Repository
from commons.pool.secret import Seal
from commons.pool.sentinels import SENTINELS
from commons.pool.task import read_card
from commons.stats.ranks import DRAWS, LEVEL, RANK_SEED

#: The folder in the working folder, and the file in it.
FOLDER = "analysis"
FILE = "tasks.sqlite"
VERSION = 1

_SUFFIX = ".json"
_SCHEMA = """
create table if not exists kept (
    kind text not null, task text not null, key blob not null, content blob not null, seal text not null,
    primary key (kind, task)
);
"""
_UNREADABLE = (ValueError, KeyError, TypeError, IndexError, zlib.error)


class Cache:
    """The cells and ranks of tasks, each read or made only where it must be. Use as a context manager.

    ``clock`` gives nanoseconds. ``files_read`` counts the cell files that were opened, ``ranks_made`` the tasks whose
    ranks were worked out.
    """

    def __init__(self, repository: Repository, clock: Callable[[], int]) -> None:
        self._repository = repository
        self._clock = clock
        self._seal = Seal.of(repository.work)
        self._file = RemadeFile(repository.work / FOLDER / FILE, _SCHEMA, VERSION)
        self.files_read = 0
        self.ranks_made = 0

    def __enter__(self) -> Cache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def ranks(self, task: str) -> TaskRanks:
        """The ranks of a task.

        Raises:
            BadFile: its card, ``models.yaml`` or the amendments cannot be read.
        """
        digest, files = self._cells(task)
        key = self._key(task, digest)
        if (found := self._kept_ranks(task, key)) is not None:
            return found
        ranks = ranks_of(self._entering(task, files()))
        self.ranks_made += 1
        self._put("ranks", task, key, json.dumps(asdict(ranks)).encode("utf-8"))
        return ranks

    def kept(self, task: str) -> TaskRanks | None:
        """The ranks of a task where nothing changed since they were worked out, else None; no cell file is opened."""
        digest = self._unchanged(task, self._looks(task))
        return None if digest is None else self._kept_ranks(task, self._key(task, digest))

    def _key(self, task: str, digest: str) -> bytes:
        """What ranks are kept under; ``digest`` is that of the cell files."""
        return sha256_json([
            digest, _digest(self._card_path(task)), self._rules_digest, self._code,
            DRAWS, RANK_SEED, LEVEL, RESAMPLES, RESAMPLING_SEED,
        ]).encode()

    def _kept_ranks(self, task: str, key: bytes) -> TaskRanks | None:
        stored = self._get("ranks", task)
        if stored is None or stored[0] != key:
            return None
        try:
            return _ranks_from(stored[1])
        except _UNREADABLE:
            return None

    def entering(self, task: str) -> Entering:
        """The cells of a task that may be compared, slim; as :func:`commons.analyse.entering.entering` gives them.

        Raises:
            BadFile: its card, ``models.yaml`` or the amendments cannot be read.
        """
        return self._entering(task, self._cells(task)[1]())

    def _entering(self, task: str, files: Mapping[str, SlimFile]) -> Entering:
        cells = [file.cell for file in files.values() if file.cell is not None]
        broken = []
        for name, file in files.items():
            if file.cell is None:
                model, _, variant = name.partition("@")
                broken.append(LeftOut(model, variant or CANONICAL, f"Its file is broken: {file.fault}"))
        return select(task, self._card(task), cells, self._rules, broken)

    def _cells(self, task: str) -> tuple[str, Callable[[], Mapping[str, SlimFile]]]:
        """The digest of a task's cell files, and what gives them slim."""
        looks, folder = self._looks(task), self._repository.ledger.root / "cells" / task
        if (digest := self._unchanged(task, looks)) is not None:
            return digest, lambda: self._stored(task, digest) or self._read(task, folder, looks, {})[1]
        known = self._still_good(task, looks, self._get("looks", task))
        found, files = self._read(task, folder, looks, known)
        return found, lambda: files

    def _looks(self, task: str) -> dict[str, str]:
        """What each cell file of a task looks like, by its name without the ending."""
        try:
            looks = file_looks(self._repository.ledger.root / "cells" / task, _SUFFIX, self._clock())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return {name: look for name, look in looks.items() if name[:1] != "."}

    def _unchanged(self, task: str, looks: Mapping[str, str]) -> str | None:
        """The digest of a task's cell files where they all look as they did, else None."""
        seen = self._get("looks", task)
        if seen is None or UNSETTLED in looks.values() or seen[0] != self._joined(looks):
            return None
        return seen[1].decode("ascii")

    def _still_good(
        self, task: str, looks: Mapping[str, str], seen: tuple[bytes, bytes] | None
    ) -> dict[str, SlimFile]:
        """The slim cells of the files that look as they did."""
        if seen is None or not seen[0].endswith(self._code.encode()):
            return {}
        parts = os.fsdecode(seen[0]).split("\0")
        before = dict(zip(parts[::2], parts[1::2], strict=False))
        stored = self._stored(task, seen[1].decode("ascii")) or {}
        return {name: stored[name] for name, look in looks.items()
                if look != UNSETTLED and before.get(name) == look and name in stored}

    def _read(
        self, task: str, folder: Path, looks: Mapping[str, str], known: Mapping[str, SlimFile]
    ) -> tuple[str, Mapping[str, SlimFile]]:
        files = {}
        for name in looks:
            if name in known:
                files[name] = known[name]
                continue
            self.files_read += 1
            files[name] = _slim(folder / f"{name}{_SUFFIX}")
        digest = sha256_json({name: file.digest for name, file in files.items()})
        if looks or self._get("looks", task) is not None:
            with self._file.together():
                self._put("cells", task, digest.encode(), zlib.compress(pack(files), 1))
                self._put("looks", task, self._joined(looks), digest.encode())
        return digest, files

    def _joined(self, looks: Mapping[str, str]) -> bytes:
        """The looks of a task's files as a key, with the program that read them."""
        return os.fsencode("".join([f"{name}\0{look}\0" for name, look in looks.items()])) + self._code.encode()

    def _stored(self, task: str, digest: str) -> dict[str, SlimFile] | None:
        """The slim cells that were kept under ``digest``; None where they are gone or cannot be read."""
        kept = self._get("cells", task)
        if kept is None or kept[0] != digest.encode():
            return None
        try:
            return unpack(zlib.decompress(kept[1]))
        except _UNREADABLE:
            return None

    def _get(self, kind: str, task: str) -> tuple[bytes, bytes] | None:
        """What is kept of a task, with its key; None where it is not there or carries no seal of this checkout."""
        row = self._file.one("select key, content, seal from kept where kind = ? and task = ?", kind, task)
        if row is None or not all(isinstance(one, bytes) for one in row[:2]):
            return None
        key, content = row[:2]
        return (key, content) if self._seal.is_on(str(row[2]), f"{kind} {task}", _sealed(key, content)) else None

    def _put(self, kind: str, task: str, key: bytes, content: bytes) -> None:
        seal = self._seal.on(f"{kind} {task}", _sealed(key, content))
        self._file.do("insert or replace into kept values (?, ?, ?, ?, ?)", kind, task, key, content, seal)

    def _card_path(self, task: str) -> Path:
        return self._repository.tasks_folder / task / CARD_FILE

    def _card(self, task: str) -> Card:
        return read_card(self._repository.tasks_folder / task)[0]

    @cached_property
    def _rules(self) -> Rules:
        return Rules.of(self._repository)

    @cached_property
    def _rules_digest(self) -> str:
        """The digest of all files that :class:`Rules` reads."""
        ledger = self._repository.ledger.root
        found = [_digest(self._repository.models_file), _digest(ledger / AMENDMENTS_FILE)]
        return sha256_json([*found, folder_digest(ledger / SENTINELS) if (ledger / SENTINELS).is_dir() else ""])

    @cached_property
    def _code(self) -> str:
        """The digest of the program and of the libraries whose numbers are kept."""
        return sha256_json([code_digest("pool", "stats", "analyse"), library_versions("numpy", "scipy", "sacrebleu",
                                                                                     "scikit-learn")])


def _sealed(key: bytes, content: bytes) -> bytes:
    return len(key).to_bytes(8, "big") + key + content


def _digest(path: Path) -> str:
    return sha256_file(path) if path.is_file() else ""


def _slim(path: Path) -> SlimFile:
    """Read a cell file. The digest is taken first: a file that changes meanwhile looks otherwise the next time."""
    try:
        digest = sha256_file(path)
    except OSError:
        digest = ""
    try:
        return SlimFile(digest, cellfile.read_cell(path))
    except BadFile as error:
        return SlimFile(digest, None, error.problems[0].sentence)


def _ranks_from(content: bytes) -> TaskRanks:
    whole = json.loads(content)
    whole["lines"] = tuple(
        RankedLine(model, value, tuple(interval) if interval else None, *rest)
        for model, value, interval, *rest in whole["lines"]
    )
    whole["ties"] = tuple(map(tuple, whole["ties"]))
    whole["left_out"] = tuple(LeftOut(**one) for one in whole["left_out"])
    return TaskRanks(**whole)
