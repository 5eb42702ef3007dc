"""A run: every chosen cell that is not whole and of today's key, measured, written as soon as it is known.

One broken task, one failing model or one dead endpoint never stops the others; what was answered is in the response
store before the next question is asked, so a run that is stopped anywhere goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from commons.engines.base import Engine, EngineFacts, EngineKind, engine_kind
from commons.errors import BadFile, BrokenResult, CommonsError
from commons.evaluate.generate import Counts, answers_for
from commons.evaluate.measure import Measured, cell_of, form_of, rendered_items
from commons.evaluate.progress import Progress
from commons.evaluate.renderings import rendering_of
from commons.evaluate.surroundings import Surroundings
from commons.evaluate.transcripts import write_transcript
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.sandbox import Confinement
from commons.harness.store import ResponseStore, store_model
from commons.plan.cells import Decision, decide
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Provenance
from commons.pool.hashing import model_hash, protocol_hash
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task


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


@dataclass(frozen=True)
class CellResult:
    """What became of one cell."""

    task: str
    model: str
    state: str
    reason: str
    path: Path | None = None
    cell: Cell | None = None


@dataclass
class RunReport:
    """What became of all of them."""

    cells: list[CellResult] = field(default_factory=list)
    errors: list[tuple[str, CommonsError]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


class Run:
    """One run over a repository."""

    def __init__(
        self, repository: Repository, store: ResponseStore, progress: Progress, outside: Surroundings
    ) -> None:
        self._repository = repository
        self._store = store
        self._progress = progress
        self._outside = outside
        self._report = RunReport()
        self._protocol = protocol_hash(HARNESS_VERSION)

    def run(self, request: RunRequest) -> RunReport:
        """Do it. Errors of one task or model are in the report and stop nothing else."""
        renderings = self._render(request)
        for model in request.models:
            planned = []
            for task, rendering in renderings:
                decision = self._decide(task, rendering, model, request)
                if decision is not None and decision.planned:
                    planned.append((task, rendering, decision))
            if planned:
                self._run_model(model, planned, request)
        return self._report

    def _render(self, request: RunRequest) -> list[tuple[Task, TaskRendering]]:
        done = []
        self._progress.begin("rendering tasks", len(request.tasks))
        for task in request.tasks:
            try:
                done.append((task, rendering_of(task, self._repository.work, request.confinement)))
            except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
                self._report.errors.append((task.name, _expected(error)))
            self._progress.advance(1)
        self._progress.end()
        return done

    def _decide(self, task: Task, rendering: TaskRendering, model: Model, request: RunRequest) -> Decision | None:
        try:
            stored = self._repository.ledger.cell(task.name, model.id)
        except BadFile as error:
            self._progress.say(f"{error} It is measured again.")
            stored = None
        decision = decide(rendering, task.card, model, self._protocol, model_hash(model), stored, force=request.force)
        path = self._repository.ledger.cell_path(task.name, model.id)
        if decision.inapplicable:
            self._note(task, model, "inapplicable", decision.inapplicable)
        elif not decision.planned:
            self._write_rendered(rendering, task)
            self._report.cells.append(CellResult(task.name, model.id, "fresh", "of today's key", path, stored))
        return decision

    def _run_model(
        self, model: Model, planned: list[tuple[Task, TaskRendering, Decision]], request: RunRequest
    ) -> None:
        try:
            kind = engine_kind(model)
            ready = kind.check(model)
        except CommonsError as error:
            self._report.errors.append((model.id, error))
            return
        if not ready.ready:
            for task, _, _ in planned:
                self._note(task, model, "cannot run here", f"{ready.reason}; {ready.mend}")
            return
        loading = _Loading(model, kind, self._store, self._progress, self._outside.seconds)
        self._progress.begin(model.id, sum(len(_chosen(rendering, request.limit)) for _, rendering, _ in planned))
        try:
            for task, rendering, decision in planned:
                try:
                    self._measure(task, rendering, decision, loading, request)
                except Exception as error:  # noqa: BLE001  (as above)
                    self._report.errors.append((f"{task.name} on {model.id}", _expected(error)))
        finally:
            self._progress.end()
            loading.close()

    def _measure(
        self, task: Task, rendering: TaskRendering, decision: Decision, loading: _Loading, request: RunRequest
    ) -> None:
        started, clock, loaded = self._outside.now(), self._outside.seconds(), loading.seconds
        reused = self._report.counts.reused
        model = loading.model
        form = form_of(model)
        answers = answers_for(rendering, form, _chosen(rendering, request.limit), self._store, loading.key,
                              loading.engine, self._progress, self._report.counts)
        measured = Measured(task, model, rendering, decision.key, answers, loading.facts())
        transcript = write_transcript(rendering, form, answers, self._repository.work)
        seconds = self._outside.seconds() - clock - (loading.seconds - loaded)
        provenance = self._provenance(measured, started.isoformat(timespec="seconds"), round(seconds, 1),
                                      self._report.counts.reused - reused)
        cell = cell_of(measured, transcript, provenance, self._outside.salt, request.confinement)
        reason = decision.reason.value if decision.reason else ""
        path = self._write(cell, rendering, task)
        state = "partial" if cell.partial else "measured"
        self._report.cells.append(CellResult(task.name, model.id, state, reason, path, cell))

    def _write(self, cell: Cell, rendering: TaskRendering, task: Task) -> Path:
        ledger = self._repository.ledger
        path = ledger.cell_path(task.name, cell.identity.model)
        try:
            stored = ledger.cell(task.name, cell.identity.model)
        except BadFile:
            stored = None
        if stored and stored.identity.cell_key == cell.identity.cell_key and _scored(stored) > _scored(cell):
            self._progress.say(f"{path.name}: the stored cell stays; this run has scores for fewer of its items.")
            return path
        self._write_rendered(rendering, task)
        return ledger.write_cell(cell)

    def _write_rendered(self, rendering: TaskRendering, task: Task) -> None:
        """Bring the task's rendered items up to date: written where they differ, gone where they are withheld."""
        ledger = self._repository.ledger
        if task.card.publish is not PublishLevel.SAMPLES:
            ledger.remove_rendered(task.name)
            return
        fresh = rendered_items(rendering, task)
        try:
            stored = ledger.rendered(task.name)
        except BadFile:
            stored = None
        if stored != fresh:
            ledger.write_rendered(fresh)

    def _provenance(self, measured: Measured, started: str, seconds: float, reused: int) -> Provenance:
        price = measured.model.price
        cost = None
        if price is not None:
            tokens_in = sum(answer.tokens_in or 0 for answer in measured.answers.values())
            tokens_out = sum(answer.tokens_out or 0 for answer in measured.answers.values())
            cost = round((tokens_in * price.input_per_million + tokens_out * price.output_per_million) / 1e6, 6)
        return Provenance(
            commit=self._outside.commit, run_url=self._outside.run_url,
            versions={"lm_eval": HARNESS_VERSION, **measured.facts.versions}, weights=measured.facts.weights,
            engine=measured.facts.name, host=self._outside.host, started=started, seconds=seconds,
            answers_reused=reused, cost_usd=cost,
        )

    def _note(self, task: Task, model: Model, state: str, reason: str) -> None:
        self._report.cells.append(CellResult(task.name, model.id, state, reason))


