"""Starting worker processes: an empty environment, a scratch home, a time limit, and results read as outside data."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from commons.errors import BadFile, BrokenResult, Problem, Where
from commons.harness.checks import check_rendering, check_scores
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.worker import WorkerError, WorkerJob
from commons.lint.findings import plain
from commons.pool.task import Task

TIMEOUT_SECONDS = 900
MAX_RESULT_BYTES = 500_000_000

Result = TypeVar("Result", bound=BaseModel)


def render_task(task: Task) -> TaskRendering:
    """Render ``task`` in a process of its own.

    Raises:
        BadFile: the harness cannot load the task; names file and line where the task's own code is at fault.
        BrokenResult: the process died, took too long, or gave something that is no rendering.
    """
    rendering = _run(WorkerJob(step="render", folder=task.folder.resolve()), task, TaskRendering)
    check_rendering(rendering, task)
    return rendering


def score_task(task: Task, rendering: TaskRendering, job: ScoreJob) -> ScoreResult:
    """Grade answers in a process of its own; raises as :func:`render_task`."""
    result = _run(WorkerJob(step="score", folder=task.folder.resolve(), score=job), task, ScoreResult)
    check_scores(result, job, rendering)
    return result


def _run(job: WorkerJob, task: Task, model: type[Result]) -> Result:
    with tempfile.TemporaryDirectory(prefix="commons-worker-") as scratch:
        job_file, result_file = Path(scratch, "job.json"), Path(scratch, "result.json")
        job_file.write_text(job.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-s", "-m", "commons.harness.worker", str(job_file), str(result_file)]
        code, said = _run_to_the_end(command, scratch, task, job.step)
        if result_file.is_symlink() or not result_file.is_file() or result_file.stat().st_size > MAX_RESULT_BYTES:
            sentence = f"The {job.step} step of `{task.name}` died with exit code {code}: {said}"
            raise BrokenResult(sentence, mend="Check the task's hooks, and this machine's memory.")
        return _read(result_file, task, model)


def _run_to_the_end(command: list[str], scratch: str, task: Task, step: str) -> tuple[int, str]:
    """Run a worker, and end every process that it leaves behind; its exit code and the last line it wrote.

    What it prints goes to a file and not through a pipe, which a process left behind would hold open.
    """
    log = Path(scratch, "stderr.txt")
    with log.open("wb") as stderr:
        worker = subprocess.Popen(
            command, cwd=scratch, env=_environment(scratch, task), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
        )
        try:
            code = worker.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as error:
            sentence = f"The {step} step of `{task.name}` took longer than {TIMEOUT_SECONDS} s and was stopped."
            raise BrokenResult(sentence, mend="Look for an endless loop in the task's hooks or templates.") from error
        finally:
            _end_all(worker)
    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - 2000))
        lines = written.read().decode("utf-8", "replace").strip().splitlines()
    return code, plain(lines[-1] if lines else "it printed nothing")


def _end_all(worker: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started: they share a session of their own."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()
    worker.wait()


def _read(result_file: Path, task: Task, model: type[Result]) -> Result:
    try:
        content = json.loads(result_file.read_text(encoding="utf-8"))
        if "error" in content:
            error = WorkerError.model_validate(content["error"])
            raise BadFile([Problem("harness", plain(error.sentence), _where(error, task), plain(error.mend))])
        return model.model_validate(content["result"])
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        sentence = f"The harness process of `{task.name}` gave a result that does not fit the format."
        raise BrokenResult(sentence, mend="Check the task's hooks.") from error


def _where(error: WorkerError, task: Task) -> Where:
    """The place that a worker names, where it lies in the task's own folder."""
    path = Path(plain(error.path)) if error.path else task.config_document.path
    inside = path.is_relative_to(task.folder.resolve()) or path.is_relative_to(task.folder)
    return Where(path, error.line) if inside else Where(task.config_document.path)


def _environment(scratch: str, task: Task) -> dict[str, str]:
    """What a worker may see: no key, no token, no home. Only a task with data on the Hub may use the network."""
    environment = {
        "PATH": os.defpath,
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "HF_HOME": scratch,
        "TQDM_DISABLE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "1",
        # Bytecode that lies in the folder is never run, and none is written there: the hook that a person read and
        # that the task hash holds is the hook that runs.
        "PYTHONPYCACHEPREFIX": str(Path(scratch, "bytecode")),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONHASHSEED": "0",
        "DISABLE_MULTIPROC": "1",
    }
    if task.config.files_by_split:
        environment |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    for needed in ("SYSTEMROOT", "LD_LIBRARY_PATH"):
        if needed in os.environ:
            environment[needed] = os.environ[needed]
    return environment
