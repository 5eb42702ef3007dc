"""The process that runs contributed code: ``python -m commons.harness.worker JOB RESULT``.

It reads one job file, loads one task, writes one result file and ends. It holds no key and no weights; whatever
contributed code does here, the parent reads back only the result file, and reads it as outside data.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import traceback
from pathlib import Path
from typing import Any, Literal

from commons.errors import BadFile, CommonsError, Where
from commons.harness.scoring import ScoreJob
from commons.pool.task import Task, read_task
from commons.pool.validate import Strict


class WorkerJob(Strict):
    """What a worker is asked to do."""

    step: Literal["render", "score"]
    folder: Path
    score: ScoreJob | None = None


class WorkerError(Strict):
    """Why a worker could not do it, in words for the task's author."""

    sentence: str
    path: str | None = None
    line: int = 0
    mend: str = ""


def main(job_file: str, result_file: str) -> None:
    """Do the job of ``job_file`` and write ``{"result": ...}`` or ``{"error": ...}`` to ``result_file``."""
    logging.disable(logging.WARNING)
    _seed()
    job = WorkerJob.model_validate_json(Path(job_file).read_text(encoding="utf-8"))
    outcome: dict[str, Any]
    try:
        outcome = {"result": _do(job, read_task(job.folder))}
    except Exception as error:  # noqa: BLE001  (contributed code may raise anything; its author must hear of it)
        outcome = {"error": _explain(error, job.folder).model_dump(mode="json")}
    Path(result_file).write_text(json.dumps(outcome), encoding="utf-8")


def _seed() -> None:
    """Seed as ``simple_evaluate`` does, so that a hook that draws at random draws the same in every worker."""
    import numpy as np

    random.seed(0)
    np.random.seed(1234)


def _do(job: WorkerJob, task: Task) -> Any:
    if job.step == "render":
        from commons.harness.render import render

        return render(task).model_dump(mode="json")
    from commons.harness.score import score

    if job.score is None:
        raise ValueError("a score job needs answers")
    return score(task, job.score).model_dump(mode="json")


def _explain(error: BaseException, folder: Path) -> WorkerError:
    """Name the last line of the task's own code that was running, where there is one."""
    if isinstance(error, CommonsError):
        where = error.problems[0].where if isinstance(error, BadFile) else error.where
        return WorkerError(sentence=error.sentence, path=str(where.path) if where else None,
                           line=where.line if where else 0, mend=error.mend)
    inside = str(folder.resolve())
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(inside)]
    where = Where(Path(frames[-1].filename), frames[-1].lineno or 0) if frames else None
    what = str(error).strip().splitlines()
    sentence = f"The harness could not load or run the task: {type(error).__name__}: {what[0] if what else 'no words'}"
    return WorkerError(sentence=sentence[:500], path=str(where.path) if where else None,
                       line=where.line if where else 0, mend="Run `commons lint` on the folder first.")


if __name__ == "__main__":
    main(*sys.argv[1:])
