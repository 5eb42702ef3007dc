"""All tasks as one table, with what is declared of each and what its numbers say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.publish.addresses import TASKS
from commons.publish.languages import language
from commons.publish.overview import diagnosis
from commons.publish.pages import Page, pool_pages
from commons.publish.places import Top, task_top
from commons.publish.snapshot import Snapshot, TaskEntry


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in the table; ``languages`` are by their English names."""

    task: TaskEntry
    languages: str
    measured: int
    top: Top | None
    diagnosis: str


@dataclass(frozen=True)
class TasksView:
    """The rows. ``models`` counts those registered."""

    rows: tuple[TaskRow, ...]
    models: int
    removed: int


@pool_pages
class Tasks:
    """The list of tasks."""

    name = "tasks"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        description = "Every task of the pool: its domain, languages, items, and whether it still tells models apart."
        yield Page(TASKS, "Tasks", description, "tasks.html", partial(_view, snapshot), as_of=snapshot.as_of)


def _view(snapshot: Snapshot) -> TasksView:
    names = {model.id: model.name for model in snapshot.models}
    rows = tuple(
        TaskRow(task, ", ".join(language(tag).english for tag in task.card.languages),
                sum(state.counts for state in snapshot.of_task(task)),
                task_top(snapshot.surveys[task.name].ranks, names), diagnosis(snapshot, task))
        for task in snapshot.tasks
    )
    return TasksView(rows, len(snapshot.models), len(snapshot.tombstones))
