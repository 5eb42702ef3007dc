"""Renderings, memoised by folder digest: a task that has not changed is not loaded again."""

from __future__ import annotations

import functools
from pathlib import Path

from pydantic import ValidationError

from commons.errors import BrokenResult, Where
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.sandbox import Confinement
from commons.harness.session import render_task
from commons.pool.hashing import PROTOCOL_VERSION, folder_digest, sha256_json
from commons.pool.program import code_digest, library_versions
from commons.pool.secret import Seal
from commons.pool.task import Task, read_task
from commons.pool.whole import write_whole

#: What renders beside this program: another version of one of these may render otherwise.
LIBRARIES = ("lm_eval", "jinja2", "datasets", "PyYAML")


def rendering_of(task: Task, work: Path, confinement: Confinement = Confinement.SANDBOX) -> TaskRendering:
    """The rendering of ``task``, from the memo under ``work`` where the folder and the program are the same.

    What was rendered without a sandbox is never taken for what the sandbox gave: code may behave otherwise there.
    What was edited while it was rendered is not kept, and a memo without this checkout's seal is not believed.

    Raises:
        CommonsError: the task cannot be rendered; see :class:`commons.harness.session.WorkerSession`.
        BrokenResult: the folder was edited after ``task`` was read from it.
    """
    digest = folder_digest(task.folder)
    memo, seal = _memo(digest, work, confinement), Seal.of(work)
    kept = _read(memo, seal)
    if kept is not None:
        return kept.model_copy(update={"folder_sha256": digest})
    if _said(read_task(task.folder)) != _said(task):
        # The worker would read the new files, and what is known of the task here is from the old ones.
        raise changed(task)
    rendering = render_task(task, confinement).model_copy(update={"folder_sha256": digest})
    if folder_digest(task.folder) == digest:
        text = rendering.model_dump_json()
        write_whole(memo, f"{seal.on(memo.name, text.encode('utf-8', 'surrogatepass'))}\n{text}")
    return rendering


def forget(rendering: TaskRendering, work: Path, confinement: Confinement) -> None:
    """Drop the memo of a rendering that turned out not to be what scoring finds, so that it is made again."""
    if rendering.folder_sha256 is not None:
        _memo(rendering.folder_sha256, work, confinement).unlink(missing_ok=True)


def is_unchanged(task: Task, rendering: TaskRendering) -> bool:
    """Whether the folder is still the one that was rendered; a rendering that does not say which is taken as it is."""
    return rendering.folder_sha256 is None or folder_digest(task.folder) == rendering.folder_sha256


def changed(task: Task) -> BrokenResult:
    """The error for a task whose folder is no longer the one that it was read from."""
    return BrokenResult(f"The folder of the task `{task.name}` changed during the run.", where=Where(task.folder),
                        mend="Run again: what was answered is kept.")


@functools.cache
def program_digest() -> str:
    """A digest of the code that renders, so that a memo never outlives a change to it."""
    return sha256_json([code_digest("pool", "harness", "stats"), library_versions(*LIBRARIES)])


def _memo(digest: str, work: Path, confinement: Confinement) -> Path:
    program = [HARNESS_VERSION, PROTOCOL_VERSION, program_digest()]
    return work / "renderings" / f"{sha256_json([digest, *program, confinement.value])}.json"


def _read(memo: Path, seal: Seal) -> TaskRendering | None:
    """What a memo holds: its seal on one line, the rendering on the next; None where it is not to be believed."""
    try:
        told, _, text = memo.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    try:
        if seal.is_on(told.decode("ascii"), memo.name, text):
            return TaskRendering.model_validate_json(text)
    except (ValidationError, UnicodeDecodeError):
        pass
    memo.unlink()
    return None


def _said(task: Task) -> tuple[str, str]:
    """What configuration and card say, in a form that is equal to itself, which not every number is."""
    return repr(task.config_document.data), repr(task.card_document.data)
