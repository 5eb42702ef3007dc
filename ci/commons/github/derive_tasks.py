"""Which tasks a pull request adds, changes, renames and deletes, whose they are, and which rows of theirs differ."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.errors import BadFile
from commons.github.derive_tree import Change, folder_of, text_of
from commons.github.situation import Kind, RowChanges, TaskChange
from commons.pool.card import CARD_FILE
from commons.pool.git import Stored
from commons.pool.hashing import sha256_json
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import TASKS_FOLDER
from commons.pool.tombstone import TOMBSTONES
from commons.pool.yamlfile import MAX_BYTES, parse_yaml

Tree = Mapping[str, Stored]
#: So many ids are named.
MOST_IDS = 50
#: How the names of files end that hold rows.
ROW_FILES = (".jsonl", ".json")
#: Letters that look like others in the fonts that lists of names are read in.
_LOOKS = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j", "ѕ": "s", "һ": "h",
    "ԁ": "d", "ӏ": "l", "α": "a", "ο": "o", "ν": "v", "ρ": "p", "τ": "t", "κ": "k", "ι": "l", "0": "o", "1": "l",
    "i": "l", "|": "l", "5": "s",
})  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """The three trees that are compared: where the branch left the main line, its head, and the main line today."""

    root: Path
    start: Tree
    head: Tree
    today: Tree


def task_changes(sides: Sides, changed: Sequence[Change], author: str, amended: frozenset[str]) -> list[TaskChange]:
    """The changed task folders by name; ``amended`` are tasks that an added amendment names."""
    before, after, today = (_names(tree) for tree in (sides.start, sides.head, sides.today))
    touched: dict[str, list[Change]] = {}
    for one in changed:
        if name := folder_of(one.path):
            touched.setdefault(name, []).append(one)
    gone = {name for name in touched if name in before and name not in after}
    fresh = {name for name in touched if name in after and name not in before}
    moved = _moved(sides, gone, fresh)
    buried = _withdrawn_names(sides.today)
    found = []
    for name, several in sorted(touched.items()):
        if name in moved.values():
            continue
        was = moved.get(name, "")
        kind = (Kind.RENAMED if was else Kind.ADDED if name in fresh else
                Kind.DELETED if name in gone else Kind.CHANGED)
        owners, handles = _owners(sides, was or name, kind)
        stays, named = kind in {Kind.CHANGED, Kind.RENAMED}, kind in {Kind.ADDED, Kind.RENAMED}
        found.append(TaskChange(
            name=name, kind=kind, was=was, parts=_parts(several), owners=owners,
            owned=author.casefold() in handles, rows=_rows(sides, was or name, name) if stays else None,
            card_keys=_keys(sides, was or name, name, CARD_FILE) if stays else (),
            config_keys=_keys(sides, was or name, name, None) if stays else (),
            taken=_taken(name, today, before) if named else "",
            alike=alike(name, today - {name, was}) if named else "",
            withdrawn=_same_name(name, buried) or alike(name, buried) if named else "",
            accounted=_accounted(sides, was or name, kind, amended),
        ))
    return found


def _names(tree: Tree) -> set[str]:
    return {name for path in tree if (name := folder_of(path))}


def _moved(sides: Sides, gone: set[str], fresh: set[str]) -> dict[str, str]:
    """New name -> old name, where at least half of the old folder's files stand in the new one as they were."""
    moved: dict[str, str] = {}
    left = set(gone)
    contents = {name: _digests(sides.start, name) for name in gone}
    for name in sorted(fresh):
        mine = _digests(sides.head, name)
        best = max(sorted(left), key=lambda old: (mine & contents[old]).total(), default=None)
        if best is not None and 2 * (mine & contents[best]).total() >= contents[best].total():
            moved[name] = best
            left.discard(best)
    return moved


def _digests(tree: Tree, name: str) -> Counter[str]:
    start = f"{TASKS_FOLDER}/{name}/"
    return Counter(one.digest for path, one in tree.items() if path.startswith(start))


def _owners(sides: Sides, name: str, kind: Kind) -> tuple[tuple[str, ...], set[str]]:
    """Who owns the task: as the main line says where it has the task, because a card can name anybody."""
    path = f"{TASKS_FOLDER}/{name}/{CARD_FILE}"
    tree = sides.head if kind is Kind.ADDED else sides.today if path in sides.today else sides.start
    given = _document(sides.root, tree, path).get("owners")
    owners = tuple(str(one)[:100] for one in given[:50] if isinstance(one, str)) if isinstance(given, list) else ()
    return owners, {one.casefold() for one in owners}


def _parts(several: Sequence[Change]) -> tuple[str, ...]:
    found = set()
    for one in several:
        inside = one.path.split("/", 2)[2]
        if inside == CARD_FILE:
            found.add("card")
        elif inside == "README.md":
            found.add("readme")
        elif inside.endswith(".py"):
            found.add("hooks")
        elif inside.startswith("data/"):
            found.add("data")
        else:
            found.add("config" if inside.endswith((".yaml", ".yml")) else "other")
    return tuple(sorted(found))


