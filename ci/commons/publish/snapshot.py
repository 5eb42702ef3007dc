"""The pool read once into one frozen value, which is all that pages see. Nothing here looks at a clock."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.pool import cellfile
from commons.pool.amendments import Amendment
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import CANONICAL, Cell
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import read_rows
from commons.pool.models import Model
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.publish.numbers import Scale, scale_for
from commons.publish.states import CellState, State, cell_state, headline_name, missing_state

_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Broken:
    """A file of the pool that cannot be read, with every fault in words. ``path`` is relative to the pool."""

    kind: str
    path: str
    faults: tuple[str, ...]
    task: str
    model: str | None = None


@dataclass(frozen=True)
class TaskEntry:
    """One task as pages see it. ``items`` is None where nothing here can count them."""

    name: str
    card: Card
    config: HarnessConfig
    items: int | None
    rendered: RenderedItems | None
    scale: Scale


@dataclass(frozen=True)
class Orphan:
    """A cell whose task or model is not in the pool (any more)."""

    cell: Cell
    reason: str


@dataclass(frozen=True)
class Snapshot:
    """The whole pool. ``states`` has every pair of task and model; ``others`` the cells of other variants."""

    tasks: tuple[TaskEntry, ...]
    models: tuple[Model, ...]
    states: Mapping[tuple[str, str], CellState]
    others: tuple[CellState, ...]
    orphans: tuple[Orphan, ...]
    broken: tuple[Broken, ...]
    amendments: tuple[Amendment, ...]
    as_of: datetime.date | None

    def task(self, name: str) -> TaskEntry:
        """The task called ``name``."""
        return next(task for task in self.tasks if task.name == name)

    def model(self, name: str) -> Model:
        """The model with the id ``name``."""
        return next(model for model in self.models if model.id == name)

    def of_task(self, task: TaskEntry) -> list[CellState]:
        """The states of a task's pairs, in the order of the models."""
        return [self.states[task.name, model.id] for model in self.models]

    def of_model(self, model: Model) -> list[CellState]:
        """The states of a model's pairs, in the order of the tasks."""
        return [self.states[task.name, model.id] for task in self.tasks]

    def with_cells(self) -> list[tuple[CellState, Cell]]:
        """Every pair or variant that has a readable cell, by task, model and variant."""
        found = [(state, state.cell) for state in (*self.states.values(), *self.others) if state.cell is not None]
        return sorted(found, key=lambda pair: (pair[0].task, pair[0].model, pair[0].variant))

    def was_run(self, model: Model) -> bool:
        """Whether the model has any cell file, however it fared."""
        states = [*self.of_model(model), *(state for state in self.others if state.model == model.id)]
        return any(state.state not in {State.MISSING, State.INAPPLICABLE} for state in states)


def take_snapshot(repository: Repository) -> Snapshot:
    """Read the pool.

    A broken task, cell or rendered file is named in ``broken`` and stops nothing else.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read; without them no page could be trusted.
    """
    models = repository.models()
    amendments = repository.ledger.amendments()
    tasks, unreadable = repository.tasks()
    broken = [_broken(repository.root, "task", one.folder, one.error, one.folder.name, None) for one in unreadable]
    cells, broken_cells = _read_cells(repository)
    broken += broken_cells
    entries = []
    for task in tasks:
        rendered, fault = _rendered(repository, task)
        broken += [fault] if fault else []
        entries.append(_entry(task, rendered, [cell for cell in cells if cell.identity.task == task.name]))
    states, others, orphans = _states(entries, models, cells, broken_cells, amendments)
    return Snapshot(
        tasks=tuple(entries), models=models, states=states, others=others, orphans=orphans, broken=tuple(broken),
        amendments=amendments, as_of=max(filter(None, (_day(cell) for cell in cells)), default=None),
    )


