"""A run: every chosen cell that is not whole and of today's key, decided here and measured by ``measuring``."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile
from commons.evaluate.measuring import CellJob, Measuring
from commons.evaluate.progress import Progress
from commons.evaluate.report import CellResult, RunReport, expected
from commons.evaluate.surroundings import Surroundings
from commons.evaluate.writing import Place, results_of
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.renderings import rendering_of
from commons.harness.sandbox import Confinement
from commons.harness.store import ResponseStore
from commons.plan.cells import Decision, decide, standing_of
from commons.plan.outline import TaskOutline, outline_of
from commons.pool.hashing import model_hash, protocol_hash
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import read_drifts
from commons.pool.task import Task

__all__ = ["Run", "RunReport", "RunRequest"]


@dataclass(frozen=True)
class RunRequest:
    """What to run: tasks and models, how many items of each task (None: all), and whether to run fresh cells too.

    ``trust`` runs the tasks' own code without a sandbox.
    """

    tasks: Sequence[Task]
    models: Sequence[Model]
    limit: int | None = None
    force: bool = False
    trust: bool = False

    @property
    def confinement(self) -> Confinement:
        """How the tasks' own code is held."""
        return Confinement.TRUST if self.trust else Confinement.SANDBOX


class Run:
    """One run over a repository, into its ledger."""

    def __init__(
        self, repository: Repository, store: ResponseStore, progress: Progress, outside: Surroundings
    ) -> None:
        self._repository = repository
        self._store = store
        self._progress = progress
        self._outside = outside
        self._place = results_of(repository)
        self._protocol = protocol_hash(HARNESS_VERSION)
        self._drifts: Mapping[str, datetime.datetime] = {}

    def run(self, request: RunRequest) -> RunReport:
        """Do it. Errors of one task or model are in the report and stop nothing else."""
        drifts = read_drifts(self._place.ledger.root, request.models)
        self._drifts = drifts.since
        for broken in drifts.broken:
            self._progress.say(f"{broken.error} Nobody can say whether the endpoint drifted.")
        measuring = Measuring(self._place, self._store, self._progress, self._outside, request.confinement,
                              drifts=drifts.since)
        renderings = render_all(request.tasks, self._repository.work, request.confinement, self._progress,
                                measuring.report)
        outlined = [(task, rendering, outline_of(rendering, task.card)) for task, rendering in renderings]
        for model in request.models:
            jobs = []
            for task, rendering, outline in outlined:
                decision = self._decide(outline, model, request.force)
                if decision.reason is not None:
                    items = frozenset(item.id for item in rendering.items[:request.limit])
                    jobs.append(CellJob(task, model, rendering, decision.key, decision.reason.value, items))
                else:
                    measuring.report.cells.append(self._left(task, rendering, model, decision))
            if jobs:
                self._progress.begin(model.id, sum(len(job.items) for job in jobs))
                measuring.model(model, jobs)
                self._progress.end()
        return measuring.report

    def _decide(self, outline: TaskOutline, model: Model, force: bool) -> Decision:
        try:
            stored = self._place.stored(outline.task, model.id)
        except BadFile as error:
            self._progress.say(f"{error} It is measured again.")
            stored = None
        standing = None if stored is None else standing_of(stored, self._drifts.get(model.id))
        return decide(outline, model, self._protocol, model_hash(model), standing, force=force)

    def _left(self, task: Task, rendering: TaskRendering, model: Model, decision: Decision) -> CellResult:
        """What is said of a cell that is not measured now."""
        if decision.inapplicable:
            return CellResult(task.name, model.id, "inapplicable", decision.inapplicable)
        return fresh(self._place, task, rendering, model)


def fresh(place: Place, task: Task, rendering: TaskRendering, model: Model) -> CellResult:
    """A cell that stands as it is; lost rendered items come back."""
    place.write_rendered(rendering, task)
    stored, path = place.stored(task.name, model.id), place.ledger.cell_path(task.name, model.id)
    return CellResult(task.name, model.id, "fresh", "of today's key", path, stored)


def render_all(
    tasks: Sequence[Task], work: Path, confinement: Confinement, progress: Progress, report: RunReport
) -> list[tuple[Task, TaskRendering]]:
    """Render tasks, memoised under ``work``; those that cannot be rendered are errors in ``report``."""
    done = []
    progress.begin("rendering tasks", len(tasks))
    for task in tasks:
        try:
            done.append((task, rendering_of(task, work, confinement)))
        except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
            report.errors.append((task.name, expected(error)))
        progress.advance(1)
    progress.end()
    return done
