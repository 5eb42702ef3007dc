"""The cells of one task, read and judged; a file that cannot be shown is named and stops no other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.pool import cellfile
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_text
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.pool.yamlfile import read_text
from commons.publish.judge import VALUE_FAULTS, cell_fault, number_fault
from commons.publish.survey import faults
from commons.publish.survey.survey import Broken


@dataclass(frozen=True)
class ReadCell:
    """A cell with the digest of its file's text."""

    cell: Cell
    digest: str


@dataclass(frozen=True)
class Cells:
    """The cells of a task that can be shown, by file name, and the files that cannot."""

    good: tuple[ReadCell, ...]
    broken: tuple[Broken, ...]


def cells_of(pool: Repository, task: str, card: Card | None, rendered: RenderedItems | None) -> Cells:
    """Read all cell files of a task; without its card, as of a task that is not in the pool, less can be judged.

    A reason may name an item by an id that was written before the card took its items back, or quote a row. So it is
    told only under a card that lets a cell be read.
    """
    tells = card is not None and card.publish is not PublishLevel.NONE
    good: list[ReadCell] = []
    broken: list[Broken] = []
    for path in sorted((pool.ledger.root / "cells" / task).glob("*.json")):
        model = None if "@" in path.stem else path.stem
        try:
            good.append(_cell(pool, path, card, rendered))
        except BadFile as error:
            said = error if tells else faults.untold(path)
            broken.append(faults.broken(pool.root, "cell", path, said, task, model))
        except VALUE_FAULTS as error:
            broken.append(faults.unshown(pool.root, "cell", path, error, task, model))
    return Cells(tuple(good), tuple(broken))


def _cell(pool: Repository, path: Path, card: Card | None, rendered: RenderedItems | None) -> ReadCell:
    text = read_text(path, cellfile.MAX_CELL_BYTES)
    cell = cellfile.from_text(text, path)
    if fault := cell_fault(pool.ledger, path, cell, card, rendered):
        raise BadFile([Problem("cell", fault, Where(path, 1), faults.RESTORE)])
    return ReadCell(cell, sha256_text(text))


def rendered_of(pool: Repository, task: Task) -> tuple[RenderedItems | None, Broken | None]:
    """The task's rendered items, which a card that withholds text keeps from every page."""
    if task.card.publish is not PublishLevel.SAMPLES:
        return None, None
    path = pool.ledger.rendered_path(task.name)
    try:
        return pool.ledger.rendered(task.name), None
    except BadFile as error:
        return None, faults.broken(pool.root, "rendered items", path, error, task.name)
    except VALUE_FAULTS as error:
        return None, faults.unshown(pool.root, "rendered items", path, error, task.name)


def task_fault(pool: Repository, task: Task) -> Broken | None:
    """What in a readable task cannot be shown; None where all of it can."""
    fault = number_fault(task.card, "") or number_fault(task.config.num_fewshot, "num_fewshot")
    return faults.faulty(pool.root, "task", task.folder, fault, task.name) if fault else None