def _document(root: Path, tree: Tree, path: str) -> dict[str, Any]:
    text = text_of(root, tree, path, MAX_BYTES)
    if text is None:
        return {}
    try:
        return dict(parse_yaml(text, Path(path)).data)
    except (BadFile, ValueError, ArithmeticError, RecursionError):
        return {}


def _keys(sides: Sides, was: str, name: str, file: str | None) -> tuple[str, ...]:
    """The keys of the card, or of the harness configuration, whose values differ."""
    before = _document(sides.root, sides.start, f"{TASKS_FOLDER}/{was}/{file or f'{was}.yaml'}")
    after = _document(sides.root, sides.head, f"{TASKS_FOLDER}/{name}/{file or f'{name}.yaml'}")
    every = sorted({*before, *after}, key=str)
    return tuple(str(key)[:80] for key in every if repr(before.get(key)) != repr(after.get(key)))[:MOST_IDS]


def _rows(sides: Sides, was: str, name: str) -> RowChanges | None:
    """The rows that differ, by file and id; None where no file of rows does.

    A row that moves to another file is gone from one and new in the other: files are splits, and what was an example
    is then asked.
    """
    column = _document(sides.root, sides.head, f"{TASKS_FOLDER}/{name}/{CARD_FILE}").get("fields")
    key = column.get("id", "id") if isinstance(column, dict) else "id"
    old, new = _data(sides.start, was), _data(sides.head, name)
    if old == new:
        return None
    before = _read_rows(sides.root, sides.start, was, old, str(key))
    after = _read_rows(sides.root, sides.head, name, new, str(key))
    added = [one.name for one in after if one not in before]
    removed = [one.name for one in before if one not in after]
    changed = [one.name for one in after if one in before and after[one] != before[one]]
    return RowChanges(tuple(added[:MOST_IDS]), tuple(changed[:MOST_IDS]), tuple(removed[:MOST_IDS]),
                      (len(added), len(changed), len(removed)))


def _data(tree: Tree, name: str) -> dict[str, str]:
    start = f"{TASKS_FOLDER}/{name}/"
    return {path[len(start) :]: one.digest for path, one in tree.items()
            if path.startswith(f"{start}data/") and path.endswith(ROW_FILES)}


@dataclass(frozen=True)
class _Row:
    """Where a row stands: its file, its id in full, and the how manieth of that id it is."""

    file: str
    id: str
    number: int

    @property
    def name(self) -> str:
        """The id as it is shown."""
        return self.id[:80]


def _read_rows(root: Path, tree: Tree, name: str, files: Mapping[str, str], key: str) -> dict[_Row, str]:
    """Row -> digest of what it holds. A row without an id stands under its own digest."""
    rows: dict[_Row, str] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for file in sorted(files):
        text = text_of(root, tree, f"{TASKS_FOLDER}/{name}/{file}", MAX_DATA_BYTES)
        for line in (text or "").split("\n"):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                digest = sha256_json(row)
            except (ValueError, RecursionError):
                row, digest = None, sha256_json(line)
            name_of = row.get(key) if isinstance(row, dict) else None
            shown = str(name_of) if isinstance(name_of, (str, int)) else f"row {digest[:16]}"
            rows[_Row(file, shown, seen[file, shown])] = digest
            seen[file, shown] += 1
    return rows


def _taken(name: str, today: set[str], before: set[str]) -> str:
    """A task of the main line that already has the name, or has it in other capitals."""
    if name in today and name not in before:
        return name
    return _same_name(name, today - {name})


def _same_name(name: str, others: Iterable[str]) -> str:
    """The first of ``others`` that is this name, whatever its capitals; a file system may take them for one."""
    return next((one for one in sorted(others) if one.casefold() == name.casefold()), "")


def _withdrawn_names(tree: Tree) -> set[str]:
    """The tasks that were taken down, by their tombstones' file names."""
    start, end = f"results/{TOMBSTONES}/", ".json"
    return {path[len(start) : -len(end)] for path in tree if path.startswith(start) and path.endswith(end)}


def alike(name: str, others: Iterable[str]) -> str:
    """The first of ``others`` that a reader takes for ``name``; empty where there is none."""
    mine = _skeleton(name)
    return next((one for one in sorted(others) if one != name and _skeleton(one) == mine), "")


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_LOOKS)
    return "".join(one for one in plain if one.isalnum()).replace("rn", "m").replace("vv", "w")


def _accounted(sides: Sides, name: str, kind: Kind, amended: frozenset[str]) -> bool:
    """Whether what goes is accounted for: by an amendment, or because nothing was ever measured."""
    if kind not in {Kind.DELETED, Kind.RENAMED} or name in amended:
        return True
    return not any(path.startswith(f"results/cells/{name}/") for path in sides.today)

