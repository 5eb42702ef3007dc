"""What pages keep of a cell without its rows: small enough that hundreds of thousands fit into memory at once."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Union

from commons.pool.cell import Cell, Metric, Outcome, coverage


@dataclass(frozen=True, slots=True)
class Number:
    """A published number with its uncertainty; the fields are those of :class:`~commons.pool.cell.Metric`."""

    value: float
    interval: tuple[float, float] | None
    confidence: float
    method: str
    n: int
    n_effective: float | None
    higher_is_better: bool

    @classmethod
    def of(cls, metric: Metric) -> Number:
        """What a cell's metric says, without what only its own page shows."""
        return cls(metric.value, metric.interval, metric.confidence, sys.intern(metric.method), metric.n,
                   metric.n_effective, metric.higher_is_better)


#: What can be written with its interval.
Measurement = Union[Metric, Number]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell without its rows. ``tokens`` are those in and out over all rows; ``digest`` is that of the file's text."""

    origin: str
    cell_key: str
    comparability_version: int
    started: str
    commit: str | None
    seconds: float
    host: str
    cost_usd: float | None
    rows: int
    items: int
    scored: int
    outcomes: tuple[tuple[Outcome, int], ...]
    tokens: tuple[int, int]
    digest: str = ""

    @classmethod
    def of(cls, cell: Cell, digest: str = "") -> CellFacts:
        """The facts of a cell that was read."""
        made = cell.provenance
        return cls(
            origin=cell.identity.origin, cell_key=cell.identity.cell_key,
            comparability_version=cell.identity.comparability_version, started=made.started,
            commit=made.commit and sys.intern(made.commit), seconds=made.seconds, host=sys.intern(made.host),
            cost_usd=made.cost_usd, rows=len(cell.rows), items=len({row.item for row in cell.rows}),
            scored=coverage(cell.rows).scored, outcomes=tuple(cell.outcomes.items()), tokens=cell.tokens, digest=digest,
        )

    @property
    def external(self) -> bool:
        """Whether the numbers were imported and not measured here."""
        return self.origin == "external"
