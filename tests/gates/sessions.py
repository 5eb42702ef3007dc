"""Sessions for tests of gates: the real worker's code in this process, where the harness is loaded once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from commons.errors import BadFile, Problem, Where
from commons.gates.running import Trials, run_gates
from commons.harness.checks import check_rendering, check_scores, check_trial
from commons.harness.jobs import WorkerJob
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.trial import ProbeJob, ProbeResult, ProbeResults
from commons.harness.worker import Worker
from commons.pool.task import Task, read_task


class NearSession:
    """What ``WorkerSession`` does, without a process; that it is one is what tests/harness shows."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._worker = Worker()

    def render(self, fewshot_order: int = 0) -> TaskRendering:
        """Render the task."""
        content = self._do(WorkerJob(step="render", folder=self._folder, fewshot_order=fewshot_order))
        rendering = TaskRendering.model_validate(content)
        check_rendering(rendering, self._task)
        return rendering

    def trial(
        self, rendering: TaskRendering, probes: Sequence[ProbeJob], *, seconds: float | None = None  # noqa: ARG002
    ) -> tuple[ProbeResult, ...]:
        """Grade probes; nothing limits the time here."""
        content = self._do(WorkerJob(step="trial", folder=self._folder, probes=tuple(probes)))
        return check_trial(ProbeResults.model_validate(content).probes, probes, rendering)

    def score(self, rendering: TaskRendering, job: ScoreJob, fewshot_order: int = 0) -> ScoreResult:
        """Grade a model's answers."""
        order = WorkerJob(step="score", folder=self._folder, fewshot_order=fewshot_order, score=job)
        result = ScoreResult.model_validate(self._do(order))
        check_scores(result, job, rendering)
        return result

    @property
    def _folder(self) -> Path:
        return self._task.folder.resolve()

    def _do(self, job: WorkerJob) -> object:
        with TemporaryDirectory() as scratch:
            job_file, result_file = Path(scratch, "job.json"), Path(scratch, "result.json")
            job_file.write_text(job.model_dump_json(), encoding="utf-8")
            self._worker.answer(job_file, result_file)
            content = json.loads(result_file.read_text(encoding="utf-8"))
        if "error" in content:
            error = content["error"]
            raise BadFile([Problem("harness", error["sentence"], Where(self._task.folder), error["mend"])])
        return content["result"]


def try_folder(folder: Path, **options: int) -> Trials:
    """Run the gates on a task folder."""
    task = read_task(folder)
    return run_gates(task, NearSession(task), **options)


def states(trials: Trials) -> dict[str, str]:
    """How each gate ended, by name."""
    return {gate.name: gate.state.value for gate in trials.gates}
