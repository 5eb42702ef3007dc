"""Which cells of a task enter its comparisons, and why the others do not: decided here for all of them.

Only canonical cells of our own, whole, not withdrawn, and of one version of the task: numbers of two versions are
never mixed. Which version that is, nobody can say without rendering the task; it is that of the newest such cell.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from commons.errors import BadFile
from commons.pool import cellfile
from commons.pool.amendments import Amendment
from commons.pool.card import Card
from commons.pool.cell import CANONICAL, Cell
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import read_drifts
from commons.pool.standing import stale_reasons, withdrawal_of
from commons.pool.task import Task


@dataclass(frozen=True)
class LeftOut:
    """A cell that does not enter, and why, in words."""

    model: str
    variant: str
    reason: str


@dataclass(frozen=True, eq=False)
class Entering:
    """The cells of one task that may be compared, in the order of ``models.yaml``, with each one's model.

    It is known by itself and not by what it holds, so that what is computed from it can be kept for the next question.
    """

    task: str
    card: Card
    cells: tuple[Cell, ...]
    models: tuple[Model, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Rules:
    """What decides beside the cells themselves: read once for a whole pool."""

    models: tuple[Model, ...]
    amendments: tuple[Amendment, ...]
    drifts: Mapping[str, datetime.datetime]

    @classmethod
    def of(cls, repository: Repository) -> Rules:
        """Read them.

        Raises:
            BadFile: ``models.yaml`` or the amendments cannot be read.
        """
        models, ledger = repository.models(), repository.ledger
        return cls(models, ledger.amendments(), read_drifts(ledger.root, models).since)


def entering(repository: Repository, task: Task, rules: Rules | None = None) -> Entering:
    """Read the task's cells and keep those that enter; a broken file is left out and named.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    cells: list[Cell] = []
    broken: list[LeftOut] = []
    for path in sorted((repository.ledger.root / "cells" / task.name).glob("*.json")):
        try:
            cells.append(cellfile.read_cell(path))
        except BadFile as error:
            model, _, variant = path.stem.partition("@")
            broken.append(LeftOut(model, variant or CANONICAL, f"Its file is broken: {error.problems[0].sentence}"))
    return select(task.name, task.card, cells, rules or Rules.of(repository), broken)


def select(
    task: str, card: Card, cells: Iterable[Cell], rules: Rules, broken: Sequence[LeftOut] = ()
) -> Entering:
    """Of ``cells``, those that enter."""
    by_id = {model.id: model for model in rules.models}
    left_out = list(broken)
    good: dict[str, Cell] = {}
    for cell in cells:
        reason = _refused(cell, card, by_id.get(cell.identity.model), rules)
        if reason is None:
            good[cell.identity.model] = cell
        else:
            left_out.append(LeftOut(cell.identity.model, cell.identity.variant, reason))
    version = max(good.values(), key=lambda cell: cell.provenance.started, default=None)
    kept = {}
    for name, cell in good.items():
        if version is not None and _version(cell) != _version(version):
            left_out.append(LeftOut(name, CANONICAL, "Measured on another version of the task or the protocol."))
        else:
            kept[name] = cell
    models = tuple(model for model in rules.models if model.id in kept)
    return Entering(task, card, tuple(kept[model.id] for model in models), models, tuple(left_out))


def _version(cell: Cell) -> tuple[str, str]:
    return cell.identity.task_hash, cell.identity.protocol_hash


def _refused(cell: Cell, card: Card, model: Model | None, rules: Rules) -> str | None:
    """Why the cell does not enter, seen by itself."""
    reason = refused_anywhere(cell, model, rules)
    if reason is not None or model is None:
        return reason
    return next(iter(stale_reasons(cell, card, model, rules.drifts.get(model.id))), None)


def refused_anywhere(cell: Cell, model: Model | None, rules: Rules) -> str | None:
    """Why a cell enters no comparison of any task, the pool's or the harness's own; None where it may."""
    identity = cell.identity
    if identity.origin != "own":
        return "It was imported and not measured here."
    if identity.variant != CANONICAL:
        return f"It is the variant {identity.variant}; only canonical cells are compared."
    if model is None:
        return "The model is not in models.yaml."
    if withdrawal := withdrawal_of(cell, rules.amendments):
        return f"Withdrawn on {withdrawal.date.isoformat()}: {withdrawal.reason}"
    if cell.partial:
        return "Partial: some items have no score."
    return None
