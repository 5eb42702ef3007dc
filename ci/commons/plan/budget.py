"""A budget: which of the cells to run where not all can be paid for, those that tell most for their cost first.

What a cell tells is its number of items times p(1-p)/0.25: the variance of a right-or-wrong item that models get
right with the chance p, over the most it can be. A task that every model solves, or none, tells models apart least,
whatever it costs. p is the mean headline of the stored cells of today's task, put on the way from chance (0) to the
ceiling (1); a task that nobody was measured on is taken at its best, 0.5, so that new tasks are not starved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from commons.errors import CannotRun
from commons.plan.outline import TaskOutline
from commons.plan.plan import PlannedCell

_UNITS = {"usd": 1.0, "h": 3600.0, "m": 60.0}
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(usd|h|m)", re.IGNORECASE)
#: No task tells quite nothing: the edges keep cells in order of their cost.
_EDGE = 0.01
#: A free cell costs this share of a budget, so that many free ones still come in the order of what they tell.
_FREE = 1e-9


@dataclass(frozen=True)
class Budget:
    """The most dollars to spend and seconds to compute, loading models included; None where there is no limit."""

    dollars: float | None = None
    seconds: float | None = None


def parse_budget(text: str) -> Budget:
    """Read ``20USD``, ``6h``, ``90m`` or a combination such as ``20USD,6h``.

    Raises:
        CannotRun: it is none of these.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        match = _AMOUNT.fullmatch(part.strip())
        if match is None:
            raise CannotRun(f"`{text}` is no budget: `{part.strip()}` is no amount of money or time.",
                            mend="Write --budget 20USD, --budget 6h, --budget 90m, or two of them: --budget 20USD,6h")
        unit = match[2].lower()
        kind = "dollars" if unit == "usd" else "seconds"
        if kind in found:
            raise CannotRun(f"`{text}` limits the {'money' if kind == 'dollars' else 'time'} twice.",
                            mend="Give each once, for example: --budget 20USD,6h")
        found[kind] = float(match[1]) * _UNITS[unit]
    return Budget(found.get("dollars"), found.get("seconds"))


def information(outline: TaskOutline, values: Iterable[float]) -> float:
    """What one more cell of a task tells, given the headlines of the cells that stand."""
    known = list(values)
    p = 0.5
    floor = outline.chance or 0.0
    full = outline.ceiling if outline.ceiling is not None else 1.0 if outline.unit == "proportion" else None
    if known and full is not None and full != floor:
        p = (sum(known) / len(known) - floor) / (full - floor)
    p = min(max(p, _EDGE), 1 - _EDGE)
    return outline.items * p * (1 - p) / 0.25


def within(
    budget: Budget, cells: Sequence[PlannedCell], tells: Mapping[str, float], loads: Mapping[str, float]
) -> tuple[list[int], list[int]]:
    """The places of the cells that fit the budget, and of those that do not, each in the order given.

    Cells are taken by what they tell for their cost; one that does not fit is passed over, and a smaller one after it
    may still fit. The first cell of a model pays for loading it.
    """
    dollars = float("inf") if budget.dollars is None else budget.dollars
    seconds = float("inf") if budget.seconds is None else budget.seconds
    chosen: list[int] = []
    loaded: set[str] = set()
    for place in sorted(range(len(cells)), key=lambda one: (-_worth(budget, cells[one], tells), one)):
        cell = cells[place]
        takes = cell.seconds + (0.0 if cell.model in loaded else loads[cell.model])
        if cell.dollars <= dollars and takes <= seconds:
            dollars -= cell.dollars
            seconds -= takes
            loaded.add(cell.model)
            chosen.append(place)
    kept = set(chosen)
    return sorted(chosen), [place for place in range(len(cells)) if place not in kept]


def _worth(budget: Budget, cell: PlannedCell, tells: Mapping[str, float]) -> float:
    """What the cell tells for the larger of its shares of the two limits."""
    shares = [_FREE]
    if budget.dollars is not None and cell.dollars:
        shares.append(cell.dollars / max(budget.dollars, _FREE))
    if budget.seconds is not None:
        shares.append(cell.seconds / max(budget.seconds, _FREE))
    return tells[cell.put] / max(shares)
