"""A task folder as it was at an earlier revision, so that a rule can say what a change changed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BadFile, CannotRun, CommonsError
from commons.pool.git import GitFailed, Stored, commit_of, common_ancestor, contents, is_stored, stored_below
from commons.pool.repository import TASKS_FOLDER, Repository
from commons.pool.walk import files_below

#: What a contribution is held against where nothing is named: where it left the main line.
_MAIN_LINES = ("origin/HEAD", "origin/main", "main")
#: For more folders than these, git is asked for all of `tasks/`: a command line has an end.
_MANY = 100

Tree = Mapping[str, Stored]


@dataclass(frozen=True)
class Earlier:
    """The changed folders: where a copy of what each was lies, or why there is none."""

    copies: Mapping[Path, Path] = field(default_factory=dict)
    unread: Mapping[Path, str] = field(default_factory=dict)


@contextmanager
def earlier(repository: Repository, folders: Sequence[Path], base: str | None) -> Iterator[Earlier]:
    """The changed ones of ``folders`` as they were at ``base``, until the block ends.

    Without ``base`` it is the commit where this work left the main line; nothing where the pool is no git repository.
    Folders that did not exist then, or are the same, are left out.

    Raises:
        CannotRun: ``base`` was given and is no revision.
    """
    revision = _revision(repository, base)
    inside = [folder for folder in folders if folder.parent == repository.tasks_folder]
    if revision is None or not inside:
        yield Earlier()
        return
    with tempfile.TemporaryDirectory(prefix="commons-base-") as scratch:
        yield _read(repository, inside, revision, Path(scratch))


def _revision(repository: Repository, base: str | None) -> str | None:
    if base is None:
        for name in _MAIN_LINES:
            with suppress(GitFailed):
                return common_ancestor(repository.root, commit_of(repository.root, name))
        return None
    mend = "Name a branch or a commit that git knows, or leave --base away."
    if not base.strip():
        raise CannotRun("--base is empty, so there is no revision to compare with.", mend=mend)
    try:
        commit = commit_of(repository.root, base)
    except GitFailed as error:
        sentence = f"`{base}` is no revision of this repository ({error.sentence.rstrip('.')})."
        raise CannotRun(sentence, mend=mend) from error
    try:
        return common_ancestor(repository.root, commit)
    except GitFailed:
        return commit


def _read(repository: Repository, folders: Sequence[Path], revision: str, scratch: Path) -> Earlier:
    names = [f"{TASKS_FOLDER}/{folder.name}" for folder in folders] if len(folders) <= _MANY else [TASKS_FOLDER]
    try:
        stored = stored_below(repository.root, revision, names)
    except CommonsError as error:
        return Earlier(unread=dict.fromkeys(folders, error.sentence))
    trees: dict[str, dict[str, Stored]] = {}
    for name, one in stored.items():
        parts = name.split("/", 2)
        if len(parts) == 3:
            trees.setdefault(parts[1], {})[parts[2]] = one
    copies: dict[Path, Path] = {}
    unread: dict[Path, str] = {}
    for folder in folders:
        tree = trees.get(folder.name)
        if not tree or _is_same(folder, tree):
            continue
        try:
            copies[folder] = _copy(repository.root, tree, scratch / TASKS_FOLDER / folder.name)
        except CommonsError as error:
            unread[folder] = error.sentence
        except OSError as error:
            unread[folder] = f"The copy cannot be written: {error.strerror}."
    return Earlier(copies, unread)


def _is_same(folder: Path, tree: Tree) -> bool:
    try:
        now = {path.relative_to(folder).as_posix(): path for path in files_below(folder, caches=False)}
    except BadFile:
        return False
    return now.keys() == tree.keys() and all(is_stored(path, tree[name]) for name, path in now.items())


def _copy(root: Path, tree: Tree, folder: Path) -> Path:
    """Write what was stored into ``folder``; links are left out, for they led to files that were no part of the task.

    Raises:
        CommonsError: a part is missing, or has a name that leads elsewhere.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True)
    targets: dict[str, list[Path]] = {}
    for name, one in tree.items():
        parts = name.split("/")
        if any(part.casefold() in {"", ".", "..", ".git"} or "\\" in part or ":" in part for part in parts):
            raise CannotRun(f"It holds a file with the name `{name}`, which leads out of the folder.")
        if not one.is_file and not one.is_link:
            raise CannotRun(f"`{name}` is another repository (a submodule), which is not here.")
        if one.is_file:
            targets.setdefault(one.digest, []).append(folder.joinpath(*parts))
    for digest, content in contents(root, list(targets)):
        for path in targets[digest]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder
