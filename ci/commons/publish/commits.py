"""At which commits the files of the ledger changed: what a link to a raw row, and a history, stand on."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commons.pool.git import GitFailed, git

RESULTS = "results"
#: How git is asked to write each commit, for :func:`logged`.
LOG_FORMAT = "--format=%H %cs"
#: What git writes before the names of a commit's files. Every name has a slash, so that none is taken for this.
_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) ([^/\0]*)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Commit:
    """A commit with the day it was made, in the committer's own time."""

    sha: str
    day: datetime.date


@dataclass(frozen=True)
class Commits:
    """The commits that changed each file, the newest first, by the path in the pool.

    A file that differs from the last commit has none: no link would show what the site shows.
    """

    by_path: Mapping[str, tuple[Commit, ...]] = field(default_factory=dict)
    head: Commit | None = None

    def last(self, path: str) -> str | None:
        """The commit at which a file stands as it does; None where it is not known."""
        found = self.by_path.get(path)
        return found[0].sha if found else None

    def under(self, folder: str) -> dict[str, tuple[Commit, ...]]:
        """What is known of the files below a folder, which ends with a slash."""
        return {path: found for path, found in self.by_path.items() if path.startswith(folder)}


def read_commits(root: Path) -> Commits:
    """Ask git once for the whole ledger; nothing is known where the pool is in no repository of its own."""
    try:
        log = git(root, "log", LOG_FORMAT, "--name-only", "--no-renames", "-z", "--", RESULTS)
        dirty = git(root, "status", "--porcelain", "-z", "--untracked-files=no", "--no-renames", "--", RESULTS)
        head = git(root, "log", "-1", LOG_FORMAT)
    except GitFailed:
        return Commits()
    found: dict[str, list[Commit | None]] = {}
    for commit, name in logged(log):
        found.setdefault(name, []).append(commit)
    for line in filter(None, dirty.split(b"\0")):
        found.pop(os.fsdecode(line[3:]), None)
    # A file whose newest commit has no day that can be read is not what an older commit holds.
    known = {path: tuple(filter(None, one)) for path, one in found.items() if one[0] is not None}
    return Commits(known, _commit(head.strip()))


def logged(log: bytes) -> Iterator[tuple[Commit | None, str]]:
    """The names in what ``git log --name-only -z`` wrote in :data:`LOG_FORMAT`, with their commits, the newest first.

    A name may hold any byte but the one that parts it from the next. The commit is None where its day is none.
    """
    commit: Commit | None = None
    first = False
    for part in log.split(b"\0"):
        if _HEADER.fullmatch(part):
            commit, first = _commit(part), True
        elif name := part.removeprefix(b"\n") if first else part:
            yield commit, os.fsdecode(name)
            first = False


def _commit(line: bytes) -> Commit | None:
    sha, _, day = line.decode("ascii", "replace").partition(" ")
    try:
        return Commit(sha, datetime.date.fromisoformat(day)) if _DAY.fullmatch(day) else None
    except ValueError:
        return None
