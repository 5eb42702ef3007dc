"""Whether a stored cell still counts, and how much of it may be shown. Nothing is rendered to say so."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from commons.pool.amendments import Amendment
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import Cell
from commons.pool.hashing import model_hash
from commons.pool.models import Model
from commons.pool.sentinels import is_before

_STRICTEST = (PublishLevel.NONE, PublishLevel.AGGREGATE, PublishLevel.SAMPLES)


def level(card: Card, cell: Cell) -> PublishLevel:
    """How much of a cell may be shown: the stricter of what the card says now and what the cell was written under."""
    return min(card.publish, cell.publish, key=_STRICTEST.index)


def headline_name(card: Card) -> str:
    """The column of a cell that holds the card's headline metric."""
    return f"{card.headline.metric},{card.headline.filter}"


def stale_reasons(cell: Cell, card: Card, model: Model, drift: datetime.datetime | None = None) -> tuple[str, ...]:
    """Why a cell no longer is what would be measured today; ``drift`` is when its endpoint was last seen to drift."""
    reasons = []
    version = cell.identity.comparability_version
    if version != card.comparability_version:
        reasons.append(f"Measured under comparability version {version}; the card is at {card.comparability_version}.")
    reasons += model_reasons(cell, model, drift)
    if not cell.partial and headline_name(card) not in cell.metrics:
        reasons.append(f"The cell has no metric `{headline_name(card)}`, which the card's headline names.")
    return tuple(reasons)


def model_reasons(cell: Cell, model: Model, drift: datetime.datetime | None = None) -> tuple[str, ...]:
    """Why a cell is not what the model, as its entry and endpoint are today, would give."""
    reasons = []
    if cell.identity.model_hash != model_hash(model):
        reasons.append("The model's entry changed since: its weights, endpoint, arguments or chat template.")
    if drift is not None and is_before(cell.provenance.started, drift):
        reasons.append(f"The endpoint answered otherwise on {drift.date().isoformat()}, under the same name.")
    return tuple(reasons)


def names_cell(amendment: Amendment, cell: Cell) -> bool:
    """Whether an amendment is about this task, model and variant."""
    identity = cell.identity
    return (
        amendment.task == identity.task
        and amendment.model in {None, identity.model}
        and amendment.variant in {None, identity.variant}
    )


def withdrawal_of(cell: Cell, amendments: Iterable[Amendment]) -> Amendment | None:
    """The amendment that withdrew the cell; one that was measured on a later day counts again."""
    return next((one for one in amendments if one.kind == "withdrawn" and names_cell(one, cell)
                 and cell.provenance.started[:10] <= one.date.isoformat()), None)
