"""Where results may be written, and whether what lies there may land: plain files of a fair size, and nothing else."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun, Where
from commons.plan.plan import Plan, PlannedCell
from commons.pool import cellfile
from commons.pool.git import Stored, contents, is_stored
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import Repository
from commons.pool.yamlfile import MAX_BYTES

RESULTS = "results"
#: Names that need no quoting anywhere; every name that the program gives is one.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,199}")


@dataclass(frozen=True)
class Extra:
    """Something that lands beside the cells: the folder below ``results/`` it goes to, and what writes it.

    ``write`` is called after the shards were collected, and again where they had to be collected anew; it must write
    the same again, and returns what it wrote.
    """

    folder: str
    write: Callable[[Repository], Sequence[Path]]


class Places:
    """The places of a plan, as paths inside the pool: its cells, its tasks' rendered items, and those of extras."""

    def __init__(self, pool: Repository, plan: Plan, extra: Sequence[Extra]) -> None:
        self._root = pool.root
        ledger = pool.ledger
        self.cells: dict[str, PlannedCell] = {
            self.inside(ledger.cell_path(cell.task, cell.model, cell.variant)): cell for cell in plan.cells}
        self.rendered = {self.inside(ledger.rendered_path(task)): task
                         for task in dict.fromkeys(cell.task for cell in plan.cells)}
        self._folders = tuple(f"{RESULTS}/{one.folder}/" for one in extra)

    def inside(self, path: Path) -> str:
        """A path as git names it.

        Raises:
            CannotRun: it does not lie in the pool.
        """
        try:
            return path.relative_to(self._root).as_posix()
        except ValueError:
            raise _refused(path, "lies outside the pool") from None

    def tasks_of(self, paths: Iterable[str]) -> set[str]:
        """The tasks whose cells or rendered items are at ``paths``."""
        return {self.cells[path].task if path in self.cells else self.rendered[path] for path in paths
                if path in self.cells or path in self.rendered}

    def may_be_written(self, path: str) -> bool:
        """Whether a landing of this plan writes ``path``."""
        return path in self.cells or path in self.rendered or path.startswith(self._folders)

    def check(self, paths: Iterable[str]) -> None:
        """Refuse what may not land: a link on the way, no plain file, an odd name, too many bytes.

        Raises:
            CannotRun: one of the files is such.
        """
        for name in paths:
            path = self._root / name
            if not self.may_be_written(name):
                raise _refused(path, "is no place of a planned result")
            if not all(_NAME.fullmatch(part) for part in Path(name).parts):
                raise _refused(path, "has a name that no result has")
            for above in list(path.relative_to(self._root).parents)[:-1]:
                if (self._root / above).is_symlink():
                    raise _refused(path, "lies behind a link")
            if path.is_symlink() or path.exists():
                about = path.lstat()
                if not stat.S_ISREG(about.st_mode):
                    raise _refused(path, "is a link or no ordinary file")
                if about.st_size > (limit := self._limit(name)):
                    raise _refused(path, f"has {about.st_size:,} bytes; the limit is {limit:,}")

    def _limit(self, name: str) -> int:
        if name in self.cells:
            return cellfile.MAX_CELL_BYTES
        return MAX_DATA_BYTES if name in self.rendered else MAX_BYTES


def changed(root: Path, names: Iterable[str], stored: Mapping[str, Stored]) -> dict[str, bool]:
    """Which files are other than they were stored; the value is whether the file is there now."""
    found = {}
    for name in sorted(set(names)):
        path = root / name
        there = path.exists()
        if there != (name in stored) or (there and not is_stored(path, stored.get(name))):
            found[name] = there
    return found


def put_back(root: Path, names: Sequence[str], stored: Mapping[str, Stored], aside: Path) -> None:
    """Bring files back to what was stored; what lies there now is kept in the folder ``aside``."""
    texts = dict(contents(root, sorted({stored[name].digest for name in names if name in stored})))
    for name in names:
        path = root / name
        if path.exists() and not path.is_symlink():
            kept = aside / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, kept)
        path.unlink(missing_ok=True)
        if name in stored:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(texts[stored[name].digest])


def _refused(path: Path, why: str) -> CannotRun:
    return CannotRun(f"The file {why}, so nothing was committed.", where=Where(path),
                     mend="Remove it, and land again.")
