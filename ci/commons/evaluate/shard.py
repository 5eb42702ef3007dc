"""One shard of a plan, as a job that can be run again: it measures what the plan names, and nothing else.

The plan was made elsewhere, so every key is worked out again here: a checkout or a harness that would give other
cells than the planned ones is told so before a question is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from commons.engines.base import engine_kind
from commons.errors import BadFile, CannotRun, CommonsError
from commons.evaluate.measuring import CellJob, Measuring
from commons.evaluate.money import Purse
from commons.evaluate.progress import Progress
from commons.evaluate.report import RunReport, expected
from commons.evaluate.run import fresh, render_all
from commons.evaluate.shard_report import Requests, ShardReport, cell_lines, error_lines, write_report
from commons.evaluate.surroundings import Surroundings
from commons.evaluate.writing import Place, results_of, shard_folder
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.sandbox import Confinement
from commons.harness.store import ResponseStore, store_model
from commons.harness.store_schema import StoredModel
from commons.harness.store_travel import export
from commons.plan.cells import Reason, Standing, staleness, standing_of
from commons.plan.plan import Plan, PlannedCell
from commons.plan.stored import answering
from commons.plan.varying import put_otherwise
from commons.pool.card import PublishLevel
from commons.pool.cell import CANONICAL
from commons.pool.hashing import model_hash, protocol_hash
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.variants.registry import all_variants
from commons.variants.varied import put_name

ANSWERS_FILE = "responses.jsonl.gz"


@dataclass(frozen=True)
class ShardRequest:
    """Which shard of which plan. ``tasks`` are those of its tasks that can be read and pass lint, by name.

    With ``output``, results go to that folder; without it, into the pool's ledger.
    """

    plan: Plan
    plan_sha256: str
    number: int
    tasks: Mapping[str, Task]
    models: Mapping[str, Model]
    output: Path | None = None
    trust: bool = False


def folder_name(number: int) -> str:
    """The name of a shard's folder."""
    return f"shard-{number}"


