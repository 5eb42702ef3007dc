"""What the score step takes and gives, as values that need no harness."""

from __future__ import annotations

from typing import Annotated, Union

from pydantic import FailFast

from commons.harness.rendering import Form
from commons.harness.requests import Answer
from commons.pool.validate import Strict

Statistic = Union[float, tuple[float, ...]]


class ScoreJob(Strict):
    """One task's answers from one model, to be graded. ``items`` names those that are fully answered."""

    form: Form
    answers: dict[str, Answer]
    items: tuple[str, ...]


class ScoredItem(Strict):
    """One item (and repeat) as the harness graded it: a statistic for each ``metric,filter``, before rounding."""

    item: str
    repeat: int
    statistics: dict[str, Statistic]


class ScoreResult(Strict):
    """All scored items in harness order, and the harness's own aggregates of each repeat, for the parity check."""

    items: Annotated[tuple[ScoredItem, ...], FailFast()]
    harness: tuple[dict[str, float], ...]
