"""What an import is told about the results, and one row of them, whatever file they came from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, HttpUrl

from commons.errors import Where
from commons.pool.card import Sentence
from commons.pool.cell import Finite
from commons.pool.harness_config import TaskName
from commons.pool.models import ModelId
from commons.pool.validate import Strict

#: Where imported cells stand: ``<model>@external.json``, or ``<model>@external-<how>.json``.
EXTERNAL = "external"

Count = Annotated[int, Field(ge=0)]


class ImportedRow(Strict):
    """One item's outcome as somebody else graded it. ``scores`` are by column, as ``metric,filter``."""

    item: Annotated[str, Field(min_length=1, max_length=200)]
    scores: dict[str, Finite]
    answer: str | None = None
    cluster: str | None = None
    gold: str | None = None
    chosen: Count | None = None
    loglikelihoods: tuple[Finite, ...] | None = None


@dataclass(frozen=True)
class Imported:
    """The rows of a file with their places, and what of the file was left out, in words."""

    rows: tuple[tuple[Where, ImportedRow], ...]
    left_out: tuple[str, ...] = ()


class Told(Strict):
    """What whoever imports says about the results. ``how`` names the way the task was put, for example ``cot``."""

    task: TaskName
    model: ModelId
    how: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")] | None = None
    source: HttpUrl
    measured: datetime.date
    higher_is_better: bool = True
    with_answers: bool = False
    note: Sentence | None = None

    @property
    def variant(self) -> str:
        """The variant that the cell stands under."""
        return EXTERNAL if self.how is None else f"{EXTERNAL}-{self.how}"
