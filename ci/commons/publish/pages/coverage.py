"""The coverage page: every pair with its state and its reason, every broken file, every removal. Nothing is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.models import Model
from commons.pool.tombstone import Tombstone
from commons.publish.addresses import COVERAGE
from commons.publish.pages import Page, page
from commons.publish.snapshot import Broken, Orphan, Snapshot, TaskEntry
from commons.publish.states import CellState, State


@dataclass(frozen=True)
class CoverageView:
    """How many pairs are in each state, every pair by task, and what could not be read or was amended."""

    counts: tuple[tuple[State, int], ...]
    stale: int
    tasks: tuple[tuple[TaskEntry, tuple[tuple[Model, CellState], ...]], ...]
    broken: tuple[Broken, ...]
    orphans: tuple[Orphan, ...]
    amendments: tuple[Amendment, ...]
    tombstones: tuple[Tombstone, ...]


@page
class Coverage:
    """The coverage page."""

    name = "coverage"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        states = list(snapshot.states.values())
        view = CoverageView(
            counts=tuple((kind, sum(state.state is kind for state in states)) for kind in State),
            stale=sum(bool(state.stale) for state in states),
            tasks=tuple(
                (task, tuple(zip(snapshot.models, snapshot.of_task(task), strict=True))) for task in snapshot.tasks
            ),
            broken=snapshot.broken,
            orphans=snapshot.orphans,
            amendments=snapshot.amendments,
            tombstones=snapshot.tombstones,
        )
        description = "Every task on every model: measured or not, and why."
        yield Page(COVERAGE, "Coverage", description, "coverage.html", view)
