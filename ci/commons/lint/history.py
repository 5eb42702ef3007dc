"""A task folder as it was at an earlier revision, so that a rule can say what a change changed."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from commons.errors import CannotRun
from commons.pool.repository import TASKS_FOLDER, Repository

#: What a contribution is held against where nothing is named: where it left the main line.
_MAIN_LINES = ("origin/HEAD", "origin/main", "main")
_SECONDS = 60
#: Nothing that a checkout's own settings name is started by looking at its history.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external=")


@contextmanager
def earlier(repository: Repository, folders: Sequence[Path], base: str | None) -> Iterator[dict[Path, Path]]:
    """The changed ones of ``folders`` as they were at ``base``: folder -> a copy of what it was, until the block ends.

    Without ``base`` it is the commit where this work left the main line; nothing where the pool is no git repository.
    Folders that did not exist then, or are the same, are left out.

    Raises:
        CannotRun: ``base`` was given and is no revision.
    """
    revision = _revision(repository, base)
    changed = _changed(repository, folders, revision) if revision else []
    if not changed or revision is None:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="commons-base-") as scratch:
        names = [f"{TASKS_FOLDER}/{folder.name}" for folder in changed]
        archive = subprocess.run(
            [*_GIT, "archive", "--format=tar", revision, "--", *names],
            cwd=repository.root, capture_output=True, timeout=_SECONDS, check=False,
        )
        if archive.returncode == 0:
            # A link that was committed once is refused by the filter; then there is nothing to hold the folder against.
            with suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
                packed.extractall(scratch, filter="data")
        found = {folder: Path(scratch, TASKS_FOLDER, folder.name) for folder in changed}
        yield {folder: copy for folder, copy in found.items() if copy.is_dir()}


def _revision(repository: Repository, base: str | None) -> str | None:
    for name in (base,) if base else _MAIN_LINES:
        if name.startswith("-"):
            break
        found = _git(repository, "merge-base", "HEAD", f"{name}^{{commit}}") or (
            _git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") if base else None
        )
        if found:
            return found.strip()
    if base:
        mend = "Name a branch or a commit that git knows."
        raise CannotRun(f"`{base}` is no revision of this repository.", mend=mend)
    return None


def _changed(repository: Repository, folders: Sequence[Path], revision: str) -> list[Path]:
    """The folders that differ now from ``revision`` and were there then."""
    if any(folder.parent != repository.tasks_folder for folder in folders):
        return []
    how = ("--no-ext-diff", "--no-textconv", "--name-only", "-z", "--relative")
    named = _git(repository, "diff", *how, revision, "--", TASKS_FOLDER)
    touched = {parts[1] for name in (named or "").split("\0") if len(parts := name.split("/")) > 2}
    there = set((_git(repository, "ls-tree", "--name-only", "-z", f"{revision}:./{TASKS_FOLDER}") or "").split("\0"))
    return [folder for folder in folders if folder.name in touched & there]


def _git(repository: Repository, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            [*_GIT, *arguments], cwd=repository.root, capture_output=True, timeout=_SECONDS, check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None