def _states(
    tasks: list[TaskEntry], models: tuple[Model, ...], cells: list[Cell], broken: list[Broken],
    amendments: tuple[Amendment, ...],
) -> tuple[dict[tuple[str, str], CellState], tuple[CellState, ...], tuple[Orphan, ...]]:
    by_task, by_model = {task.name: task for task in tasks}, {model.id: model for model in models}
    states = {
        (task.name, model.id): missing_state(task.name, task.config.output_type, model)
        for task in tasks
        for model in models
    }
    for one in broken:
        if one.model is not None and (pair := (one.task, one.model)) in states:
            states[pair] = CellState(*pair, CANONICAL, State.BROKEN, "", one.faults[0])
    others, orphans = [], []
    for cell in cells:
        task, model = by_task.get(cell.identity.task), by_model.get(cell.identity.model)
        if task is None or model is None:
            what = f"task `{cell.identity.task}`" if task is None else f"model `{cell.identity.model}`"
            orphans.append(Orphan(cell, f"The {what} is not in the pool, or cannot be read."))
            continue
        state = cell_state(cell, task.card, model, amendments)
        if cell.identity.variant == CANONICAL:
            states[task.name, model.id] = state
        else:
            others.append(state)
    return states, tuple(others), tuple(orphans)


def _read_cells(repository: Repository) -> tuple[list[Cell], list[Broken]]:
    good: list[Cell] = []
    broken: list[Broken] = []
    for path in repository.ledger.cell_paths():
        try:
            cell = cellfile.read_cell(path)
            if fault := _cell_fault(repository, path, cell):
                mend = "Restore it from git, or run the cell again."
                raise BadFile([Problem("cell", fault, Where(path, 1), mend)])
            good.append(cell)
        except BadFile as error:
            canonical = None if "@" in path.stem else path.stem
            broken.append(_broken(repository.root, "cell", path, error, path.parent.name, canonical))
    return good, broken


def _cell_fault(repository: Repository, path: Path, cell: Cell) -> str | None:
    identity = cell.identity
    if repository.ledger.cell_path(identity.task, identity.model, identity.variant) != path:
        return "The file does not stand where its identity says."
    if not _VARIANT.fullmatch(identity.variant):
        return "The variant's name holds characters that no address may hold."
    numbers = [value for metric in cell.metrics.values() for value in (metric.value, *(metric.interval or ()))]
    if not all(math.isfinite(number) for number in numbers):
        return "A metric is not a finite number."
    return None


def _rendered(repository: Repository, task: Task) -> tuple[RenderedItems | None, Broken | None]:
    """The task's rendered items, which a card that withholds text keeps from every page."""
    if task.card.publish is not PublishLevel.SAMPLES:
        return None, None
    try:
        return repository.ledger.rendered(task.name), None
    except BadFile as error:
        path = repository.ledger.rendered_path(task.name)
        return None, _broken(repository.root, "rendered items", path, error, task.name, None)


def _entry(task: Task, rendered: RenderedItems | None, cells: list[Cell]) -> TaskEntry:
    name, headline = headline_name(task.card), task.card.headline
    metrics = [cell.metrics[name] for cell in cells if name in cell.metrics]
    values = [value for metric in metrics for value in (metric.value, *(metric.interval or ()))]
    values += [value for value in (headline.chance, headline.ceiling) if value is not None]
    return TaskEntry(task.name, task.card, task.config, _items(task, rendered, cells), rendered,
                     scale_for(headline.unit, values))


def _items(task: Task, rendered: RenderedItems | None, cells: list[Cell]) -> int | None:
    """How many items the task has: by its canonical cells, its rendered items, or the lines of its data."""
    counted = [len({row.item for row in cell.rows}) for cell in cells if cell.identity.variant == CANONICAL]
    if counted:
        return max(counted)
    if rendered is not None:
        return len(rendered.items)
    try:
        files = task.data_files.get(task.config.evaluated_split or "", [])
        return sum(len(read_rows(path)[0]) for path in files) or None
    except BadFile:
        return None


def _broken(root: Path, kind: str, path: Path, error: BadFile, task: str, model: str | None) -> Broken:
    faults = []
    for problem in error.problems:
        where = problem.where.relative_to(root)
        place = f"{where.path.as_posix()}:{where.line}" if where.line else where.path.as_posix()
        faults.append(f"{place}: {problem.sentence} {problem.mend}")
    return Broken(kind, path.relative_to(root).as_posix(), tuple(faults), task, model)


def _day(cell: Cell) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(cell.provenance.started[:10])
    except ValueError:
        return None
