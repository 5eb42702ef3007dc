"""The pool as pages see it: one frozen value over the surveys of all tasks. Nothing here looks at a clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from commons.errors import BadFile
from commons.pool.amendments import Amendment
from commons.pool.cellfile import MAX_CELL_BYTES
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import read_drifts
from commons.pool.suites import Suite
from commons.pool.tombstone import Tombstone, read_tombstones
from commons.pool.yamlfile import read_text
from commons.publish.frame import Frame, Limits, Place, choose_pairs
from commons.publish.judge import number_fault
from commons.publish.states import CellState, State
from commons.publish.survey import faults
from commons.publish.survey.entry import Surveyed, TaskEntry
from commons.publish.survey.many import Progress, Surveyor
from commons.publish.survey.survey import Broken, Orphan, Survey

__all__ = ["Broken", "Orphan", "Snapshot", "TaskEntry", "take_snapshot"]


@dataclass(frozen=True)
class Snapshot:
    """The whole pool. ``tasks`` and ``surveys`` go together; ``states`` has every pair of task and model.

    ``others`` are the cells of other variants, by task.
    """

    pool: Repository
    frame: Frame
    tasks: tuple[TaskEntry, ...]
    surveys: Mapping[str, Survey]
    orphans: tuple[Orphan, ...]
    broken: tuple[Broken, ...]
    amendments: tuple[Amendment, ...]
    tombstones: tuple[Tombstone, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """The models, in the order of their registration."""
        return self.frame.models

    @cached_property
    def as_of(self) -> datetime.date | None:
        """The day of the newest measurement."""
        return newest(state for survey in self.surveys.values() for state in (*survey.states, *survey.others))

    @cached_property
    def states(self) -> Mapping[tuple[str, str], CellState]:
        """Every pair of task and model."""
        return {(state.task, state.model): state for survey in self.surveys.values() for state in survey.states}

    @property
    def others(self) -> tuple[CellState, ...]:
        """The cells of other variants, by task."""
        return tuple(state for survey in self.surveys.values() for state in survey.others)

    @cached_property
    def by_name(self) -> Mapping[str, TaskEntry]:
        """The tasks by name."""
        return {task.name: task for task in self.tasks}

    def task(self, name: str) -> TaskEntry:
        """The task called ``name``."""
        return self.by_name[name]

    def model(self, name: str) -> Model:
        """The model with the id ``name``."""
        return self.frame.by_id[name]

    def of_task(self, task: TaskEntry) -> tuple[CellState, ...]:
        """The states of a task's pairs, in the order of the models."""
        return self.surveys[task.name].states

    def of_model(self, model: Model) -> list[CellState]:
        """The states of a model's pairs, in the order of the tasks."""
        place = self._places[model.id]
        return [self.surveys[task.name].states[place] for task in self.tasks]

    def with_cells(self) -> list[CellState]:
        """Every pair or variant that has a readable cell, by task, model and variant."""
        found = [state for survey in self.surveys.values() for state in (*survey.states, *survey.others)
                 if state.facts is not None]
        return sorted(found, key=lambda state: (state.task, state.model, state.variant))

    def was_run(self, model: Model) -> bool:
        """Whether the model has any cell file, however it fared."""
        return model.id in self._run

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {model.id: place for place, model in enumerate(self.models)}

    @cached_property
    def _run(self) -> frozenset[str]:
        return frozenset(
            state.model for survey in self.surveys.values() for state in (*survey.states, *survey.others)
            if state.state not in {State.MISSING, State.INAPPLICABLE}
        )


def take_snapshot(
    pool: Repository, place: Place = Place(), cores: int = 1, progress: Progress | None = None  # noqa: B008 - frozen
) -> Snapshot:
    """Survey the pool; ``progress`` hears the tasks done and to do.

    A broken task, model, cell or rendered file is named in ``broken`` and stops nothing else.

    Raises:
        BadFile: ``models.yaml``, the amendments or a tombstone cannot be read; without them no page could be trusted.
    """
    surveyor, broken = surveyor_of(pool, place)
    return snapshot_of(surveyor, surveyor.of(task_names(pool), cores, progress), broken)


