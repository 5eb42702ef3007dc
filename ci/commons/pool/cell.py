"""A cell: one task put to one model in one way, with a row for every item and the numbers that follow from them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Annotated, Literal, Union

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from commons.pool.card import PublishLevel
from commons.pool.validate import Strict

CANONICAL = "canonical"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _real_day(text: str) -> str:
    """The text, whose first ten characters must be a day that exists."""
    datetime.date.fromisoformat(text[:10])
    return text


#: The bounds of what a cell can count and measure: beyond them a file is a slip or made to do harm.
Count = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=1e12)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
#: Texts that pages repeat: no honest one comes near these lengths.
Words = Annotated[str, StringConstraints(max_length=1_000)]
#: When a cell was started: a day, or a time of it. The year 2100 is as far off as any calendar here goes.
Started = Annotated[str, StringConstraints(
    pattern=r"^20\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$", max_length=40,
), AfterValidator(_real_day)]

#: What one item contributes to a metric: a score, or the sufficient statistics of a metric that is no item mean.
Statistic = Union[float, tuple[float, ...]]


class Outcome(str, Enum):
    """What became of one item. The first three carry scores and count in n; the last two never do.

    ``has_score`` says whether the harness graded the item. It is kept with the member, because it is asked of each row.
    """

    has_score: bool

    SCORED = "scored"
    MODEL_FAULT = "model_fault"
    REFUSED = "refused"
    INSTRUMENT_FAULT = "instrument_fault"
    NOT_RUN = "not_run"

    def __init__(self, word: str) -> None:
        self.has_score = word not in {"instrument_fault", "not_run"}


class Identity(Strict):
    """Which measurement this is."""

    task: str
    model: str
    variant: str = CANONICAL
    origin: Literal["own", "external"] = "own"
    comparability_version: int
    cell_key: Sha256
    task_hash: Sha256
    model_hash: Sha256
    protocol_hash: Sha256


class Source(Strict):
    """Where an external cell's rows come from: the address, the digest of the file that was read, and a note."""

    url: Words
    sha256: Sha256
    note: str | None = None


class Provenance(Strict):
    """Where, when and with what the cell was made. The only part that may differ between two equal runs.

    ``source`` is set for external cells, of which most else is not known (``seconds`` is 0, and no measurement).
    ``seconds`` is the time the model took to answer, without loading it (``load_seconds``, null where it was loaded
    already); ``answers_reused`` says how many answers came from the response store and took none. ``tokens_in`` and
    ``tokens_out`` are those of all answers, whenever they were given.
    """

    commit: Words | None
    run_url: Words | None
    versions: dict[Words, Words]
    weights: Words
    engine: Words
    host: Words
    started: Started
    seconds: Amount
    load_seconds: Amount | None = None
    answers_reused: Count = 0
    tokens_in: Count | None = None
    tokens_out: Count | None = None
    cost_usd: Amount | None
    source: Source | None = None


class Protocol(Strict):
    """How the task was put."""

    form: Literal["plain", "chat"]
    num_fewshot: Count
    seeds: dict[str, int]
    chat_template_sha256: str | None
    system_prompt_sha256: str | None
    generation: dict[str, JsonValue] | None
    context_length: int | None


class Metric(Strict):
    """One published number and its uncertainty.

    ``n`` counts items; ``n_effective`` is how many items that share no source they are worth, and ``design_effect``
    the first over the second. Both are null where they cannot be said, and in cells written before they were kept.
    """

    value: Finite
    stderr: Finite | None
    interval: tuple[Finite, Finite] | None
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    method: Words
    n: Count
    n_effective: Annotated[float, Field(gt=0, le=1e9)] | None = None
    design_effect: Annotated[float, Field(ge=1, le=1e9)] | None = None
    aggregation: Words
    higher_is_better: bool


class Transcript(Strict):
    """The full text exchanged, kept outside git and addressed by digest; ``rows`` counts its lines, one an item."""

    sha256: Sha256
    rows: int
    place: str


@dataclass(frozen=True)
class Row:
    """One item's outcome. ``scores`` holds one statistic for each metric of the cell, null where there is none.

    ``input`` is a short digest of what was sent for the item and what it is graded against, where the card publishes
    samples: it changes exactly when the item does.
    """

    item: str
    repeat: int
    outcome: Outcome
    scores: tuple[Statistic | None, ...]
    chosen: int | None = None
    loglikelihoods: tuple[float, ...] | None = None
    answer: str | None = None
    cluster: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    detail: str | None = None
    input: str | None = None


@dataclass(frozen=True)
class Cell:
    """One cell. ``metric_names`` gives the order of each row's scores, as ``metric,filter``.

    ``inputs`` gives a short digest of each part that went into the cell key (``task``: its metrics, filters, ...;
    ``model``; ``protocol``), by the part's name: what ``commons explain`` compares.
    """

    identity: Identity
    protocol: Protocol
    publish: PublishLevel
    metric_names: tuple[str, ...]
    metrics: dict[str, Metric]
    rows: tuple[Row, ...]
    transcript: Transcript | None
    provenance: Provenance
    inputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """How many rows had each outcome; outcomes that did not occur are left out."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}

    @cached_property
    def partial(self) -> bool:
        """Whether any row has no score; such a cell shows no headline and is planned again."""
        return any(not row.outcome.has_score for row in self.rows)

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens in and out over all rows, where they were counted."""
        return sum(row.tokens_in or 0 for row in self.rows), sum(row.tokens_out or 0 for row in self.rows)


class Coverage(Strict):
    """How much of a cell's items has a score."""

    scored: int = Field(ge=0)
    total: int = Field(ge=0)


def coverage(rows: Sequence[Row]) -> Coverage:
    """Count the rows that have a score."""
    return Coverage(scored=sum(row.outcome.has_score for row in rows), total=len(rows))
