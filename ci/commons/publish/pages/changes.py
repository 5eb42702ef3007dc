"""What changed, newest first: results, corrections, removals and new tasks. Every entry has an address of its own."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Union

from commons.pool.amendments import Amendment
from commons.pool.tombstone import Tombstone
from commons.publish.added import days_added
from commons.publish.addresses import CHANGES
from commons.publish.listing import MOST_EXAMPLES
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState

#: So many lines of new results are shown, each for one task on one day; all of them stand in the CSV.
MEASURED = 200


@dataclass(frozen=True)
class Amended:
    """A line of the ledger's amendments; ``known`` says whether its task has a page."""

    day: datetime.date
    anchor: str
    amendment: Amendment
    known: bool
    kind: str = "amended"


@dataclass(frozen=True)
class TakenDown:
    """A task that was taken down."""

    day: datetime.date
    anchor: str
    tombstone: Tombstone
    kind: str = "gone"


@dataclass(frozen=True)
class Added:
    """A task that came into the pool."""

    day: datetime.date
    anchor: str
    task: TaskEntry
    kind: str = "added"


@dataclass(frozen=True)
class Measured:
    """The results of one task that were measured on one day; ``cells`` holds the first of them."""

    day: datetime.date
    anchor: str
    task: TaskEntry
    cells: tuple[CellState, ...]
    total: int
    kind: str = "measured"


Entry = Union[Amended, TakenDown, Added, Measured]


@dataclass(frozen=True)
class ChangesView:
    """Entries by day, newest first, how many lines of results are left out, and the names of models and tasks."""

    days: tuple[tuple[datetime.date, tuple[Entry, ...]], ...]
    left_out: int
    counts: tuple[tuple[str, int], ...]
    names: Mapping[str, str]
    titles: Mapping[str, str]


@pool_pages
class Changes:
    """The page of changes."""

    name = "changes"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        measured = sorted(_measured(snapshot), key=lambda one: (-one.day.toordinal(), one.task.name))
        added = list(_added(snapshot, days_added(snapshot.pool)))
        entries: list[Entry] = [*_amended(snapshot), *_taken_down(snapshot), *added, *measured[:MEASURED]]
        # The sort is stable: on one day corrections and removals stand before new results.
        entries.sort(key=lambda one: -one.day.toordinal())
        view = ChangesView(
            days=tuple((day, tuple(some)) for day, some in groupby(entries, key=lambda one: one.day)),
            left_out=max(0, len(measured) - MEASURED),
            counts=(("corrections and withdrawals", len(snapshot.amendments)),
                    ("tasks taken down", len(snapshot.tombstones)), ("results", sum(one.total for one in measured))),
            names={model.id: model.name for model in snapshot.models},
            titles={task.name: task.card.title for task in snapshot.tasks},
        )
        yield Page(CHANGES, "Changes", "New results, corrections and removals, newest first.", "changes.html",
                   ready(view), as_of=snapshot.as_of)


def _amended(snapshot: Snapshot) -> Iterator[Amended]:
    """Lines of the ledger, the newest first; lines are only ever added, so a line's number is its name for good."""
    for number, one in reversed(list(enumerate(snapshot.amendments, start=1))):
        known = one.task in snapshot.by_name or any(stone.task == one.task for stone in snapshot.tombstones)
        yield Amended(one.date, f"amendment-{number}", one, known)


def _taken_down(snapshot: Snapshot) -> Iterator[TakenDown]:
    return (TakenDown(one.date, f"gone-{one.task}", one) for one in snapshot.tombstones)


def _added(snapshot: Snapshot, days: Mapping[str, datetime.date]) -> Iterator[Added]:
    return (Added(days[task.name], f"new-{task.name}", task) for task in snapshot.tasks if task.name in days)


def _measured(snapshot: Snapshot) -> Iterator[Measured]:
    for task in snapshot.tasks:
        survey = snapshot.surveys[task.name]
        by_day: dict[datetime.date, list[CellState]] = {}
        for state in (*survey.states, *survey.others):
            if (day := _day(state)) is not None:
                by_day.setdefault(day, []).append(state)
        for day, cells in by_day.items():
            anchor = f"results-{day.isoformat()}-{task.name}"
            yield Measured(day, anchor, task, tuple(cells[:MOST_EXAMPLES]), len(cells))


def _day(state: CellState) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(state.facts.started[:10]) if state.facts else None
    except ValueError:
        return None