def surveyor_of(pool: Repository, place: Place) -> tuple[Surveyor, tuple[Broken, ...]]:
    """What takes the pool's surveys, and what of the whole pool is broken; raises as :func:`take_snapshot`."""
    amendments = pool.ledger.amendments()
    models, broken = _models(pool)
    suites, broken_suites = _suites(pool)
    drifts = read_drifts(pool.ledger.root, models)
    broken_checks = [faults.broken(pool.root, "sentinels", one.path, one.error, "") for one in drifts.broken]
    cells = _cell_names(pool)
    measured = frozenset(name.partition("@")[0] for found in cells.values() for name in found)
    frame = Frame(
        models=models, drifts=drifts.since, suites=suites, place=place,
        pairs=choose_pairs(models, measured, len(cells)),
        limits=Limits.of({task: len(found) for task, found in cells.items()}, _rows(pool, cells)),
    )
    return Surveyor(pool, frame, amendments), (*broken, *broken_suites, *broken_checks)


def newest(states: Iterable[CellState]) -> datetime.date | None:
    """The day of the newest of these cells."""
    started = max((state.facts.started[:10] for state in states if state.facts is not None and _is_day(state)),
                  default=None)
    return None if started is None else datetime.date.fromisoformat(started)


def _is_day(state: CellState) -> bool:
    try:
        datetime.date.fromisoformat(state.facts.started[:10] if state.facts else "")
    except ValueError:
        return False
    return True


def snapshot_of(surveyor: Surveyor, found: Sequence[Surveyed], broken: tuple[Broken, ...]) -> Snapshot:
    """The pool as its surveys show it; ``broken`` is what :func:`surveyor_of` found broken."""
    entries = tuple(one.entry for one in found if one.entry is not None)
    standing = {entry.name for entry in entries}
    return Snapshot(
        pool=surveyor.pool, frame=surveyor.frame, tasks=entries,
        surveys={one.survey.task: one.survey for one in found if one.entry is not None},
        orphans=tuple(orphan for one in found for orphan in one.survey.orphans),
        broken=(*broken, *(fault for one in found for fault in one.survey.broken)),
        amendments=surveyor.amendments,
        # A task that came back has its own pages again.
        tombstones=tuple(one for one in read_tombstones(surveyor.pool.ledger.root) if one.task not in standing),
    )


def task_names(pool: Repository) -> list[str]:
    """The tasks by name, and those that only have cells."""
    return sorted({folder.name for folder in pool.task_folders()} | set(_cell_names(pool)))


def _cell_names(pool: Repository) -> dict[str, list[str]]:
    """The cell files of each task, by name without the ending."""
    cells = pool.ledger.root / "cells"
    if not cells.is_dir():
        return {}
    return {folder.name: sorted(path.name.removesuffix(".json") for path in folder.iterdir()
                                if path.name.endswith(".json"))
            for folder in sorted(cells.iterdir()) if folder.is_dir()}


def _rows(pool: Repository, cells: Mapping[str, list[str]]) -> int:
    """About how many rows a cell has, by the lines of one file of each task, the median of them."""
    counted = []
    for task, names in cells.items():
        if names:
            counted.append(_row_lines(pool.ledger.root / "cells" / task / f"{names[0]}.json"))
    return sorted(counted)[len(counted) // 2] if counted else 0


def _row_lines(path: Path) -> int:
    """How many rows a cell file has; none where it is a link, too large to be one, or cannot be read."""
    try:
        return read_text(path, MAX_CELL_BYTES).count("\n  [")
    except (BadFile, OSError):
        return 0


def _models(pool: Repository) -> tuple[tuple[Model, ...], list[Broken]]:
    good: list[Model] = []
    broken: list[Broken] = []
    for model in pool.models():
        if fault := number_fault(model, ""):
            broken.append(faults.faulty(pool.root, "model", pool.models_file, f"Model `{model.id}`: {fault}", ""))
        else:
            good.append(model)
    return tuple(good), broken


def _suites(pool: Repository) -> tuple[tuple[Suite, ...], list[Broken]]:
    try:
        return tuple(pool.suites()), []
    except BadFile as error:
        return (), [faults.broken(pool.root, "suite", error.problems[0].where.path, error, "")]
