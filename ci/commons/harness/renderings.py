"""Renderings, memoised by folder digest: a task that has not changed is not loaded again."""

from __future__ import annotations

import functools
from pathlib import Path

from pydantic import ValidationError

import commons
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.sandbox import Confinement
from commons.harness.session import render_task
from commons.pool.hashing import PROTOCOL_VERSION, folder_digest, sha256_file, sha256_json
from commons.pool.ledger import write_whole
from commons.pool.task import Task


def rendering_of(task: Task, work: Path, confinement: Confinement = Confinement.SANDBOX) -> TaskRendering:
    """The rendering of ``task``, from the memo under ``work`` where the folder and the program are the same.

    What was rendered without a sandbox is never taken for what the sandbox gave: code may behave otherwise there.

    Raises:
        CommonsError: the task cannot be rendered; see :class:`commons.harness.session.WorkerSession`.
    """
    program = [HARNESS_VERSION, PROTOCOL_VERSION, program_digest()]
    name = sha256_json([folder_digest(task.folder), *program, confinement.value])
    memo = work / "renderings" / f"{name}.json"
    if memo.is_file():
        try:
            return TaskRendering.model_validate_json(memo.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError):
            memo.unlink()
    rendering = render_task(task, confinement)
    write_whole(memo, rendering.model_dump_json())
    return rendering


@functools.cache
def program_digest() -> str:
    """A digest of the code that renders, so that a memo never outlives a change to it."""
    folder = Path(commons.__file__).parent
    files = [*sorted((folder / "harness").glob("*.py")), folder / "pool" / "items.py"]
    return sha256_json([sha256_file(path) for path in files])
