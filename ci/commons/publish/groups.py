"""A group of tasks (a domain, a language) as a page shows it: a table of models, and the tasks themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons.pool.hashing import sha256_json
from commons.publish.grid import Grid, grid_of, most_measured
from commons.publish.overview import diagnosis
from commons.publish.places import Top, task_top
from commons.publish.snapshot import Snapshot, TaskEntry

#: So many tasks of a group are shown as cards; the others are listed by name.
CARDS = 24


@dataclass(frozen=True)
class Member:
    """A task of a group."""

    task: TaskEntry
    top: Top | None
    measured: int
    diagnosis: str


@dataclass(frozen=True)
class Group:
    """The tasks, in full and by name alone, with the table; None where no model was run on any of them.

    ``models`` counts the models with a cell on one of them.
    """

    members: tuple[Member, ...]
    others: tuple[TaskEntry, ...]
    grid: Grid | None
    models: int

    @property
    def size(self) -> int:
        """How many tasks there are."""
        return len(self.members) + len(self.others)


def tasks_by(snapshot: Snapshot, of: Callable[[TaskEntry], Sequence[str]]) -> dict[str, list[TaskEntry]]:
    """The tasks under each name that ``of`` gives for them, by name."""
    found: dict[str, list[TaskEntry]] = {}
    for task in snapshot.tasks:
        for name in dict.fromkeys(of(task)):
            found.setdefault(name, []).append(task)
    return dict(sorted(found.items()))


def group_of(snapshot: Snapshot, tasks: Sequence[TaskEntry]) -> Group:
    """Make the group of these tasks."""
    names = {model.id: model.name for model in snapshot.models}
    ran = most_measured(snapshot, tasks)
    members = tuple(
        Member(task, task_top(snapshot.surveys[task.name].ranks, names),
               sum(state.counts for state in snapshot.of_task(task)), diagnosis(snapshot, task))
        for task in tasks[:CARDS]
    )
    return Group(members, tuple(tasks[CARDS:]), grid_of(snapshot, tasks, ran) if ran else None, len(ran))


def group_key(snapshot: Snapshot, tasks: Sequence[TaskEntry]) -> str | None:
    """The digest of all that a group's page shows; None where a file of it could not be read for one."""
    digests = [snapshot.surveys[task.name].digest for task in tasks]
    models = [model.model_dump(mode="json") for model in snapshot.models]
    return sha256_json([digests, models]) if all(digests) else None