class ShardRun:
    """A shard being run."""

    def __init__(
        self, repository: Repository, store: ResponseStore, progress: Progress, outside: Surroundings,
        request: ShardRequest,
    ) -> None:
        self._repository = repository
        self._store = store
        self._progress = progress
        self._outside = outside
        self._request = request
        self._plan = request.plan
        self._shard = request.plan.shard(request.number)
        self._cells = request.plan.cells_of(self._shard)
        self._confinement = Confinement.TRUST if request.trust else Confinement.SANDBOX
        self._place: Place = (results_of(repository) if request.output is None
                              else shard_folder(repository, request.output))

    def run(self) -> tuple[ShardReport, RunReport]:
        """Do it. What is wrong with one cell is in the reports and stops no other.

        Raises:
            CannotRun: the plan was made with another harness or scoring protocol.
        """
        begun = self._outside.seconds()
        self._check_protocol()
        measuring = Measuring(self._place, self._store, self._progress, self._outside, self._confinement,
                              purse=Purse(self._shard.most_dollars), drifts=self._plan.drifted)
        report = measuring.report
        puts = self._puts(report)
        models = self._models(report)
        jobs = []
        for cell in self._cells:
            if cell.put in puts and cell.model in models:
                try:
                    jobs += self._job(cell, *puts[cell.put], models[cell.model], report)
                except CommonsError as error:
                    report.errors.append((f"{cell.task} on {put_name(cell.model, cell.variant)}", error))
        self._progress.begin(f"shard {self._request.number}", sum(len(job.items) for job in jobs))
        for _, group in groupby(jobs, key=lambda job: job.model.id):
            of_model = list(group)
            measuring.model(of_model[0].model, of_model)
        self._progress.end()
        return self._finish(report, puts, models, self._outside.seconds() - begun), report

    def _check_protocol(self) -> None:
        here = protocol_hash(HARNESS_VERSION)
        if here != self._plan.protocol_hash:
            raise CannotRun(
                f"The plan was made with another harness or scoring protocol ({self._plan.protocol_hash[:12]}); here "
                f"it is lm_eval {HARNESS_VERSION} ({here[:12]}). {self._commits()}",
                mend="Install what the plan's commit pins (make install), or make the plan again: commons plan",
            )

    def _puts(self, report: RunReport) -> dict[str, tuple[Task, TaskRendering]]:
        """The planned tasks as they are put, whose hash is the planned one; varied folders are made here again."""
        found = self._canonical(report)
        variants = {}
        for cell in self._cells:
            if cell.variant != CANONICAL and cell.task in found:
                variants[cell.put] = (cell.task, cell.variant)
        if variants:
            self._progress.begin("varying tasks", len(variants))
        for name, (task, variant) in variants.items():
            try:
                found[name] = self._varied(*found[task], variant)
            except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
                report.errors.append((name, expected(error)))
            self._progress.advance(1)
        if variants:
            self._progress.end()
        return found

    def _varied(self, task: Task, canonical: TaskRendering, variant: str) -> tuple[Task, TaskRendering]:
        """A task put as planned.

        Raises:
            CannotRun: this program has no such variant, or would put the task otherwise.
        """
        way = next((one for one in all_variants() if one.name == variant), None)
        if way is None:
            raise CannotRun(f"The plan names the variant `{variant}`, which this program does not have.",
                            mend="Run the shard with the program that made the plan.")
        put = put_otherwise(task, way, canonical, self._repository.work, self._confinement)
        planned, here = self._plan.tasks[put_name(task.name, variant)], put[1].task_hash
        if planned != here:
            raise self._another(f"The variant `{variant}` of the task `{task.name}`", here, planned)
        return put

    def _another(self, what: str, here: str, planned: str) -> CannotRun:
        return CannotRun(f"{what} is not the planned one: its hash is {here[:12]}, planned is {planned[:12]}. "
                         f"{self._commits()}", mend="Check out the plan's commit, or make the plan again: commons plan")

    def _canonical(self, report: RunReport) -> dict[str, tuple[Task, TaskRendering]]:
        """The planned tasks whose hash is the planned one."""
        names = list(dict.fromkeys(cell.task for cell in self._cells))
        for name in names:
            if name not in self._request.tasks:
                error = CannotRun(f"The task `{name}` is not here, or does not pass lint. {self._commits()}",
                                  mend=f"Check out the plan's commit, and see: commons lint tasks/{name}")
                report.errors.append((name, error))
        tasks = [self._request.tasks[name] for name in names if name in self._request.tasks]
        found = {}
        for task, rendering in render_all(tasks, self._repository.work, self._confinement, self._progress, report):
            planned, here = self._plan.tasks[task.name], rendering.task_hash
            if planned == here:
                found[task.name] = (task, rendering)
            else:
                report.errors.append((task.name, self._another(f"The task `{task.name}`", here, planned)))
        return found

    def _models(self, report: RunReport) -> dict[str, Model]:
        """The planned models whose hash is the planned one."""
        found = {}
        for name in dict.fromkeys(cell.model for cell in self._cells):
            model = self._request.models.get(name)
            here = None if model is None else model_hash(model)
            if model is not None and here == self._plan.models[name]:
                found[name] = model
                continue
            what = "is not in models.yaml" if here is None else (
                f"is not the planned one: its hash is {here[:12]}, planned is {self._plan.models[name][:12]}")
            error = CannotRun(f"The model `{name}` {what}. {self._commits()}",
                              mend="Check out the plan's commit, or make the plan again: commons plan")
            report.errors.append((name, error))
        return found

    def _commits(self) -> str:
        return f"The plan was made at commit {_short(self._plan.commit)}; this is {_short(self._outside.commit)}."

    def _job(
        self, cell: PlannedCell, task: Task, rendering: TaskRendering, model: Model, report: RunReport
    ) -> list[CellJob]:
        """What is to be measured for a planned cell: nothing where an earlier run of the shard left it whole."""
        key, varied = self._plan.key(cell), self._plan.varied_of(cell.task, cell.variant)
        if self._is_done(cell, Standing(key.task_hash, key.model_hash, key.protocol_hash, task.card.publish,
                                        task.card.comparability_version)):
            report.cells.append(fresh(self._place, task, rendering, model, cell.variant))
            return []
        items = frozenset(item.id for item in rendering.items)
        return [CellJob(task, model, rendering, key, cell.reason.value, items, varied)]

    def _is_done(self, cell: PlannedCell, wanted: Standing) -> bool:
        drift = self._plan.drifted.get(cell.model)
        # Of a cell that was planned although it stood, only a date tells the new one from the old one.
        undated = cell.reason is Reason.FORCED or (cell.reason is Reason.ENDPOINT_DRIFTED and drift is None)
        if self._request.output is None and undated:
            return False
        try:
            stored = self._place.stored(cell.task, cell.model, cell.variant)
        except BadFile as error:
            self._progress.say(f"{error} It is measured again.")
            return False
        varied = self._plan.varied_of(cell.task, cell.variant)
        return stored is not None and staleness(wanted, standing_of(stored, drift, varied)) is None

    def _finish(
        self, report: RunReport, puts: Mapping[str, tuple[Task, TaskRendering]], models: Mapping[str, Model],
        seconds: float,
    ) -> ShardReport:
        request = self._request
        shown = {name: pair for name, pair in puts.items() if pair[0].card.publish is PublishLevel.SAMPLES}
        answers = 0 if request.output is None else self._export(request.output, shown, models, report)
        result = ShardReport(
            plan_sha256=request.plan_sha256, shard=request.number, commit=self._outside.commit,
            cells=cell_lines(report, self._cells),
            errors=error_lines(report.errors, self._repository.root),
            requests=Requests(sent=report.counts.sent, reused=report.counts.reused, faults=report.counts.faults),
            answers=answers, withheld=sorted({puts[name][0].name for name in set(puts) - set(shown)}),
            seconds=round(seconds, 1), cost_usd=round(report.counts.dollars, 6),
        )
        if request.output is not None:
            write_report(result, request.output)
        return result

    def _export(
        self, output: Path, shown: Mapping[str, tuple[Task, TaskRendering]], models: Mapping[str, Model],
        report: RunReport,
    ) -> int:
        """Leave the answers to this shard's requests in its folder, so that they can be taken in elsewhere."""
        keys, requests = set(), set()
        for cell in self._cells:
            if cell.put in shown and cell.model in models:
                model = models[cell.model]
                versions = answering(engine_kind(model), self._plan.drifted.get(cell.model))
                about = StoredModel(store_model(model_hash(model), versions), model.id, model_hash(model), versions)
                keys.add(about.key)
                # Whoever looked after the store meanwhile may have dropped what it said of a model without answers.
                self._store.describe(about)
                requests |= {one.digest for one in shown[cell.put][1].needed(model.form)}
        try:
            return export(self._store, output / ANSWERS_FILE, models=keys, requests=requests)
        except OSError as error:
            report.errors.append((ANSWERS_FILE, expected(error)))
            return 0


def _short(commit: str | None) -> str:
    return "unknown" if commit is None else commit[:12] + ("-dirty" if commit.endswith("-dirty") else "")
