"""Worker sessions: a process that loads one task once and does one job after another.

Jobs and results are files; a line on the worker's standard input asks for a job, the same line comes back when it is
done. What comes back is outside data: contributed code ran where it was made.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType

from commons.errors import BadFile, BrokenResult, Problem, Where
from commons.harness.checks import check_rendering, check_scores, check_trial
from commons.harness.jobs import WorkerJob
from commons.harness.process import TIMEOUT_SECONDS, WorkerProcess
from commons.harness.rendering import TaskRendering
from commons.harness.results import Result, UnreadableError, read_result
from commons.harness.sandbox import Confinement, check_reach, probe
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.sources import Sources, sources_of
from commons.harness.trial import ProbeJob, ProbeResult, ProbeResults, WorkerError
from commons.lint.findings import plain
from commons.pool.task import Task


class WorkerSession:
    """A worker for one task. Use as a context manager; the process starts at once and ends with the block.

    Opening one raises ``CannotRun`` where there is no sandbox and the task is not trusted, or where its data lies out
    of the sandbox's reach. Each job raises ``BadFile`` where the harness cannot load or run the task (with file and
    line where the task's own code is at fault), and ``BrokenResult`` where the process died, took longer than
    ``seconds`` (rendering: than ``render_seconds``, where given), or gave what no honest worker gives; the next job
    then gets a fresh process.
    """

    def __init__(
        self, task: Task, confinement: Confinement = Confinement.SANDBOX, *, seconds: int = TIMEOUT_SECONDS,
        render_seconds: float | None = None,
    ) -> None:
        self._task = task
        self._render_seconds = render_seconds
        self._worker = WorkerProcess(task, confinement, seconds)
        self._confinement = confinement

    def __enter__(self) -> WorkerSession:
        if self._confinement is Confinement.SANDBOX:
            probe()
            check_reach(self._task)
        self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.end()

    def render(self, fewshot_order: int = 0) -> TaskRendering:
        """Render the task; with its drawn few-shot examples in another order where ``fewshot_order`` is not 0."""
        job = WorkerJob(step="render", folder=self._folder, fewshot_order=fewshot_order)
        rendering = self._do(job, TaskRendering, self._render_seconds)
        check_rendering(rendering, self._task)
        # Which hooks and data these are, a worker that runs the hooks cannot be asked.
        graded = rendering.own_grader or self._task.config.process_results is not None
        return self._sources.named_in(rendering).model_copy(update={"own_grader": graded})

    def score(self, rendering: TaskRendering, job: ScoreJob, fewshot_order: int = 0) -> ScoreResult:
        """Grade a model's answers to the requests of ``rendering``, which was made with ``fewshot_order``."""
        order = WorkerJob(step="score", folder=self._folder, fewshot_order=fewshot_order, score=job)
        result = self._do(order, ScoreResult)
        check_scores(result, job, rendering)
        return result

    def trial(
        self, rendering: TaskRendering, probes: Sequence[ProbeJob], *, seconds: float | None = None
    ) -> tuple[ProbeResult, ...]:
        """Grade the answers of each of ``probes``, in their order; a probe that cannot be graded hides no other.

        ``seconds`` is a limit for this job alone. The worker is not told the probes' names: a grader that knew which
        answers are the right ones would need no other knowledge.
        """
        blind = tuple(probe.model_copy(update={"name": secrets.token_hex(8)}) for probe in probes)
        job = WorkerJob(step="trial", folder=self._folder, probes=blind)
        found = check_trial(self._do(job, ProbeResults, seconds).probes, blind, rendering)
        return tuple(result.model_copy(update={"name": probe.name})
                     for result, probe in zip(found, probes, strict=True))

    @cached_property
    def _sources(self) -> Sources:
        return sources_of(self._task)

    @property
    def _folder(self) -> Path:
        return self._task.folder.resolve()

    def _do(self, job: WorkerJob, model: type[Result], seconds: float | None = None) -> Result:
        text = self._worker.do(job, seconds)
        found, why = None, ""
        try:
            found = read_result(text, model)
        except UnreadableError as error:
            why = f": {error}"
        except (ValueError, KeyError, TypeError, RecursionError):
            # What is wrong is not kept: it holds a part of the hostile text for each of its faults.
            pass
        if found is None:
            raise BrokenResult(f"The harness process of `{self._task.name}` gave a result that does not fit the "
                               f"format{why}.", mend="Check the task's hooks" + (
                                   "; if they are honest, keep fewer items in one task." if why else "."))
        if isinstance(found, WorkerError):
            raise BadFile([Problem("harness", plain(found.sentence), place_of(found, self._task), plain(found.mend))])
        return found


def place_of(error: WorkerError, task: Task) -> Where:
    """The place that a worker names, where it lies in the task's own folder; else the task's configuration."""
    path = Path(plain(error.path)) if error.path else task.config_document.path
    inside = path.is_relative_to(task.folder.resolve()) or path.is_relative_to(task.folder)
    return Where(path, error.line) if inside else Where(task.config_document.path)


def render_task(task: Task, confinement: Confinement = Confinement.SANDBOX) -> TaskRendering:
    """Render ``task`` in a process of its own; raises as :class:`WorkerSession`."""
    with WorkerSession(task, confinement) as session:
        return session.render()


def score_task(
    task: Task, rendering: TaskRendering, job: ScoreJob, confinement: Confinement = Confinement.SANDBOX
) -> ScoreResult:
    """Grade answers in a process of its own; raises as :class:`WorkerSession`."""
    with WorkerSession(task, confinement) as session:
        return session.score(rendering, job)
