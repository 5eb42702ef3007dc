"""Deciding one cell: run it (with the reason), leave it, or say why it cannot exist."""

from __future__ import annotations

import datetime
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from commons.plan.outline import TaskOutline
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell
from commons.pool.hashing import CellKey
from commons.pool.models import Model
from commons.pool.sentinels import is_before
from commons.variants.varied import VARIANT, Varied


class Reason(str, Enum):
    """Why a cell is planned.

    ``endpoint drifted`` is for models whose answers were seen to change under one name: a check of sentinel items
    (``commons sentinel``) found it after the cell was started.
    """

    NEW = "new"
    PARTIAL = "partial"
    TASK_CHANGED = "task changed"
    MODEL_CHANGED = "model changed"
    PROTOCOL_CHANGED = "protocol changed"
    CARD_CHANGED = "card changed"
    ENDPOINT_DRIFTED = "endpoint drifted"
    FORCED = "forced"


class Standing(NamedTuple):
    """What a cell was measured on and under, and whether it is partial: all that decides whether it still stands.

    ``drifted`` is whether the model's endpoint was seen to drift after the cell was started.
    """

    task_hash: str
    model_hash: str
    protocol_hash: str
    publish: PublishLevel
    comparability_version: int
    partial: bool = False
    drifted: bool = False


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
    outline: TaskOutline, model: Model, protocol: str, model_digest: str, stored: Standing | None, *,
    force: bool = False,
) -> Decision:
    """Decide the cell of a task, as the outline has it, and a model, given what is stored for it."""
    key = CellKey(outline.task_hash, model_digest, protocol)
    if (why := inapplicable(outline, model)) is not None:
        return Decision(key, inapplicable=why)
    return Decision(key, reason=reason_for(today(outline, model_digest, protocol), stored, force=force))


def today(outline: TaskOutline, model_digest: str, protocol: str) -> Standing:
    """How a whole cell of the task and the model would stand if it were measured now."""
    return Standing(outline.task_hash, model_digest, protocol, outline.publish, outline.comparability_version)


def standing_of(
    cell: Cell, drift: datetime.datetime | None = None, varied: Varied | None = None
) -> Standing:
    """How a stored cell stands; ``drift`` is when its endpoint was last seen to have drifted.

    A variant's cell stands beside one canonical form: where that of ``varied`` is another, no task hash is its own.
    """
    one = cell.identity
    beside = varied is None or cell.inputs.get(VARIANT) == varied.inputs
    return Standing(one.task_hash if beside else "", one.model_hash, one.protocol_hash, cell.publish,
                    one.comparability_version, cell.partial, is_before(cell.provenance.started, drift))


def reason_for(now: Standing, stored: Standing | None, *, force: bool = False) -> Reason | None:
    """Why the cell is to be run; None where what is stored stands and nothing is forced."""
    return staleness(now, stored) or (Reason.FORCED if force else None)


def staleness(now: Standing, stored: Standing | None) -> Reason | None:
    """Why the stored cell does not answer for what would be measured ``now``; None where it does.

    A card's publish level and comparability version enter no key, and a cell that was written under others is still
    written again: from stored answers, without a question.
    """
    if stored is None:
        return Reason.NEW
    if stored == now:
        return None
    if stored.task_hash != now.task_hash:
        return Reason.TASK_CHANGED
    if stored.model_hash != now.model_hash:
        return Reason.MODEL_CHANGED
    if stored.protocol_hash != now.protocol_hash:
        return Reason.PROTOCOL_CHANGED
    if stored.drifted:
        return Reason.ENDPOINT_DRIFTED
    if stored.publish is not now.publish or stored.comparability_version != now.comparability_version:
        return Reason.CARD_CHANGED
    return Reason.PARTIAL


def inapplicable(outline: TaskOutline, model: Model) -> str | None:
    """Why the task cannot be put to the model at all, in a sentence; None where it can.

    No tokenizer is asked: a prompt counts as too long only where it surely is, so a run may still meet one that is,
    and says so for that item.
    """
    if outline.needs_loglikelihoods and not model.gives_loglikelihoods:
        return "the task needs log-likelihoods, which the endpoint does not give"
    if outline.form(model.form).longest > model.context_length:
        return (f"its longest prompt is over the model's context of {model.context_length:,} tokens "
                "even at eight characters a token (an estimate that errs on the side of running)")
    return None


def no_hardware(model: Model, on: AbstractSet[str]) -> str | None:
    """Why nothing of the model can run on the hardware that is planned for; None where it can."""
    if on & set(model.runs_on):
        return None
    return f"the model runs on {' or '.join(model.runs_on)}, and this plan is for {' and '.join(sorted(on))}"
