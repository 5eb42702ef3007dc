"""Caps on money: what no run and no month may go beyond, held against the most that cells can cost.

A budget is a wish, and estimates go into it that err to either side. A cap is a promise, so what goes in errs high
(:func:`commons.plan.costs.most_dollars`), and a shard stops asking where its share is spent all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commons.plan.budget import Budget, within
from commons.plan.plan import LeftOut, PlannedCell
from commons.plan.words import money


@dataclass(frozen=True)
class Caps:
    """The most dollars of one run, and of all runs of a calendar month (UTC); None where there is no cap.

    ``spent`` is what the month's runs spent so far.
    """

    per_run: float | None = None
    per_month: float | None = None
    month: str = ""
    spent: float = 0.0

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return self.per_run is not None or self.per_month is not None

    @property
    def left(self) -> float:
        """The dollars that a run may cost now."""
        found = [] if self.per_run is None else [self.per_run]
        if self.per_month is not None:
            found.append(max(0.0, self.per_month - self.spent))
        return min(found, default=float("inf"))

    @property
    def words(self) -> str:
        """The cap that leaves least, as the end of a sentence."""
        if self.per_run is not None and self.left >= self.per_run:
            return f"the cap of {money(self.per_run)} a run"
        spent = f", of which {money(self.spent)} is spent in {self.month}" if self.spent else ""
        return f"the cap of {money(self.per_month or 0.0)} a month{spent}"


def under(
    caps: Caps, cells: Sequence[PlannedCell], tells: Mapping[str, float], loads: Mapping[str, float]
) -> tuple[list[PlannedCell], list[LeftOut]]:
    """The cells that can be run whatever they turn out to cost, those that tell most for it first; and the others.

    What can cost nothing is always among the first.
    """
    priced = [place for place, cell in enumerate(cells) if cell.most_dollars]
    at_worst = [replace(cells[place], dollars=cells[place].most_dollars) for place in priced]
    _, out = within(Budget(dollars=caps.left), at_worst, tells, loads)
    over = {priced[place] for place in out}
    return ([cell for place, cell in enumerate(cells) if place not in over],
            [left_out(cells[place], caps.words) for place in sorted(over)])


def left_out(cell: PlannedCell, why: str) -> LeftOut:
    """A cell that did not fit into ``why``."""
    return LeftOut(cell.task, cell.model, cell.reason, cell.seconds, cell.dollars, why, cell.variant)
