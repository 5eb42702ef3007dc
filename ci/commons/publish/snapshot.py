"""The pool read once into one frozen value, which is all that pages see. Nothing here looks at a clock."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from commons.pool.sentinels import read_drifts
from commons.pool.standing import headline_name
from commons.pool.task import Task
from commons.pool.tombstone import Tombstone, read_tombstones
from commons.publish.judge import VALUE_FAULTS, cell_fault, number_fault
from commons.publish.numbers import Scale, quantity, scale_for
from commons.publish.states import CellState, State, cell_state, missing_state

_RESTORE = "Restore it from git, or run the cell again."
_NUMBERS = "Correct the number in it."
#: What is kept of a readable task until its cells are read.
_Readable = tuple[Task, RenderedItems | None]


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
    tombstones: tuple[Tombstone, ...] = ()

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

    A broken task, model, cell or rendered file is named in ``broken`` and stops nothing else.

    Raises:
        BadFile: ``models.yaml``, the amendments or a tombstone cannot be read; without them no page could be trusted.
    """
    amendments = repository.ledger.amendments()
    models, broken = _models(repository)
    held, broken_tasks = _tasks(repository)
    cells, broken_cells = _read_cells(repository, held)
    entries = []
    for task, rendered in held.values():
        try:
            entries.append(_entry(task, rendered, [cell for cell in cells if cell.identity.task == task.name]))
        except VALUE_FAULTS as error:
            broken_tasks.append(_unshown(repository.root, "task", task.folder, error, task.name))
    drifts = read_drifts(repository.ledger.root, models)
    broken_checks = [_broken(repository.root, "sentinels", one.path, one.error, "", None) for one in drifts.broken]
    states, others, orphans = _states(entries, models, cells, broken_cells, amendments, drifts.since)
    return Snapshot(
        tasks=tuple(entries), models=models, states=states, others=others, orphans=orphans,
        broken=(*broken, *broken_tasks, *broken_cells, *broken_checks), amendments=amendments,
        as_of=max(filter(None, (_day(cell) for cell in cells)), default=None),
        tombstones=_tombstones(repository, [entry.name for entry in entries]),
    )


def _tombstones(repository: Repository, standing: list[str]) -> tuple[Tombstone, ...]:
    """The tasks that were taken down; a task that came back has its own pages again."""
    return tuple(one for one in read_tombstones(repository.ledger.root) if one.task not in standing)


def _models(repository: Repository) -> tuple[tuple[Model, ...], list[Broken]]:
    good: list[Model] = []
    broken: list[Broken] = []
    for model in repository.models():
        if fault := number_fault(model, ""):
            problem = Problem("model", f"Model `{model.id}`: {fault}", Where(repository.models_file), _NUMBERS)
            broken.append(_broken(repository.root, "model", repository.models_file, BadFile([problem]), "", None))
        else:
            good.append(model)
    return tuple(good), broken


def _tasks(repository: Repository) -> tuple[dict[str, _Readable], list[Broken]]:
    """The tasks that pages can show, by name, with their rendered items; and what is broken of them."""
    tasks, unreadable = repository.tasks()
    broken = [_broken(repository.root, "task", one.folder, one.error, one.folder.name, None) for one in unreadable]
    held: dict[str, _Readable] = {}
    for task in tasks:
        if fault := number_fault(task.card, "") or number_fault(task.config.num_fewshot, "num_fewshot"):
            error = BadFile([Problem("task", fault, Where(task.folder), _NUMBERS)])
            broken.append(_broken(repository.root, "task", task.folder, error, task.name, None))
            continue
        rendered, unrendered = _rendered(repository, task)
        broken += [unrendered] if unrendered else []
        held[task.name] = (task, rendered)
    return held, broken


def _states(
    tasks: list[TaskEntry], models: tuple[Model, ...], cells: list[Cell], broken: list[Broken],
    amendments: tuple[Amendment, ...], drifts: Mapping[str, datetime.datetime],
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
        state = cell_state(cell, task.card, model, amendments, drifts.get(model.id))
        if cell.identity.variant == CANONICAL:
            states[task.name, model.id] = state
        else:
            others.append(state)
    return states, tuple(others), tuple(orphans)


def _read_cells(repository: Repository, held: Mapping[str, _Readable]) -> tuple[list[Cell], list[Broken]]:
    good: list[Cell] = []
    broken: list[Broken] = []
    for path in repository.ledger.cell_paths():
        canonical = None if "@" in path.stem else path.stem
        try:
            cell = cellfile.read_cell(path)
            task, rendered = held.get(cell.identity.task, (None, None))
            if fault := cell_fault(repository.ledger, path, cell, task.card if task else None, rendered):
                raise BadFile([Problem("cell", fault, Where(path, 1), _RESTORE)])
            good.append(cell)
        except BadFile as error:
            broken.append(_broken(repository.root, "cell", path, error, path.parent.name, canonical))
        except VALUE_FAULTS as error:
            broken.append(_unshown(repository.root, "cell", path, error, path.parent.name, canonical))
    return good, broken


def _rendered(repository: Repository, task: Task) -> tuple[RenderedItems | None, Broken | None]:
    """The task's rendered items, which a card that withholds text keeps from every page."""
    if task.card.publish is not PublishLevel.SAMPLES:
        return None, None
    try:
        return repository.ledger.rendered(task.name), None
    except BadFile as error:
        path = repository.ledger.rendered_path(task.name)
        return None, _broken(repository.root, "rendered items", path, error, task.name, None)
    except VALUE_FAULTS as error:
        path = repository.ledger.rendered_path(task.name)
        return None, _unshown(repository.root, "rendered items", path, error, task.name)


def _entry(task: Task, rendered: RenderedItems | None, cells: list[Cell]) -> TaskEntry:
    name, headline = headline_name(task.card), task.card.headline
    metrics = [cell.metrics[name] for cell in cells if name in cell.metrics]
    values = [value for metric in metrics for value in (metric.value, *(metric.interval or ()))]
    values += [value for value in (headline.chance, headline.ceiling) if value is not None]
    scale = scale_for(headline.unit, values)
    for value in (scale.low, scale.high, *values):
        quantity(value, headline.unit)
    return TaskEntry(task.name, task.card, task.config, _items(task, rendered, cells), rendered, scale)


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
        # Not resolved: a link is named at its own place, and what it leads to is nobody's business.
        inside = problem.where.path.is_relative_to(root)
        where = replace(problem.where, path=problem.where.path.relative_to(root)) if inside else problem.where
        place = f"{where.path.as_posix()}:{where.line}" if where.line else where.path.as_posix()
        faults.append(f"{place}: {problem.sentence} {problem.mend}")
    return Broken(kind, path.relative_to(root).as_posix(), tuple(faults), task, model)


def _unshown(root: Path, kind: str, path: Path, error: Exception, task: str, model: str | None = None) -> Broken:
    """A file whose values cannot be read or written as numbers; the error's own words may be as wild as they."""
    sentence = f"It holds a value that cannot be shown ({type(error).__name__})."
    return _broken(root, kind, path, BadFile([Problem("value", sentence, Where(path), _NUMBERS)]), task, model)


def _day(cell: Cell) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(cell.provenance.started[:10])
    except ValueError:
        return None
