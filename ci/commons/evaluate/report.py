"""What became of a run: of each of its cells, of its requests, and what went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BrokenResult, CommonsError
from commons.pool.cell import CANONICAL, Cell


@dataclass
class Counts:
    """How many requests a run asked for, and what became of them. ``dollars`` is what the answers given now cost."""

    sent: int = 0
    reused: int = 0
    faults: int = 0
    dollars: float = 0.0
    by_detail: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class CellResult:
    """What became of one cell."""

    task: str
    model: str
    state: str
    reason: str
    path: Path | None = None
    cell: Cell | None = None
    variant: str = CANONICAL

    @property
    def column(self) -> str:
        """What the cell is called beside others of its task: its model, and its variant where it is one."""
        return self.model if self.variant == CANONICAL else f"{self.model}@{self.variant}"


@dataclass
class RunReport:
    """What became of all of them."""

    cells: list[CellResult] = field(default_factory=list)
    errors: list[tuple[str, CommonsError]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def expected(error: Exception) -> CommonsError:
    """``error`` as one that the door can print, whatever it is."""
    if isinstance(error, CommonsError):
        return error
    return BrokenResult(f"Something unexpected happened: {type(error).__name__}: {error}"[:500],
                        mend="Please report this with the task.")
