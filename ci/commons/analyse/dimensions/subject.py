"""What dimensions look at: one model's canonical cell of a task, its variants that may stand beside it, its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons.analyse.entering import Rules, entering
from commons.errors import BadFile
from commons.pool import cellfile
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import CANONICAL, Cell, Row
from commons.pool.models import Model
from commons.pool.rendered import RenderedItem
from commons.pool.repository import Repository
from commons.pool.standing import stale_reasons, withdrawal_of
from commons.pool.task import Task
from commons.text.wordlists import is_english


@dataclass(frozen=True)
class Subject:
    """One model on one task.

    ``variants`` holds the cells that may be compared with the canonical one, by variant; ``refused`` says why others
    may not. ``items`` holds the rendered items by id; it is empty where they are withheld or of another version of the
    task, and ``no_items`` says which.
    """

    task: Task
    model: Model
    cell: Cell
    variants: Mapping[str, Cell]
    refused: Mapping[str, str]
    items: Mapping[str, RenderedItem]
    no_items: str

    @property
    def card(self) -> Card:
        """The task's card."""
        return self.task.card

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name

    @property
    def output_type(self) -> str:
        """The harness's output type, for example ``multiple_choice``."""
        return self.task.config.output_type

    @property
    def english(self) -> bool:
        """Whether every language of the task is English."""
        return all(map(is_english, self.card.languages))

    @property
    def run(self) -> str:
        """The command that measures the model on the task; a variant is asked for by adding to it."""
        return f"commons run {self.name} --model {self.model.id}"


@dataclass(frozen=True)
class LeftOutModel:
    """A model whose canonical cell cannot be looked at, and why."""

    model: str
    reason: str


def subjects_of(
    repository: Repository, task: Task, rules: Rules | None = None
) -> tuple[tuple[Subject, ...], tuple[LeftOutModel, ...]]:
    """The models whose canonical cell of the task enters comparisons, and those whose cell does not.

    Raises:
        BadFile: ``models.yaml``, the amendments or the rendered items cannot be read.
    """
    rules = rules or Rules.of(repository)
    entered = entering(repository, task, rules)
    subjects = tuple(
        _subject(repository, task, rules, cell, model)
        for cell, model in zip(entered.cells, entered.models, strict=True)
    )
    left_out = tuple(LeftOutModel(one.model, one.reason) for one in entered.left_out if one.variant == CANONICAL)
    return subjects, left_out


def cluster_of(row: Row) -> str:
    """The source that a row's item shares; an item that shares none is a cluster of its own."""
    return f"item {row.item}" if row.cluster is None else f"cluster {row.cluster}"


def _subject(repository: Repository, task: Task, rules: Rules, cell: Cell, model: Model) -> Subject:
    variants, refused = {}, {}
    folder = repository.ledger.root / "cells" / task.name
    for path in sorted(folder.glob(f"{model.id}@*.json")):
        variant = path.stem.partition("@")[2]
        try:
            found = cellfile.read_cell(path)
        except BadFile as error:
            refused[variant] = f"Its file is broken: {error.problems[0].sentence}"
            continue
        if reason := _refused(found, cell, task.card, model, rules):
            refused[variant] = reason
        else:
            variants[variant] = found
    items, no_items = _items(repository, cell)
    return Subject(task, model, cell, variants, refused, items, no_items)


def _refused(found: Cell, canonical: Cell, card: Card, model: Model, rules: Rules) -> str | None:
    """Why a variant may not stand beside the canonical cell."""
    if found.identity.origin != "own":
        return "It was imported and not measured here."
    if withdrawal := withdrawal_of(found, rules.amendments):
        return f"Withdrawn on {withdrawal.date.isoformat()}: {withdrawal.reason}"
    if found.partial:
        return "Partial: some items have no score."
    if found.identity.protocol_hash != canonical.identity.protocol_hash:
        return "Measured under another protocol than the canonical cell."
    ours, theirs = canonical.inputs.get("task", {}), found.inputs.get("task", {})
    if other := [part for part in ours if part in theirs and ours[part] != theirs[part]]:
        return f"Measured on another version of the task: its {other[0]} is not that of the canonical cell."
    return next(iter(stale_reasons(found, card, model, rules.drifts.get(model.id))), None)


def _items(repository: Repository, cell: Cell) -> tuple[Mapping[str, RenderedItem], str]:
    if cell.publish is not PublishLevel.SAMPLES:
        return {}, f"The card's publish level is `{cell.publish.value}`, so the items are withheld."
    rendered = repository.ledger.rendered(cell.identity.task)
    if rendered is None:
        return {}, "The rendered items are not in the ledger."
    if rendered.header.task_hash != cell.identity.task_hash:
        return {}, "The rendered items are of another version of the task than the cell."
    return rendered.by_id(), ""
