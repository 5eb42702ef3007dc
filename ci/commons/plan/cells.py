"""Deciding one cell: run it (with the reason), leave it, or say why it cannot exist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from commons.harness.rendering import TaskRendering
from commons.pool.card import Card
from commons.pool.cell import Cell
from commons.pool.hashing import CellKey
from commons.pool.models import Model


class Reason(str, Enum):
    """Why a cell is planned."""

    NEW = "new"
    PARTIAL = "partial"
    TASK_CHANGED = "task changed"
    MODEL_CHANGED = "model changed"
    PROTOCOL_CHANGED = "protocol changed"
    CARD_CHANGED = "card changed"
    FORCED = "forced"


@dataclass(frozen=True)
class Decision:
    """What is to be done about one cell: ``reason`` to run it, or ``inapplicable`` with why it cannot exist.

    Neither means that the stored cell holds today's key and is whole.
    """

    key: CellKey
    reason: Reason | None = None
    inapplicable: str | None = None

    @property
    def planned(self) -> bool:
        """Whether the cell is to be run."""
        return self.reason is not None


def decide(
    rendering: TaskRendering, card: Card, model: Model, protocol: str, model_digest: str, stored: Cell | None, *,
    force: bool = False,
) -> Decision:
    """Decide the canonical cell of a task and a model, given what is stored for it."""
    key = CellKey(rendering.task_hash, model_digest, protocol)
    if (why := inapplicable(rendering, model)) is not None:
        return Decision(key, inapplicable=why)
    return Decision(key, reason=Reason.FORCED if force else staleness(key, card, stored))


def staleness(key: CellKey, card: Card, stored: Cell | None) -> Reason | None:
    """Why the stored cell does not answer for ``key``; None where it does.

    A card's publish level and comparability version enter no key, and a cell that was written under others is still
    written again: from stored answers, without a question.
    """
    if stored is None:
        return Reason.NEW
    identity = stored.identity
    if identity.task_hash != key.task_hash:
        return Reason.TASK_CHANGED
    if identity.model_hash != key.model_hash:
        return Reason.MODEL_CHANGED
    if identity.protocol_hash != key.protocol_hash:
        return Reason.PROTOCOL_CHANGED
    if stored.publish is not card.publish or identity.comparability_version != card.comparability_version:
        return Reason.CARD_CHANGED
    return Reason.PARTIAL if stored.partial else None


def inapplicable(rendering: TaskRendering, model: Model) -> str | None:
    """Why the task cannot be put to the model at all, in a sentence; None where it can."""
    if rendering.needs_loglikelihoods and not model.gives_loglikelihoods:
        return "the task needs log-likelihoods, which the endpoint does not give"
    return None
