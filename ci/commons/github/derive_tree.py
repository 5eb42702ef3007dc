"""What a pull request changed, read from git's objects: nothing is checked out, and nothing of it is run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun
from commons.github.situation import Area, Kind
from commons.pool.git import GitFailed, Stored, contents, git
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.models import MODELS_FILE
from commons.pool.repository import SUITES_FOLDER, TASKS_FOLDER

#: A pull request that touches more is not looked at file by file.
MAX_CHANGED = 20_000
#: So much is laid out for lint; a pool that is larger has its changed folders only.
MAX_LAID_BYTES = 400_000_000
MAX_LAID_FILES = 60_000
_LONGEST_PATH = 3_000
_AT_ONCE_BYTES = 64_000_000
_PROGRAM = frozenset({"ci", "tests", "benchmarks", "site", "Makefile", "pyproject.toml", "constraints.txt"})
_SPECIAL = {"120000": "a link", "160000": "a submodule"}


@dataclass(frozen=True)
class Change:
    """One path that differs between two commits."""

    path: str
    kind: Kind
    digest: str
    special: str


def merge_base(root: Path, base: str, head: str) -> str:
    """The commit at which ``head`` left ``base``.

    Raises:
        CannotRun: they have nothing in common, or the history is not here; or there are several such commits, of which
            each hides what the branch undoes of the others, while a merge undoes it.
    """
    found = git(root, "merge-base", "--all", base, head).decode("ascii", "replace").split()
    if len(found) > 1:
        raise CannotRun("The branch left the main line at several commits, so its changes cannot be told.",
                        mend="Merge the main line into the branch, and push.")
    if not found:
        raise CannotRun("The pull request and the main line have no commit in common.",
                        mend="Fetch the whole history, or start the branch from the main line.")
    return found[0]


def behind(root: Path, since: str, base: str) -> int:
    """How many commits ``base`` has that ``since`` has not."""
    return int(git(root, "rev-list", "--count", f"{since}..{base}").decode("ascii").strip() or 0)


def changes(root: Path, before: str, after: str) -> tuple[Change, ...]:
    """The paths that differ, by name.

    Raises:
        CannotRun: there are more than :data:`MAX_CHANGED`, or an object is missing.
    """
    asked = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", "--ignore-submodules=none")
    parts = git(root, *asked, before, after).split(b"\0")
    if len(parts) // 2 > MAX_CHANGED:
        raise CannotRun(f"The pull request touches more than {MAX_CHANGED:,} files.",
                        mend="Split it: one task for each pull request.")
    kinds = {"A": Kind.ADDED, "D": Kind.DELETED}
    found = []
    for about, name in zip(parts[0::2], parts[1::2], strict=False):
        old, new, _, digest, status = about.decode("ascii").lstrip(":").split()
        kind = kinds.get(status[0], Kind.CHANGED)
        mode = old if kind is Kind.DELETED else new
        found.append(Change(os.fsdecode(name), kind, digest, _SPECIAL.get(mode, "")))
    return tuple(sorted(found, key=lambda one: one.path))


def area_of(path: str) -> Area:
    """The part of the repository that a path lies in."""
    parts = path.split("/")
    top = parts[0]
    if top == TASKS_FOLDER and len(parts) > 2:
        if parts[1] == SUITES_FOLDER:
            return Area.SUITES
        return Area.TASKS if parts[1][0] not in "_." else Area.OTHER
    if path == MODELS_FILE:
        return Area.MODELS
    if top == "results" and len(parts) > 1:
        return Area.RESULTS
    if top == ".github":
        return Area.WORKFLOW
    if top in _PROGRAM:
        return Area.PROGRAM
    if top == "docs" or (len(parts) == 1 and (top.endswith(".md") or top == "LICENSE")):
        return Area.DOCS
    return Area.OTHER


def sizes(root: Path, digests: Iterable[str]) -> dict[str, int]:
    """The size of each stored file; those that are not here are left out."""
    asked = sorted(set(digests))
    answer = git(root, "cat-file", "--batch-check", given="".join(f"{one}\n" for one in asked).encode())
    found = {}
    for line in answer.decode("ascii", "replace").splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1] == "blob":
            found[parts[0]] = int(parts[2])
    return found


def small_contents(root: Path, wanted: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """The bytes behind digests whose sizes are known, so many at once that memory holds them."""
    group: list[str] = []
    weight = 0
    for digest, size in wanted.items():
        if group and weight + size > _AT_ONCE_BYTES:
            yield from contents(root, group)
            group, weight = [], 0
        group.append(digest)
        weight += size
    yield from contents(root, group)


def text_of(root: Path, tree: Mapping[str, Stored], path: str, limit: int) -> str | None:
    """The text of a stored file of at most ``limit`` bytes; None where it is missing, no file, too large or no text."""
    one = tree.get(path)
    if one is None or not one.is_file:
        return None
    size = sizes(root, [one.digest]).get(one.digest)
    if size is None or size > limit:
        return None
    try:
        return next(content for _, content in contents(root, [one.digest])).decode("utf-8")
    except (UnicodeDecodeError, GitFailed):
        return None


def lay_out(root: Path, tree: Mapping[str, Stored], into: Path, changed: frozenset[str]) -> bool:
    """Write stored files below ``into`` as plain files; whether all of ``tree`` fitted, and not only ``changed`` tasks.

    Links and submodules are left out: the comment names them, and nothing follows them. A file that is larger than any
    task may have becomes a hole of its size, so that lint sees how large it is and nobody reads it.
    """
    files = {name: one for name, one in tree.items() if one.is_file and _stays_inside(name)}
    known = sizes(root, (one.digest for one in files.values()))
    total = sum(min(known.get(one.digest, 0), MAX_DATA_BYTES) for one in files.values())
    whole = total <= MAX_LAID_BYTES and len(files) <= MAX_LAID_FILES
    if not whole:
        files = {name: one for name, one in files.items() if folder_of(name) in changed or "/" not in name}
    targets: dict[str, list[Path]] = {}
    for name, one in files.items():
        targets.setdefault(one.digest, []).append(into / name)
    room = 2 * MAX_LAID_BYTES
    wanted = {}
    for digest, paths in targets.items():
        size = known.get(digest, 0)
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        if size > MAX_DATA_BYTES or (room := room - size) < 0:
            for path in paths:
                with path.open("wb") as file:
                    file.truncate(max(size, MAX_DATA_BYTES + 1))
        elif digest in known:
            wanted[digest] = size
    for digest, content in small_contents(root, wanted):
        for path in targets[digest]:
            path.write_bytes(content)
    return whole


def folder_of(path: str) -> str:
    """The task that a path below ``tasks/`` belongs to; empty for others."""
    parts = path.split("/")
    return parts[1] if area_of(path) is Area.TASKS else ""


def _stays_inside(path: str) -> bool:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return False
    return not any(part.casefold() in {"", ".", "..", ".git"} for part in path.split("/"))
