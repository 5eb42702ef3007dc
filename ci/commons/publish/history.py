"""What a cell said at each commit of its file, read from git: only the heads of files, since rows are most of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from commons.pool.amendments import Amendment
from commons.pool.cellfile import MAX_CELL_BYTES
from commons.pool.git import GitFailed, contents, stored_below
from commons.pool.standing import headline_name
from commons.publish.addresses import results_path
from commons.publish.commits import Commit
from commons.publish.judge import VALUE_FAULTS
from commons.publish.open_task import OpenTask
from commons.publish.plots.drawing import Estimate
from commons.publish.plots.history import Version
from commons.publish.states import CellState

#: So many versions of a cell are shown, the newest.
VERSIONS = 20

#: The head of a cell file is a few kilobytes; one that is far longer was made to fill memory.
_MOST_HEAD = 1_000_000
_ROWS = b'\n "rows": ['
_PARTS = ("task", "model", "protocol")


@dataclass(frozen=True)
class _Head:
    """What a version of a cell file says before its rows."""

    commit: Commit
    content: Mapping[str, Any]


def versions_of(task: OpenTask, states: Iterable[CellState]) -> Mapping[str, tuple[Version, ...]]:
    """The versions of each cell that has more than one, the oldest first, by the cell's file name.

    A version whose number and key are those of the one before is left out: its file changed in something else. Where
    git cannot say what a commit held, there are none.
    """
    wanted = {results_path(state): state for state in states}
    known = {path: tuple(reversed(task.commits[path][:VERSIONS])) for path in wanted
             if len(task.commits.get(path, ())) > 1}
    try:
        heads = _heads(task, known)
    except GitFailed:
        return {}
    found = {wanted[path].file_name: _versions(task, wanted[path], path, held) for path, held in heads.items()}
    return {name: made for name, made in found.items() if len(made) > 1}


def _heads(task: OpenTask, known: Mapping[str, Sequence[Commit]]) -> dict[str, list[_Head]]:
    """The heads of all versions, each distinct content read once for the whole task."""
    folder = f"results/cells/{task.entry.name}"
    commits = {commit.sha: commit for held in known.values() for commit in held}
    trees = {sha: stored_below(task.pool.root, sha, [folder]) for sha in sorted(commits)}
    digests = {(path, commit.sha): entry.digest for path, held in known.items() for commit in held
               if (entry := trees[commit.sha].get(path)) is not None and entry.is_file}
    stored = contents(task.pool.root, sorted(set(digests.values())), MAX_CELL_BYTES)
    read = {digest: _head(content) for digest, content in stored}
    found: dict[str, list[_Head]] = {}
    for path, held in known.items():
        for commit in held:
            content = read.get(digests.get((path, commit.sha), ""))
            if content is not None:
                found.setdefault(path, []).append(_Head(commit, content))
    return found


def _head(content: bytes) -> Mapping[str, Any] | None:
    """The file's content without its rows; None where it is not of the form that this program writes."""
    head, mark, _ = content.partition(_ROWS)
    try:
        found = json.loads(head.rstrip().removesuffix(b",") + b"}") if mark and len(head) <= _MOST_HEAD else None
    except VALUE_FAULTS:
        return None
    return found if isinstance(found, dict) else None


def _versions(task: OpenTask, state: CellState, path: str, heads: Sequence[_Head]) -> tuple[Version, ...]:
    name = headline_name(task.entry.card)
    found: list[Version] = []
    before: Mapping[str, Any] | None = None
    for head in heads:
        key = _text(head.content, "identity", "cell_key")
        withdrawn = _withdrawn(task.amendments, state, _text(head.content, "provenance", "started"))
        value = None if withdrawn else _estimate(head.content, name)
        reason = _reason(before, head.content) if before is not None else ""
        if not found or (found[-1].key, found[-1].value) != (key, value):
            href = task.frame.place.file(path, head.commit.sha) or ""
            found.append(Version(head.commit.day, value, key, reason, href))
            before = head.content
    return tuple(found)


def _reason(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Which parts of the cell's key changed; empty where it is the same key."""
    if _text(before, "identity", "cell_key") == _text(after, "identity", "cell_key"):
        return ""
    changed = [f"the {part}{_inside(before, after, part)}" for part in _PARTS
               if _text(before, "identity", f"{part}_hash") != _text(after, "identity", f"{part}_hash")]
    return f"Changed: {', '.join(changed)}." if changed else "The way cells are keyed changed."


def _inside(before: Mapping[str, Any], after: Mapping[str, Any], part: str) -> str:
    """The names of what changed inside a part, where both versions kept a digest of each."""
    old, new = (_mapping(_mapping(one.get("inputs")).get(part)) for one in (before, after))
    names = [str(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)] if old and new else []
    return f" ({', '.join(names)})" if names else ""


def _estimate(content: Mapping[str, Any], name: str) -> Estimate | None:
    metric = _mapping(_mapping(content.get("metrics")).get(name))
    value, interval = metric.get("value"), metric.get("interval")
    if not _is_number(value):
        return None
    ends = interval if isinstance(interval, list) and len(interval) == 2 and all(map(_is_number, interval)) else None
    return Estimate(float(value), (float(ends[0]), float(ends[1])) if ends else None)


def _withdrawn(amendments: Iterable[Amendment], state: CellState, started: str) -> bool:
    return any(one.kind == "withdrawn" and one.model in {None, state.model} and one.variant in {None, state.variant}
               and started[:10] <= one.date.isoformat() for one in amendments)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e100


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(content: Mapping[str, Any], part: str, key: str) -> str:
    value = _mapping(content.get(part)).get(key)
    return value if isinstance(value, str) else ""
