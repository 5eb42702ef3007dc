"""Taking a task down: its folder, its results and its rendered items go; a tombstone and an amendment stay.

What goes does not depend on the card's publish level: no row, answer or item id of it stays. It is said first, as a
value that a person can read (:class:`Takedown`), and done only then. It begins with what must not be lost, so that a
takedown that was stopped half-way can be asked for again and goes on.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, CannotRun, Where
from commons.evaluate.amending import Decision, Placing, amendment_for, append_amendment, cells_of, still_standing
from commons.pool.amendments import AMENDMENTS_FILE, Amendment, to_line
from commons.pool.card import Card
from commons.pool.repository import SUITES_FOLDER, Repository
from commons.pool.task import read_card
from commons.pool.tombstone import TOMBSTONES, Tombstone, read_tombstone, to_text
from commons.pool.walk import entries_below, first_link
from commons.pool.whole import write_whole

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_SUITE = re.compile(r"[a-z][a-z0-9_]{2,63}")
#: More than any pool holds of one task; a takedown must also work on a folder that lint would refuse.
_MOST_FILES = 100_000


@dataclass(frozen=True)
class Gone:
    """A file that is deleted; ``path`` is relative to the pool."""

    path: str
    size: int


@dataclass(frozen=True)
class Written:
    """A file that is written anew: its text before (None where there was none) and after."""

    path: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Takedown:
    """Everything a takedown does, and what it leaves for a person. ``amendment`` is None where it is recorded."""

    tombstone: Tombstone
    amendment: Amendment | None
    gone: tuple[Gone, ...]
    written: tuple[Written, ...]
    left: tuple[str, ...]


def plan_takedown(
    repository: Repository, decision: Decision, placing: Placing, successor: str | None = None
) -> Takedown:
    """What taking a task down would do; ``placing`` says which places its models lose.

    Raises:
        CannotRun: nothing of the task is here, its name is no name, or a link is in the way.
    """
    task, root = decision.task, repository.root
    if not _NAME.fullmatch(task):
        raise CannotRun("This is no name of a task.", mend="Give the folder's name: commons withdraw my_task")
    ledger = repository.ledger
    folder, cells = repository.tasks_folder / task, ledger.root / "cells" / task
    grave = ledger.root / TOMBSTONES / f"{task}.json"
    for path in (folder, cells, ledger.rendered_path(task), grave):
        if link := first_link(path, root):
            raise CannotRun("This is a link; what it leads to is not deleted.", where=Where(link),
                            mend="Delete the link by hand, and withdraw the task again.")
    gone = [*_files(root, folder), *_files(root, cells), *_files(root, ledger.rendered_path(task))]
    standing = read_tombstone(grave) if grave.exists() else None
    written, emptied = _suites(repository, task)
    if not gone:
        sentence = f"`{task}` was taken down already." if standing else f"There is no task `{task}` here."
        raise CannotRun(sentence, mend="See the tasks: ls tasks" if not standing else f"Its tombstone: {grave.name}")
    card = _card(folder)
    tombstone = standing or Tombstone(
        task=task, title=card.title if card else task, date=decision.date, by=decision.by, reason=decision.reason,
        owners=tuple(card.owners) if card else (), successor=successor,
        results=tuple(sorted(path.stem for path in cells.glob("*.json"))),
        suites=tuple(name for one in emptied if _SUITE.fullmatch(name := Path(one.path).stem)),
    )
    amendment = None
    if not any(one.task == task and one.kind == "withdrawn" and one.model is None and one.date >= tombstone.date
               for one in ledger.amendments()):
        standing_cells = still_standing(cells_of(repository, task), ledger.amendments())
        amendment = amendment_for(decision, standing_cells, {}, card, placing)
    record = [] if standing else [Written(_relative(root, grave), None, to_text(tombstone))]
    if amendment:
        path = ledger.root / AMENDMENTS_FILE
        old = path.read_text(encoding="utf-8") if path.exists() else None
        record.append(Written(_relative(root, path), old, (old or "") + to_line(amendment)))
    return Takedown(tombstone, amendment, (*gone, *emptied), (*record, *written), _left(repository, task))


def take_down(repository: Repository, takedown: Takedown) -> None:
    """Do it. Asked for again after a stop, it goes on where it was.

    Raises:
        CannotRun: somebody else writes to the ledger.
    """
    root, task = repository.root, takedown.tombstone.task
    amendments = _relative(root, repository.ledger.root / AMENDMENTS_FILE)
    for one in takedown.written:
        if one.path == amendments and takedown.amendment:
            append_amendment(repository, takedown.amendment)
        else:
            write_whole(root / one.path, one.after)
    for file in takedown.gone:
        (root / file.path).unlink(missing_ok=True)
    for folder in (repository.tasks_folder / task, repository.ledger.root / "cells" / task):
        shutil.rmtree(folder, ignore_errors=True)


def _files(root: Path, path: Path) -> list[Gone]:
    """The files at and below ``path``; a link in a folder counts as a file and is not followed."""
    if path.is_file():
        return [Gone(_relative(root, path), path.stat().st_size)]
    if not path.is_dir():
        return []
    entries = entries_below(path, max_depth=64, max_files=_MOST_FILES)
    found = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)]
    files = [Gone(_relative(root, Path(entry.path)), entry.stat(follow_symlinks=False).st_size) for entry in found]
    return sorted(files, key=lambda one: one.path)


def _suites(repository: Repository, task: str) -> tuple[list[Written], list[Gone]]:
    """The suites without the task: their lines but its own, so that comments stay; one left empty is deleted."""
    written, emptied = [], []
    line = re.compile(rf"^\s*-\s+[\"']?{re.escape(task)}[\"']?\s*(#.*)?$")
    for path in sorted((repository.tasks_folder / SUITES_FOLDER).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kept = [one for one in text.splitlines(keepends=True) if not line.match(one.rstrip("\r\n"))]
        if len(kept) == len(text.splitlines()):
            continue
        name = _relative(repository.root, path)
        if any(re.match(r"^\s*-\s+[a-z]", one) for one in kept):
            written.append(Written(name, text, "".join(kept)))
        else:
            emptied.append(Gone(name, path.stat().st_size))
    return written, emptied


def _left(repository: Repository, task: str) -> tuple[str, ...]:
    """Where else the name stands, for a person to look at."""
    word = re.compile(rf"(?<![\w-]){re.escape(task)}(?![\w-])")
    places = list(repository.root.glob("*.md"))
    places += [folder / "card.yaml" for folder in repository.task_folders() if folder.name != task]
    places += sorted((repository.ledger.root / "votes").glob("*"))
    return tuple(_relative(repository.root, path) for path in sorted(places)
                 if path.is_file() and not path.is_symlink()
                 and word.search(path.read_text(encoding="utf-8", errors="replace")))


def _card(folder: Path) -> Card | None:
    try:
        return read_card(folder)[0]
    except BadFile:
        return None


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
