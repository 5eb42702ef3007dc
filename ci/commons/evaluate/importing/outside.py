"""What an import is told about the results, and one row of them, whatever file they came from."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter

from commons.errors import BadFile, Problem, Where
from commons.pool.card import Sentence
from commons.pool.cell import Finite
from commons.pool.harness_config import TaskName
from commons.pool.models import ModelId
from commons.pool.validate import Strict

#: Where imported cells stand: ``<model>@external.json``, or ``<model>@external-<how>.json``.
EXTERNAL = "external"

Count = Annotated[int, Field(ge=0)]

#: So many faults of rows are named; the others are counted.
SHOWN = 5
LONGEST_ITEM = 200

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ADDRESS: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)
_WORDS_OF_A_SENTENCE = 3


def _where_from(text: str) -> str:
    """An address as it is written in full; else a sentence, for results that stand nowhere yet."""
    text = text.strip()
    if "://" in text.split(" ", 1)[0]:
        return str(_ADDRESS.validate_python(text))
    if len(text.split()) < _WORDS_OF_A_SENTENCE or not text.isprintable():
        raise ValueError("neither an address nor a sentence")
    return text


def number_of(value: object) -> float | None:
    """A finite number from a JSON value or from text as people write one; None for all else (`inf`, `nan`, `1_000`).

    >>> number_of(" 0.5 "), number_of(True), number_of("1_000"), number_of("nan"), number_of(float("inf"))
    (0.5, 1.0, None, None, None)
    """
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value := value.strip()) else None
    try:
        number = float(value) if isinstance(value, (bool, int, float)) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def raise_first(problems: list[Problem]) -> None:
    """Raise the first faults and the number of the others, if there are any.

    Raises:
        BadFile: with at most :data:`SHOWN` faults, and one that counts the rest.
    """
    shown = problems[:SHOWN]
    if more := len(problems) - len(shown):
        shown.append(Problem("more", f"{more:,} more {'row is' if more == 1 else 'rows are'} wrong.",
                             Where(problems[-1].where.path), "Mend these first, then run it again."))
    if shown:
        raise BadFile(shown)


class ImportedRow(Strict):
    """One item's outcome as somebody else graded it. ``scores`` are by column, as ``metric,filter``."""

    item: Annotated[str, Field(min_length=1, max_length=LONGEST_ITEM)]
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
    """What whoever imports says about the results. ``how`` names the way the task was put, for example ``cot``.

    ``source`` is the address where the file is published, or a sentence that says where results come from that are not.
    """

    task: TaskName
    model: ModelId
    how: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")] | None = None
    source: Annotated[str, AfterValidator(_where_from)]
    measured: datetime.date
    higher_is_better: bool = True
    with_answers: bool = False
    note: Sentence | None = None

    @property
    def variant(self) -> str:
        """The variant that the cell stands under."""
        return EXTERNAL if self.how is None else f"{EXTERNAL}-{self.how}"
