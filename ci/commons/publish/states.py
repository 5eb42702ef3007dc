"""What is known of one task on one model: six states, each with its reason in words."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from commons.pool.amendments import Amendment
from commons.pool.card import Card
from commons.pool.cell import CANONICAL, Cell, Outcome, coverage
from commons.pool.models import Model
from commons.pool.standing import headline_name, names_cell, stale_reasons, withdrawal_of
from commons.pool.standing import level as level
from commons.publish.facts import CellFacts, Number
from commons.publish.numbers import count, date
from commons.publish.words import what_it_takes

OUTCOME_WORDS = {outcome: outcome.value.replace("_", " ") for outcome in Outcome}


class State(str, Enum):
    """The state of a pair of task and model. No two of them look alike on a page."""

    MEASURED = "measured"
    PARTIAL = "partial"
    MISSING = "not run"
    INAPPLICABLE = "inapplicable"
    BROKEN = "broken file"
    WITHHELD = "withheld"


STATE_WORDS = {
    State.MEASURED: "Every item has a score, and the number stands with its interval.",
    State.PARTIAL: "Some items have no score, so there is no headline number. The cell will be run again.",
    State.MISSING: "Nobody has run this task on this model yet. It is not a score of zero.",
    State.INAPPLICABLE: "This cell cannot exist, for the reason given.",
    State.BROKEN: "The cell's file cannot be read, or its numbers contradict its rows. Nothing is guessed from it.",
    State.WITHHELD: "The result was withdrawn, for the reason given.",
}


@dataclass(frozen=True, slots=True)
class CellState:
    """One task on one model in one variant.

    ``headline`` is set only for a measured cell that has the card's headline metric. ``stale`` holds the reasons why
    the cell no longer is what would be measured today; it is empty for a fresh one. ``paged`` is False for a cell that
    has no page of its own, because the pool has more cells than a site can have pages.
    """

    task: str
    model: str
    variant: str
    state: State
    note: str
    reason: str
    facts: CellFacts | None = None
    headline: Number | None = None
    stale: tuple[str, ...] = ()
    paged: bool = True

    @property
    def counts(self) -> bool:
        """Whether the pair counts as measured: a fresh cell of our own with its headline."""
        return self.headline is not None and not self.stale and not self.external

    @property
    def external(self) -> bool:
        """Whether the numbers were imported and not measured here."""
        return self.facts is not None and self.facts.external

    @property
    def file_name(self) -> str:
        """The name of the cell's file and page, without an ending."""
        return self.model if self.variant == CANONICAL else f"{self.model}@{self.variant}"


def missing_state(task: str, output_type: str, model: Model) -> CellState:
    """The state of a pair without a cell: not run, or unable to exist."""
    if output_type != "generate_until" and not model.gives_loglikelihoods:
        words = output_type.replace("_", " ")
        reason = f"The output type {words} needs log-likelihoods, which the backend {model.backend} does not give."
        return CellState(task, model.id, CANONICAL, State.INAPPLICABLE, "gives no log-likelihoods", reason)
    return CellState(task, model.id, CANONICAL, State.MISSING, "", f"Nobody has run it yet. {what_it_takes(model)}")


def cell_state(
    cell: Cell, card: Card, model: Model, amendments: Iterable[Amendment], drift: datetime.datetime | None = None,
    digest: str = "",
) -> CellState:
    """The state of a pair whose cell could be read; ``drift`` is when the endpoint was last seen to have drifted.

    ``digest`` is that of the cell's file, where the caller needs to know it again.
    """
    identity = cell.identity
    stale = stale_reasons(cell, card, model, drift)
    withdrawal = withdrawal_of(cell, amendments)
    headline = None
    if withdrawal:
        state, note = State.WITHHELD, "withdrawn"
        reason = f"Withdrawn on {date(withdrawal.date)} by @{withdrawal.by}: {withdrawal.reason}"
    elif cell.partial:
        scored = coverage(cell.rows).scored
        state, note, reason = State.PARTIAL, f"{count(scored)} of {count(len(cell.rows))} scored", unscored(cell)
    else:
        state, note, reason = State.MEASURED, "", ""
        found = cell.metrics.get(headline_name(card))
        headline = Number.of(found) if found else None
    return CellState(identity.task, identity.model, identity.variant, state, note, reason, CellFacts.of(cell, digest),
                     headline, stale)


def counted(outcome: Outcome, rows: int) -> str:
    """How many rows had an outcome.

    >>> counted(Outcome.MODEL_FAULT, 2), counted(Outcome.SCORED, 1200)
    ('2 model faults', '1,200 scored')
    """
    words = OUTCOME_WORDS[outcome]
    return f"{count(rows)} {words}{'s' if words.endswith('fault') and rows != 1 else ''}"


def unscored(cell: Cell) -> str:
    """How many rows lack a score, and which outcomes they had."""
    lacking = Counter(row.outcome for row in cell.rows if not row.outcome.has_score)
    parts = ", ".join(counted(outcome, lacking[outcome]) for outcome in Outcome if lacking[outcome])
    total = sum(lacking.values())
    return f"{total} of {len(cell.rows)} rows {'has' if total == 1 else 'have'} no score: {parts}."


def amendments_of(cell: Cell, amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    """The amendments that name this cell."""
    return tuple(one for one in amendments if names_cell(one, cell))
