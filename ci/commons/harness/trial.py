"""What a trial run takes and gives, as values that need no harness.

A probe is a made-up model: it answers each item as some rule says, and the harness grades it as it grades any model.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import FailFast

from commons.harness.requests import Answer
from commons.harness.scoring import ScoreResult
from commons.pool.validate import Strict


class WorkerError(Strict):
    """Why a worker could not do something, in words for the task's author."""

    sentence: str
    path: str | None = None
    line: int = 0
    mend: str = ""


class ProbeJob(Strict):
    """A probe's answers to ``items``: one for each of an item's plain requests, in the order of its rendering."""

    name: str
    items: tuple[str, ...]
    answers: dict[str, tuple[Answer, ...]]


class ProbeResult(Strict):
    """A probe's grades, or why there are none. Either of ``result`` and ``error`` is None."""

    name: str
    result: ScoreResult | None = None
    error: WorkerError | None = None


class ProbeResults(Strict):
    """The results of a trial run, in the order of its probes."""

    probes: Annotated[tuple[ProbeResult, ...], FailFast()]
