"""Which two cells a comparison means, or why it cannot be made: by name, and never silently with others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from commons.analyse.answers import label_of
from commons.analyse.entering import Entering, Rules, entering
from commons.errors import CannotRun
from commons.pool.cell import CANONICAL, Cell
from commons.pool.repository import Repository
from commons.pool.standing import stale_reasons, withdrawal_of
from commons.pool.task import Task

#: The variant of an imported cell that nobody gave another name.
EXTERNAL = "external"

_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TASK = re.compile(r"[a-z][a-z0-9_]{2,63}")


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a model, and how the tasks were put to it."""

    model: str
    variant: str = CANONICAL

    @property
    def label(self) -> str:
        """As a person types it."""
        return label_of(self.model, self.variant)


@dataclass(frozen=True)
class Pair:
    """Two cells that can be compared, and what a reader must know of them first."""

    first: Cell
    second: Cell
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NotCompared:
    """A task that is left out, and why."""

    task: str
    reason: str


def side_of(text: str) -> Side:
    """Read ``model`` or ``model@variant``.

    Raises:
        CannotRun: it has another form. Names become paths only once their form is known.
    """
    model, at, variant = text.partition("@")
    if not _MODEL.fullmatch(model) or (at and not _VARIANT.fullmatch(variant)):
        raise CannotRun(f"`{text}` is no model's id.",
                        mend="Give `model` or `model@variant`; the ids stand in models.yaml.")
    return Side(model, variant or CANONICAL)


def task_names(pool: Repository, first: Side, second: Side, external: bool) -> list[str]:
    """The tasks on which either side has a cell, by name."""
    variants = {side.model: {side.variant} for side in (first, second)}
    for side in (first, second):
        variants[side.model] |= {side.variant} | ({EXTERNAL} if external else set())
    stems = {label_of(model, variant) for model, found in variants.items() for variant in found}
    return sorted({path.parent.name for path in pool.ledger.cell_paths() if path.stem in stems})


def imported_names(pool: Repository, model: str) -> dict[str, list[str]]:
    """The imported results of a model: by name (``model@external-cot``), the tasks."""
    found: dict[str, list[str]] = {}
    for path in pool.ledger.cell_paths():
        if path.stem == f"{model}@{EXTERNAL}" or path.stem.startswith(f"{model}@{EXTERNAL}-"):
            found.setdefault(path.stem, []).append(path.parent.name)
    return found


@dataclass
class Finder:
    """Finds pairs in one pool; what it has read once it keeps."""

    pool: Repository
    external: bool = False
    _rules: Rules | None = None
    _entering: dict[str, Entering | None] = field(default_factory=dict)

    def pair(self, task: str, first: Side, second: Side) -> Pair | NotCompared:
        """The two cells, or why not.

        Raises:
            BadFile: a named cell, ``models.yaml`` or the amendments cannot be read.
            CannotRun: the task's name has not the form of one.
        """
        if not _TASK.fullmatch(task):
            raise CannotRun(f"`{task}` is no task's name.",
                            mend="A task's name holds lower-case letters, digits and `_`, for example my_wards.")
        one, other = self._cell(task, first), self._cell(task, second)
        if isinstance(one, str) or isinstance(other, str):
            return NotCompared(task, " ".join(dict.fromkeys(found for found in (one, other) if isinstance(found, str))))
        return self._judged(task, one, other)

    def _cell(self, task: str, side: Side) -> Cell | str:
        """The side's cell, or why there is none, in words."""
        if side.variant == CANONICAL:
            found = self._entered(task)
            cells = {cell.identity.model: cell for cell in found.cells} if found else {}
            if side.model in cells:
                return cells[side.model]
            if self.external and self.pool.ledger.cell_path(task, side.model, EXTERNAL).exists():
                return self._named(task, Side(side.model, EXTERNAL))
            reasons = [left.reason for left in (found.left_out if found else ())
                       if (left.model, left.variant) == (side.model, CANONICAL)]
            if reasons:
                return f"{side.label}: {reasons[0]}"
            if self.pool.ledger.cell_path(task, side.model, EXTERNAL).exists():
                return f"{side.label} was not measured here; an imported result is there, which --external takes."
            return f"{side.label} was not measured on it."
        return self._named(task, side)

    def _named(self, task: str, side: Side) -> Cell | str:
        """A cell that somebody named in full, which need not be one that enters ranks."""
        named = self.pool.ledger.cell(task, side.model, side.variant)
        if named is None:
            return f"There is no cell of {side.label}."
        if named.partial:
            return f"{side.label}: Partial: some items have no score."
        if withdrawal := withdrawal_of(named, self._rule().amendments):
            return f"{side.label}: Withdrawn on {withdrawal.date.isoformat()}: {withdrawal.reason}"
        return named

    def _judged(self, task: str, one: Cell, other: Cell) -> Pair | NotCompared:
        notes = []
        for cell in (one, other):
            if cell.identity.origin == "external":
                source = cell.provenance.source.url if cell.provenance.source else "an unknown source"
                notes.append(f"{_name(cell)} was imported and not measured here. Its source: {source}")
            elif cell.identity.variant != CANONICAL:
                notes.append(f"{_name(cell)} is a variant; it enters no ranks.")
                notes += [f"{_name(cell)} is stale: {reason}" for reason in self._stale(task, cell)]
        external = [cell.identity.origin == "external" for cell in (one, other)]
        if one.identity.task_hash != other.identity.task_hash:
            if all(external):
                return NotCompared(task, "The two imports are not of the same items with the same golds.")
            notes.append("The two were NOT put the same way (their task hashes differ): the difference may be the "
                         "prompt's or the items', not the models'.")
        elif one.identity.protocol_hash != other.identity.protocol_hash and not any(external):
            notes.append("The two were measured under different protocols (their protocol hashes differ).")
        return Pair(one, other, tuple(notes))

    def _stale(self, task: str, cell: Cell) -> tuple[str, ...]:
        found = self._task(task)
        model = next((one for one in self._rule().models if one.id == cell.identity.model), None)
        if found is None or model is None:
            return ()
        return stale_reasons(cell, found.card, model, self._rule().drifts.get(model.id))

    def _entered(self, task: str) -> Entering | None:
        if task not in self._entering:
            found = self._task(task)
            self._entering[task] = None if found is None else entering(self.pool, found, self._rule())
        return self._entering[task]

    def _task(self, task: str) -> Task | None:
        return next(iter(self.pool.tasks({task})[0]), None)

    def _rule(self) -> Rules:
        self._rules = self._rules or Rules.of(self.pool)
        return self._rules


def shared_items(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """The items that both have, by id."""
    return sorted(set(one) & set(other))


def _name(cell: Cell) -> str:
    return label_of(cell.identity.model, cell.identity.variant)
