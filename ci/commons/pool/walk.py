"""What lies below a folder, without following links and without end: names can be nested as deep as anybody likes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from commons.errors import BadFile, Problem, Where

#: No task needs more; what walks further serves only who made it so deep or so full.
MAX_DEPTH = 16
MAX_FILES = 5_000
#: What Python writes beside modules; it is nobody's work.
_CACHE = "__pycache__"


def entries_below(
    folder: Path, *, max_depth: int = MAX_DEPTH, max_files: int = MAX_FILES
) -> Iterator[os.DirEntry[str]]:
    """Everything below ``folder``, folders before what they hold, each folder by name; links are given, not followed.

    The order depends on names alone. A folder that cannot be opened is given, and what it holds is not.

    Raises:
        BadFile: a folder lies deeper than ``max_depth``, or there are more than ``max_files`` entries.
    """
    waiting = [(str(folder), 1)]
    count = 0
    while waiting:
        here, depth = waiting.pop()
        if depth > max_depth:
            raise BadFile([_too_deep(folder, here, max_depth)])
        inside: list[tuple[str, int]] = []
        for entry in _listed(here, max_files - count):
            count += 1
            if count > max_files:
                raise BadFile([_too_many(folder, max_files)])
            yield entry
            if entry.is_dir(follow_symlinks=False):
                inside.append((entry.path, depth + 1))
        waiting += reversed(inside)


def files_below(
    folder: Path, *, max_depth: int = MAX_DEPTH, max_files: int = MAX_FILES, caches: bool = True
) -> Iterator[Path]:
    """What lies below ``folder`` and is no folder: files, links and what else there is; see :func:`entries_below`.

    ``caches=False`` leaves out what Python writes into ``__pycache__``.

    Raises:
        BadFile: as :func:`entries_below`.
    """
    for entry in entries_below(folder, max_depth=max_depth, max_files=max_files):
        if entry.is_dir(follow_symlinks=False):
            continue
        path = Path(entry.path)
        if caches or _CACHE not in path.relative_to(folder).parts:
            yield path


def first_link(path: Path, below: Path) -> Path | None:
    """The first step from ``below`` to ``path`` that is a link; where ``path`` lies elsewhere, ``path`` if it is one.

    Who writes to a path in a checkout writes where its links lead.
    """
    path, below = path.absolute(), below.absolute()
    steps = [step for step in (*reversed(path.parents), path) if below in step.parents]
    return next((step for step in steps or [path] if step.is_symlink()), None)


def _listed(folder: str, limit: int) -> list[os.DirEntry[str]]:
    """The entries of one folder by name, and one more than ``limit`` at most."""
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found.append(entry)
                if len(found) > limit:
                    break
    except OSError:
        return found
    return sorted(found, key=lambda entry: entry.name)


def _too_deep(folder: Path, here: str, most: int) -> Problem:
    parts = Path(here).relative_to(folder).parts
    sentence = f"Folders lie more than {most} deep in each other here."
    mend = "Put the files that are needed nearer to the top, and delete the others."
    return Problem("too_deep", sentence, Where(folder / parts[0]), mend)


def _too_many(folder: Path, most: int) -> Problem:
    sentence = f"There are more than {most:,} files and folders here."
    return Problem("too_many_files", sentence, Where(folder), "Keep the files that are needed, and delete the others.")
