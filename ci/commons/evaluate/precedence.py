"""Which of two cells of one task and model stays: the one that stands, or the one that arrives."""

from __future__ import annotations

import dataclasses
import datetime

from commons.evaluate.admission import started_at
from commons.evaluate.writing import scored
from commons.plan.cells import standing_of
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell
from commons.variants.varied import VARIANT


def state_of(cell: Cell, stored: Cell, drift: datetime.datetime | None = None) -> str:
    """Whether a cell replaces the stored one of the same key (``written``), or what is said of it.

    ``drift`` is when the model's endpoint was last seen to have drifted.
    """
    if scored(cell) != scored(stored):
        return "written" if scored(cell) > scored(stored) else "kept"
    here, there = standing_of(stored, drift).drifted, standing_of(cell, drift).drifted
    if here != there:
        # An equal cell counts too: that the endpoint answers as before is news, and the old one stays stale.
        return "written" if here else "kept"
    if _content(cell) == _content(stored):
        return "unchanged"
    if _under(cell) != _under(stored):
        # What arrives was held against the card of this checkout and against the plan; what stands was not.
        return "written"
    # Both are as full, and differ: an endpoint may have answered otherwise. The later one stands.
    before, after = started_at(stored), started_at(cell)
    return "written" if before is None or (after is not None and after > before) else "kept"


def is_later(stored: Cell, cell: Cell, made: datetime.datetime | None) -> bool:
    """Whether the stored cell is of another key and was started after the plan was made: who made it knew more."""
    started = started_at(stored)
    return (stored.identity.cell_key != cell.identity.cell_key
            and started is not None and made is not None and started > made)


def _under(cell: Cell) -> tuple[PublishLevel, int, dict[str, str] | None]:
    """What a cell was written under that enters no key; a variant's cell names the form that it stands beside."""
    return cell.publish, cell.identity.comparability_version, cell.inputs.get(VARIANT)


def _content(cell: Cell) -> Cell:
    """A cell without what may differ between two equal runs."""
    nothing = cell.provenance.model_copy(update=dict.fromkeys(type(cell.provenance).model_fields))
    return dataclasses.replace(cell, provenance=nothing)