class _Loading:
    """Opens a model when the first question has no stored answer, and remembers what it said about itself."""

    def __init__(
        self, model: Model, kind: EngineKind, store: ResponseStore, progress: Progress, clock: Callable[[], float]
    ) -> None:
        self.model = model
        self.seconds = 0.0
        self._clock = clock
        self.key = store_model(model_hash(model), kind.versions())
        self._kind = kind
        self._store = store
        self._progress = progress
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        if self._engine is None:
            self._progress.say(f"Loading {self.model.name} ...")
            begun = self._clock()
            self._engine = self._kind.open(self.model)
            self.seconds = self._clock() - begun
            self._store.put_facts(self.key, json.dumps(asdict(self._engine.facts)))
        return self._engine

    def facts(self) -> EngineFacts:
        stored = self._store.facts(self.key)
        try:
            return EngineFacts(**json.loads(stored)) if stored else self.engine().facts
        except (TypeError, ValueError):
            # What an older program kept about the engine: ask the engine itself.
            return self.engine().facts

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()


def _expected(error: Exception) -> CommonsError:
    if isinstance(error, CommonsError):
        return error
    return BrokenResult(f"Something unexpected happened: {type(error).__name__}: {error}"[:500],
                        mend="Please report this with the task.")


def _scored(cell: Cell) -> int:
    return sum(row.outcome.has_score for row in cell.rows)


def _chosen(rendering: TaskRendering, limit: int | None) -> set[str]:
    """The items to ask: all, or the first ``limit`` in the order of the data, which a seed shuffled."""
    return {item.id for item in rendering.items[:limit]}
