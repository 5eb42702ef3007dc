"""What changed lately, by the dates of cells, cards, amendments and tombstones; no clock is asked."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from commons.pool.models import Model
from commons.publish.snapshot import Snapshot
from commons.publish.survey.entry import TaskEntry

MOST = 6


@dataclass(frozen=True)
class Event:
    """One change: ``kind`` is `measured`, `task`, `corrected`, `withdrawn` or `removed`.

    ``tasks`` are those it is about; ``cells`` counts what was measured; ``name`` is what a removed task was called.
    """

    day: datetime.date
    kind: str
    tasks: tuple[TaskEntry, ...] = ()
    model: Model | None = None
    cells: int = 0
    name: str = ""


def lately(snapshot: Snapshot) -> tuple[Event, ...]:
    """The newest changes, the newest first."""
    events = [*_measured(snapshot), *_tasks(snapshot), *_amended(snapshot)]
    return tuple(sorted(events, key=lambda one: one.day, reverse=True)[:MOST])


def _measured(snapshot: Snapshot) -> Iterator[Event]:
    """A model's cells of one day are one change, in whatever way each of them asked."""
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in snapshot.tasks:
        survey = snapshot.surveys[task.name]
        for state in (*survey.states, *survey.others):
            if state.facts is not None and not state.external:
                cells[state.facts.started[:10], state.model].append(task.name)
    for day, model in sorted(cells, reverse=True)[: 4 * MOST]:
        when, names = _day(day), cells[day, model]
        if when is not None:
            tasks = tuple(snapshot.task(name) for name in dict.fromkeys(names))
            yield Event(when, "measured", tasks, snapshot.model(model), len(names))


def _tasks(snapshot: Snapshot) -> Iterator[Event]:
    """The tasks of one day are one change."""
    new: dict[datetime.date, list[TaskEntry]] = defaultdict(list)
    for task in snapshot.tasks:
        new[task.card.first_published].append(task)
    yield from (Event(day, "task", tuple(tasks)) for day, tasks in new.items())
    yield from (Event(one.date, "removed", name=one.title) for one in snapshot.tombstones)


def _amended(snapshot: Snapshot) -> Iterator[Event]:
    for one in snapshot.amendments:
        if one.task in snapshot.by_name:
            model = snapshot.frame.by_id.get(one.model) if one.model else None
            yield Event(one.date, one.kind, (snapshot.task(one.task),), model)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
