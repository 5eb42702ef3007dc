"""What it takes to run variants of a cell that stands: how many answers, and about how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.cell import Cell
from commons.pool.models import Model


@dataclass(frozen=True)
class Asking:
    """So many variants of so many items, each asked ``repeats`` times; ``seconds`` is None where it is not known."""

    variants: int
    items: int
    repeats: int
    seconds: float | None

    @classmethod
    def of(cls, cell: Cell, model: Model, variants: int) -> Asking:
        """From the canonical cell: variants ask its items as often, and take its time where the model runs locally."""
        items, made = len({row.item for row in cell.rows}), cell.provenance
        known = model.endpoint is None and not made.answers_reused and made.seconds > 0
        return cls(variants, items, len(cell.rows) // items, variants * made.seconds if known else None)

    @property
    def answers(self) -> int:
        """How many answers are asked for."""
        return self.variants * self.items * self.repeats


def asked_of_all(each: Sequence[Asking]) -> tuple[int, float | None]:
    """The answers that all of these ask for, and their seconds where they are known of all."""
    known = [one.seconds for one in each if one.seconds is not None]
    return sum(one.answers for one in each), sum(known) if len(known) == len(each) else None
