"""What a pull request does to the results, to the amendments and to the models."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from commons.errors import BadFile
from commons.github.derive_tasks import Sides, Tree, alike
from commons.github.derive_tree import Change, area_of, text_of
from commons.github.situation import Area, Kind, ModelChange, ResultsChange
from commons.pool.amendments import Amendment, only_appended
from commons.pool.hashing import model_hash
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.models import MODELS_FILE, Model, read_models
from commons.pool.repository import TASKS_FOLDER
from commons.pool.tombstone import TOMBSTONES, Tombstone
from commons.pool.yamlfile import MAX_BYTES

AMENDMENTS = "results/amendments.jsonl"


def results_change(sides: Sides, changed: Sequence[Change]) -> tuple[ResultsChange, frozenset[str]]:
    """What changed under ``results/``, and the tasks that an added amendment names."""
    mine = [one for one in changed if area_of(one.path) is Area.RESULTS]
    if not mine:
        return ResultsChange(), frozenset()
    added, rewritten, broken = _amendments(sides) if any(one.path == AMENDMENTS for one in mine) else ([], False, "")
    gone = [one.path for one in mine if one.kind is Kind.DELETED and one.path != AMENDMENTS]
    written = [one.path for one in mine if one.kind is not Kind.DELETED and one.path != AMENDMENTS]
    change = ResultsChange(
        edited=tuple(path for path in written if not _is_tombstone(sides, path, added)),
        unexplained=tuple(path for path in gone if not any(_explains(one, path) for one in added)),
        deleted=len(gone), amendments=tuple(one.task for one in added), rewritten=rewritten, broken=broken,
    )
    return change, frozenset(one.task for one in added if one.kind == "withdrawn" and one.model is None)


def model_changes(sides: Sides) -> list[ModelChange]:
    """The models that came, went or changed, by id. A file that cannot be read is lint's to name."""
    if sides.start.get(MODELS_FILE) == sides.head.get(MODELS_FILE):
        return []
    before, after = (_models(sides.root, tree) for tree in (sides.start, sides.head))
    if after is None:
        return []
    old, new = before or {}, after
    found = []
    for name in sorted({*old, *new}):
        if name not in old:
            others = {*old, *new} - {name}
            found.append(ModelChange(name, Kind.ADDED, alike=alike(name, others), endpoint=_served(new[name])))
        elif name not in new:
            found.append(ModelChange(name, Kind.DELETED, endpoint=_served(old[name])))
        elif old[name] != new[name]:
            found.append(ModelChange(name, Kind.CHANGED, model_hash(old[name]) != model_hash(new[name]),
                                     endpoint=_served(old[name], new[name])))
    return found


def _served(*entries: Model) -> bool:
    return any(one.endpoint is not None for one in entries)


def _amendments(sides: Sides) -> tuple[list[Amendment], bool, str]:
    """The amendments that were added, whether older ones were touched, and what is wrong with the new lines."""
    before = text_of(sides.root, sides.start, AMENDMENTS, MAX_DATA_BYTES) or ""
    after = text_of(sides.root, sides.head, AMENDMENTS, MAX_DATA_BYTES)
    if after is None or not only_appended(before, after):
        return [], True, ""
    added = []
    for line in after[len(before) :].splitlines():
        try:
            added.append(Amendment.model_validate_json(line))
        except ValidationError as error:
            one = error.errors(include_url=False)[0]
            return added, False, f"`{'.'.join(str(part) for part in one['loc'])}`: {one['msg']}"
    return added, False, ""


def _is_tombstone(sides: Sides, path: str, added: Sequence[Amendment]) -> bool:
    """Whether ``commons withdraw`` wrote this beside its amendment: it is no result, and says what became of them."""
    parts = path.split("/")
    if len(parts) != 3 or parts[1] != TOMBSTONES or path in sides.start:
        return False
    text = text_of(sides.root, sides.head, path, MAX_BYTES)
    try:
        task = Tombstone.model_validate_json(text or "").task
    except ValidationError:
        return False
    # A task that is still there was not taken down.
    if any(name.startswith(f"{TASKS_FOLDER}/{task}/") for name in sides.head):
        return False
    return parts[2] == f"{task}.json" and any(one.task == task and one.kind == "withdrawn" for one in added)


def _explains(one: Amendment, path: str) -> bool:
    """Whether an amendment withdraws what stood at ``path``."""
    parts = path.split("/")
    if one.kind != "withdrawn" or len(parts) < 3:
        return False
    if parts[1] == "rendered":
        return one.model is None and parts[2] == f"{one.task}.jsonl"
    if parts[1] != "cells" or parts[2] != one.task or len(parts) != 4:
        return False
    model, _, variant = parts[3].removesuffix(".json").partition("@")
    return one.model in {None, model} and one.variant in {None, variant or "canonical"}


def _models(root: Path, tree: Tree) -> dict[str, Model] | None:
    text = text_of(root, tree, MODELS_FILE, MAX_BYTES)
    if text is None:
        return None
    with tempfile.TemporaryDirectory(prefix="commons-models-") as scratch:
        path = Path(scratch) / MODELS_FILE
        path.write_text(text, encoding="utf-8")
        try:
            return {one.id: one for one in read_models(path)}
        except BadFile:
            return None
