"""The process that runs contributed code: ``python -m commons.harness.worker JOB RESULT``.

It stands ready with the harness loaded. For every line on its standard input it reads the job file, does the job,
writes the result file and answers with the same line. It holds no key and no weights; whatever contributed code does
here, the parent reads back only the result file, and reads it as outside data.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commons.errors import BadFile, CommonsError, Where
from commons.harness.jobs import WorkerJob
from commons.harness.results import MAX_RESULT_BYTES
from commons.harness.trial import ProbeJob, ProbeResult, WorkerError
from commons.pool.task import read_task

if TYPE_CHECKING:
    from commons.harness.loading import LoadedTask

_COMPILED_FROM_TEXT: set[Path] = set()
_USUAL_GET_CODE = SourceFileLoader.get_code


class Worker:
    """One task, loaded at its first job and kept for the next ones."""

    def __init__(self) -> None:
        self._loaded: LoadedTask | None = None

    def answer(self, job_file: Path, result_file: Path) -> None:
        """Do the job of ``job_file`` and write ``{"result": ...}`` or ``{"error": ...}`` to ``result_file``.

        The result file is written in place, because in the sandbox it is the one file that can be written.
        """
        _seed()
        job = WorkerJob.model_validate_json(job_file.read_text(encoding="utf-8"))
        outcome: dict[str, Any]
        try:
            with _last_look(job.until):
                outcome = {"result": self._do(job)}
        except Exception as error:  # noqa: BLE001  (contributed code may raise anything; its author must hear of it)
            outcome = {"error": _explain(error, job.folder).model_dump(mode="json")}
        text = json.dumps(outcome, separators=(",", ":"))
        if len(text) > MAX_RESULT_BYTES:
            text = json.dumps({"error": _too_large(len(text)).model_dump(mode="json")})
        result_file.write_text(text, encoding="utf-8")

    def _do(self, job: WorkerJob) -> Any:
        from commons.harness.loading import load
        from commons.harness.render import render
        from commons.harness.score import score

        if self._loaded is None:
            _never_run_bytecode_below(job.folder)
            self._loaded = load(read_task(job.folder))
        self._loaded.fewshot_order = job.fewshot_order
        if job.step == "render":
            return render(self._loaded).model_dump(mode="json", exclude_defaults=True)
        if job.step == "trial":
            probes = (self._try(self._loaded, probe, job.folder) for probe in job.probes)
            return {"probes": [probe.model_dump(mode="json") for probe in probes]}
        if job.score is None:
            raise ValueError("a score job needs answers")
        return score(self._loaded, job.score).model_dump(mode="json")

    def _try(self, loaded: LoadedTask, probe: ProbeJob, folder: Path) -> ProbeResult:
        from commons.harness.score import grade_probe

        try:
            return ProbeResult(name=probe.name, result=grade_probe(loaded, probe))
        except Exception as error:  # noqa: BLE001  (a grader that one probe breaks must not hide the others)
            return ProbeResult(name=probe.name, error=_explain(error, folder))


def main(job_file: str, result_file: str) -> None:
    """Answer jobs until standard input ends."""
    logging.disable(logging.WARNING)
    signals, answers = _private_channel()
    _warm_up()
    worker = Worker()
    for line in signals:
        worker.answer(Path(job_file), Path(result_file))
        answers.write(line)
        answers.flush()


@contextlib.contextmanager
def _last_look(until: float | None) -> Iterator[None]:
    """Let Python write to standard error what it is running, shortly before ``until``, when it is stopped."""
    if until is None:
        yield
        return
    left = max(0.1, until - time.monotonic())
    faulthandler.dump_traceback_later(left - min(1.0, left / 4), file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _private_channel() -> tuple[Any, Any]:
    """Standard input and output under other numbers, so that what contributed code prints or reads is not them."""
    signals, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return signals, answers


def _warm_up() -> None:
    """Import what every job needs, also what `datasets` imports late, before the first job comes."""
    import scipy.io  # noqa: F401

    import commons.harness.render
    import commons.harness.score  # noqa: F401


def _never_run_bytecode_below(folder: Path) -> None:
    """Let Python compile every module below ``folder`` from its text.

    Bytecode that lies there is never run: the hook that a person read and that the task hash holds is the hook that
    runs. The libraries keep theirs, without which starting would take four times as long.
    """
    _COMPILED_FROM_TEXT.add(folder.resolve())
    SourceFileLoader.get_code = _get_code  # type: ignore[method-assign,assignment]


def _get_code(loader: SourceFileLoader, name: str) -> Any:
    path = loader.get_filename(name)
    if not _COMPILED_FROM_TEXT.isdisjoint(Path(path).resolve().parents):
        return loader.source_to_code(loader.get_data(path), path)
    return _USUAL_GET_CODE(loader, name)


def _seed() -> None:
    """Seed as ``simple_evaluate`` does, so that a hook that draws at random draws the same in every worker."""
    import numpy as np

    random.seed(0)
    np.random.seed(1234)


def _too_large(size: int) -> WorkerError:
    sentence = (f"What the task sends and is graded by takes {size / 1e6:,.0f} MB, and at most "
                f"{MAX_RESULT_BYTES / 1e6:.0f} MB are read.")
    return WorkerError(sentence=sentence, mend="Keep fewer items or shorter prompts, or make several tasks of it.")


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
