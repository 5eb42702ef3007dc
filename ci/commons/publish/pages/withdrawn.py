"""The pages of tasks that were taken down: they stay where they were, without the data, as long as there is a site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.tombstone import Tombstone
from commons.publish.addresses import task_path, withdrawn_path
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot


@dataclass(frozen=True)
class WithdrawnView:
    """The tombstone, what the ledger says of it, and the result whose page this was; empty for the task's own."""

    tombstone: Tombstone
    amendments: tuple[Amendment, ...]
    result: str
    replaced: bool


@pool_pages
class Withdrawn:
    """For each task that was taken down its page, and one for each of its results."""

    name = "withdrawn"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """The addresses that the task had; further pages of rows are gone."""
        for one in snapshot.tombstones:
            told = tuple(line for line in snapshot.amendments if line.task == one.task)
            replaced = any(task.name == one.successor for task in snapshot.tasks)
            for result in ("", *one.results):
                path = withdrawn_path(one.task, result) if result else task_path(one.task)
                view = WithdrawnView(one, told, result, replaced)
                yield Page(path, f"{one.title} (taken down)", f"This task was taken down on {one.date.isoformat()}.",
                           "withdrawn.html", ready(view))
