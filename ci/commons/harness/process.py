"""Starting worker processes: an empty environment, a scratch home, a time limit, and results read as outside data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from commons.errors import BadFile, BrokenResult, Problem, Where
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.worker import WorkerError, WorkerJob
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
    return _run(WorkerJob(step="render", folder=task.folder.resolve()), task, TaskRendering)


def score_task(task: Task, job: ScoreJob) -> ScoreResult:
    """Grade answers in a process of its own; raises as :func:`render_task`."""
    return _run(WorkerJob(step="score", folder=task.folder.resolve(), score=job), task, ScoreResult)


def _run(job: WorkerJob, task: Task, model: type[Result]) -> Result:
    with tempfile.TemporaryDirectory(prefix="commons-worker-") as scratch:
        job_file, result_file = Path(scratch, "job.json"), Path(scratch, "result.json")
        job_file.write_text(job.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-I", "-m", "commons.harness.worker", str(job_file), str(result_file)]
        try:
            done = subprocess.run(
                command, cwd=scratch, env=_environment(scratch, task), capture_output=True, check=False,
                timeout=TIMEOUT_SECONDS, stdin=subprocess.DEVNULL, start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            sentence = f"The {job.step} step of `{task.name}` took longer than {TIMEOUT_SECONDS} s and was stopped."
            raise BrokenResult(sentence, mend="Look for an endless loop in the task's hooks or templates.") from error
        if not result_file.is_file() or result_file.stat().st_size > MAX_RESULT_BYTES:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it printed nothing"])[-1]
            sentence = f"The {job.step} step of `{task.name}` died with exit code {done.returncode}: {last[:300]}"
            raise BrokenResult(sentence, mend="Check the task's hooks, and this machine's memory.")
        return _read(result_file, task, model)


def _read(result_file: Path, task: Task, model: type[Result]) -> Result:
    try:
        content = json.loads(result_file.read_text(encoding="utf-8"))
        if "error" in content:
            error = WorkerError.model_validate(content["error"])
            where = Where(Path(error.path) if error.path else task.config_document.path, error.line)
            raise BadFile([Problem("harness", error.sentence, where, error.mend)])
        return model.model_validate(content["result"])
    except (ValidationError, json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        sentence = f"The harness process of `{task.name}` gave a result that does not fit the format."
        raise BrokenResult(sentence, mend="Check the task's hooks.") from error


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
        "PYTHONDONTWRITEBYTECODE": "1",
        "DISABLE_MULTIPROC": "1",
    }
    if task.config.files_by_split:
        environment |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    for needed in ("SYSTEMROOT", "LD_LIBRARY_PATH"):
        if needed in os.environ:
            environment[needed] = os.environ[needed]
    return environment
