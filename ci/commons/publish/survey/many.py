"""The surveys of all tasks: what is kept is read, the rest is taken, on as many cores as there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from commons.errors import BadFile
from commons.pool.amendments import Amendment
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_json
from commons.pool.program import code_digest, library_versions
from commons.pool.repository import Repository
from commons.publish.cores import spread
from commons.publish.frame import Frame
from commons.publish.judge import VALUE_FAULTS
from commons.publish.survey import faults
from commons.publish.survey.entry import Surveyed, entry_of
from commons.publish.survey.kept import Kept
from commons.publish.survey.reading import task_fault
from commons.publish.survey.survey import Broken, ItemSurvey, Survey
from commons.publish.survey.take import take, take_orphans

Progress = Callable[[int, int], None]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Found:
    """A survey as it is visited: its items when they are asked for, and the cells that were read for it.

    ``cells`` are by model and variant. Where the survey was kept, none was read.
    """

    surveyed: Surveyed
    items: Callable[[], ItemSurvey]
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)


#: What makes something of a task while its cells are at hand, opened for one process.
Visitor = Callable[[], AbstractContextManager[Callable[[Found], Made]]]


@contextmanager
def _nobody() -> Iterator[Callable[[Found], None]]:
    def visit(found: Found) -> None:
        """Nothing is made of it."""

    yield visit


@dataclass(frozen=True)
class Surveyor:
    """Takes surveys. ``amendments`` are all of them; a task is surveyed with those that name it."""

    pool: Repository
    frame: Frame
    amendments: tuple[Amendment, ...]

    def rules(self) -> str:
        """The digest of what every survey is made from, beside its own files."""
        frame = self.frame
        return sha256_json([
            [model.model_dump(mode="json") for model in frame.models],
            sorted((name, when.isoformat()) for name, when in frame.drifts.items()), list(map(list, frame.pairs)),
            [frame.limits.cells, frame.limits.all_rows], code_digest("pool", "stats", "text", "analyse", "publish"),
            [list(one) for one in library_versions("numpy", "scipy", "sacrebleu", "scikit-learn")],
        ])

    def of(self, tasks: Sequence[str], cores: int, progress: Progress | None = None) -> list[Surveyed]:
        """The surveys of ``tasks``, in their order; ``progress`` hears tasks done and to do."""
        return [surveyed for surveyed, _ in self.visited(tasks, cores, _nobody, progress)]

    def visited(
        self, tasks: Sequence[str], cores: int, visitor: Visitor[Made], progress: Progress | None = None
    ) -> list[tuple[Surveyed, Made]]:
        """The surveys of ``tasks``, each with what a visit made of it while its cells were at hand.

        ``visitor`` is opened once in each process.
        """
        rules = self.rules()

        def some(numbers: Iterable[int]) -> Iterable[tuple[int, tuple[Surveyed, Made]]]:
            with Kept(self.pool, rules, time.time_ns) as kept, visitor() as visit:
                for number in numbers:
                    found = self._one(kept, tasks[number])
                    yield number, (found.surveyed, visit(found))

        done: dict[int, tuple[Surveyed, Made]] = {}
        for number, made in spread(len(tasks), cores, some):
            done[number] = made
            if progress:
                progress(len(done), len(tasks))
        return [done[number] for number in range(len(tasks))]

    def named(self, task: str) -> tuple[Amendment, ...]:
        """The amendments that name a task."""
        return tuple(one for one in self.amendments if one.task == task)

    def _one(self, kept: Kept, task: str) -> Found:
        told = sha256_json([one.model_dump(mode="json") for one in self.named(task)])
        held = kept.survey(task, told)
        if held is not None:
            surveyed, digest = held
            found = Found(surveyed, lambda: kept.items(task) or self._take(task)[1])
        else:
            surveyed, items, cells = self._take(task)
            digest = kept.put(task, told, surveyed, items)
            found = Found(surveyed, lambda: items, cells)
        return replace(found, surveyed=replace(surveyed, survey=replace(surveyed.survey, digest=digest)))

    def _take(self, task: str) -> tuple[Surveyed, ItemSurvey, Mapping[tuple[str, str], Cell]]:
        folder = self.pool.tasks_folder / task
        if not folder.is_dir():
            return self._without_card(task, None)
        try:
            found = self.pool.task(folder)
        except BadFile as error:
            return self._without_card(task, faults.broken(self.pool.root, "task", folder, error, task))
        if fault := task_fault(self.pool, found):
            return self._without_card(task, fault)
        try:
            taken = take(self.pool, found, self.frame, self.named(task))
            return Surveyed(entry_of(self.pool, found, taken.survey), taken.survey), taken.items, taken.cells
        except VALUE_FAULTS as error:
            return self._without_card(task, faults.unshown(self.pool.root, "task", folder, error, task))

    def _without_card(
        self, task: str, fault: Broken | None
    ) -> tuple[Surveyed, ItemSurvey, Mapping[tuple[str, str], Cell]]:
        """A task that is not in the pool, is a link, or cannot be read: its cells are named and nothing else."""
        taken = take_orphans(self.pool, task)
        survey: Survey = taken.survey
        return Surveyed(None, replace(survey, broken=(*([fault] if fault else []), *survey.broken))), taken.items, {}
