"""R007 and R008: folders that are no plain folders of files: endless ones, and those that give git orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commons.errors import BadFile, Where
from commons.lint.pool_subjects import RepositorySubject
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.git import looks_like_a_repository
from commons.pool.repository import TASKS_FOLDER
from commons.pool.walk import entries_below

#: What git reads in any folder of a checkout, and acts by.
_ORDERS = frozenset({".gitattributes", ".gitmodules", ".gitignore", ".lfsconfig"})


@rule(code="R007", level="lint", subject="task")
def endless_folder(subject: TaskSubject) -> Iterator[Fault]:
    """The task folder is too deep or too full.

    ## What it finds
    Folders that lie more than 16 deep in each other, or more than 5,000 files and folders in one task.

    ## Why it matters
    Programs that look through a folder stop at such a one, and with them whatever should be said about the task. Some
    machines cannot check it out at all. What lies beyond is read by nobody.

    ## How to mend it
    Keep the files that the task needs near to its top, and the items in one file for each split.

    ## Example
    ```text
    tasks/dose_arithmetic/a/a/a/a/a/...   # R007: more than 16 deep
    ```
    """
    yield from map(Fault.of, subject.walk_problems)


@rule(code="R008", level="lint", subject="repository")
def orders_to_git(subject: RepositorySubject) -> Iterator[Fault]:
    """A file below `tasks/` tells git what to do.

    ## What it finds
    Anywhere below `tasks/`: the files `.gitattributes`, `.gitmodules`, `.gitignore` and `.lfsconfig`; a `.git`; and a
    folder that git would take for a repository of its own, because it holds `HEAD`, `objects` and `refs`.

    ## Why it matters
    Git reads these wherever it meets them, on the machine of everybody who works in the pool. An attribute can start
    a program that the machine's settings name, and can leave files out of comparisons and archives; an ignored file
    is never committed, and never seen. A repository within the repository brings settings of its own, which can start
    any program.

    ## How to mend it
    Delete it. What the whole pool needs is written in the files of the same name at its top, by a maintainer. What
    only your machine makes is named in your own global gitignore.

    ## Example
    ```text
    tasks/dose_arithmetic/.gitattributes   # R008: data/** export-ignore
    ```
    """
    # A task that is checked by itself may stand in any folder, of which nothing is known.
    if subject.folder.name == TASKS_FOLDER:
        if looks_like_a_repository(subject.folder):
            yield _lookalike(subject.folder, subject)
        for path in sorted(subject.folder.iterdir()):
            yield from _of_name(path, subject)
        for folder in subject.folders:
            if folder.name[0] in "_." and folder.name.casefold() != ".git":
                yield from _below(folder, subject, alone=True)
    for folder in subject.chosen:
        yield from _below(folder, subject)


def _below(folder: Path, subject: RepositorySubject, *, alone: bool = False) -> Iterator[Fault]:
    """What lies below a folder; ``alone`` is one that no rule for tasks looks at."""
    if folder.is_symlink():
        return
    if looks_like_a_repository(folder):
        yield _lookalike(folder, subject)
    stores: list[Path] = []
    try:
        for entry in entries_below(folder):
            path = Path(entry.path)
            if any(store in path.parents for store in stores):
                continue
            yield from _of_name(path, subject)
            if path.name.casefold() == ".git":
                stores.append(path)
            elif entry.is_dir(follow_symlinks=False) and looks_like_a_repository(path):
                yield _lookalike(path, subject)
    except BadFile as error:
        # Of a task's own folder R007 speaks.
        yield from map(Fault.of, error.problems if alone else ())


def _of_name(path: Path, subject: RepositorySubject) -> Iterator[Fault]:
    name, shown = path.name.casefold(), path.relative_to(subject.folder).as_posix()
    if name in _ORDERS:
        sentence = f"`{shown}` tells git what to do with the files around it."
        yield Fault(sentence, Where(path), "Delete it; what the whole pool needs stands at its top.")
    elif name == ".git":
        yield Fault(f"`{shown}` makes this a repository of its own.", Where(path), "Delete it.")


def _lookalike(path: Path, subject: RepositorySubject) -> Fault:
    shown = path.relative_to(subject.folder.parent).as_posix()
    sentence = f"Git takes `{shown}` for a repository of its own, for it holds `HEAD`, `objects` and `refs`."
    return Fault(sentence, Where(path), "Delete it, or give these three other names.")
