"""Measuring what was decided: the cells of one model after another, each written as soon as it is known.

One broken task, one failing model or one dead endpoint never stops the others; what was answered is in the response
store before the next question is asked, so a run that is stopped anywhere goes on from there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commons.engines.base import engine_kind
from commons.errors import CannotRun, CommonsError
from commons.evaluate.generate import answers_for
from commons.evaluate.loading import Loading
from commons.evaluate.measure import Measured, cell_of
from commons.evaluate.money import Purse, dollars_of
from commons.evaluate.progress import Progress
from commons.evaluate.report import CellResult, RunReport, expected
from commons.evaluate.surroundings import Surroundings
from commons.evaluate.writing import Place
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.renderings import changed, forget, is_unchanged
from commons.harness.requests import Answer
from commons.harness.sandbox import Confinement
from commons.harness.store import ResponseStore
from commons.plan.memo import MEMO_FILE, Memo
from commons.plan.words import money
from commons.pool.cell import CANONICAL, Cell, Provenance, Transcript
from commons.pool.hashing import CellKey
from commons.pool.models import Model
from commons.pool.task import Task
from commons.variants.varied import Varied, put_name


@dataclass(frozen=True)
class CellJob:
    """One cell to measure: ``items`` are to be asked, the others only take what the store knows.

    Where it is ``varied``, task and rendering are the varied ones.
    """

    task: Task
    model: Model
    rendering: TaskRendering
    key: CellKey
    reason: str
    items: frozenset[str]
    varied: Varied | None = None

    @property
    def variant(self) -> str:
        """How the task is put."""
        return CANONICAL if self.varied is None else self.varied.name

    @property
    def named(self) -> str:
        """The cell's name in messages."""
        column = self.model.id if self.varied is None else f"{self.model.id}@{self.variant}"
        return f"{self.task.name} on {column}"


class Measuring:
    """Measures cells into one place and notes in ``report`` what became of them; nothing is raised for one cell.

    ``purse`` is what the answers may cost, ``drifts`` is when endpoints were last seen to have drifted.
    """

    def __init__(
        self, place: Place, store: ResponseStore, progress: Progress, outside: Surroundings, confinement: Confinement,
        *, purse: Purse | None = None, drifts: Mapping[str, datetime.datetime] | None = None,
    ) -> None:
        self.report = RunReport()
        self._place = place
        self._store = store
        self._progress = progress
        self._outside = outside
        self._confinement = confinement
        self._purse = purse or Purse()
        self._drifts = drifts or {}

    def model(self, model: Model, jobs: Sequence[CellJob]) -> None:
        """Measure the cells of one model, which is loaded once at most."""
        try:
            kind = engine_kind(model)
            ready = kind.check(model)
        except CommonsError as error:
            self.report.errors.append((model.id, error))
            return
        if not ready.ready:
            self.report.cells += [
                CellResult(job.task.name, model.id, "cannot run here", f"{ready.reason}; {ready.mend}",
                           variant=job.variant) for job in jobs
            ]
            return
        loading = Loading(model, kind, self._store, self._progress, self._outside.seconds,
                          self._drifts.get(model.id))
        try:
            for job in jobs:
                try:
                    self._measure(job, loading)
                except Exception as error:  # noqa: BLE001  (one cell never stops the others, whatever is wrong with it)
                    self.report.errors.append((job.named, expected(error)))
        finally:
            loading.close()

    def _measure(self, job: CellJob, loading: Loading) -> None:
        started, clock, loaded = self._outside.now(), self._outside.seconds(), loading.seconds
        counts = self.report.counts
        reused, form = counts.reused, job.model.form
        answers = answers_for(job.rendering, form, set(job.items), self._store, loading, self._progress, counts,
                              self._purse)
        self._say_unasked(job, answers)
        _refuse_changed(job)
        measured = Measured(job.task, job.model, job.rendering, job.key, answers, loading.facts(), job.varied)
        transcript = self._place.write_transcript(job.rendering, form, answers, job.task)
        seconds = self._outside.seconds() - clock - (loading.seconds - loaded)
        provenance = self._provenance(measured, started.isoformat(timespec="seconds"), round(seconds, 1),
                                      round(loading.seconds, 1) if loading.seconds > loaded else None,
                                      counts.reused - reused)
        cell = self._graded(job, measured, transcript, provenance)
        _refuse_changed(job)
        path, written = self._place.write(cell, job.rendering, job.task)
        if not written:
            self._progress.say(f"{path.name}: the stored cell stays; this run has scores for fewer of its items.")
        state = "partial" if cell.partial else "measured"
        self.report.cells.append(CellResult(job.task.name, job.model.id, state, job.reason, path, cell, job.variant))

    def _say_unasked(self, job: CellJob, answers: Mapping[str, Answer]) -> None:
        """Say where the money ended before the requests did.

        Raises:
            CannotRun: not one of them was sent, so there is no cell.
        """
        needed = job.rendering.needed(job.model.form, set(job.items))
        unasked = sum(request.digest not in answers for request in needed)
        if not unasked:
            return
        error = CannotRun(f"{unasked:,} of its {len(needed):,} requests were not sent: what is left of the "
                          f"{money(self._purse.dollars or 0.0)} that may be spent here does not surely pay for them.",
                          mend="Plan again, under a higher cap if need be: what was answered is kept.")
        if not answers:
            raise error
        self.report.errors.append((job.named, error))

    def _graded(
        self, job: CellJob, measured: Measured, transcript: Transcript, provenance: Provenance
    ) -> Cell:
        """The cell; what cannot be graded is rendered and planned afresh next time, in case a memo was at fault."""
        try:
            return cell_of(measured, transcript, provenance, self._outside.salt, self._confinement)
        except CommonsError:
            # What is withheld stays in the pool's own working folder, and so do memos.
            work = self._place.withheld
            forget(measured.rendering, work, self._confinement)
            with Memo(work / MEMO_FILE) as memo:
                memo.forget(put_name(measured.task.name, job.variant))
            raise

    def _provenance(
        self, measured: Measured, started: str, seconds: float, loaded: float | None, reused: int
    ) -> Provenance:
        answers = measured.answers.values()
        price = measured.model.price
        return Provenance(
            commit=self._outside.commit, run_url=self._outside.run_url,
            versions={"lm_eval": HARNESS_VERSION, **measured.facts.versions}, weights=measured.facts.weights,
            engine=measured.facts.name, host=self._outside.host, started=started, seconds=seconds,
            load_seconds=loaded, answers_reused=reused,
            tokens_in=sum(answer.tokens_in or 0 for answer in answers),
            tokens_out=sum(answer.tokens_out or 0 for answer in answers),
            cost_usd=None if price is None else round(dollars_of(price, answers), 6),
        )


def _refuse_changed(job: CellJob) -> None:
    """Grade nothing by a folder that is not the rendered one: it would stand under the old key.

    Raises:
        BrokenResult: the folder changed since.
    """
    if not is_unchanged(job.task, job.rendering):
        raise changed(job.task)
