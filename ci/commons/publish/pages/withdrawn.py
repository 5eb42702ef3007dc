"""The pages of tasks that were taken down: they stay where they were, without the data, as long as there is a site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.tombstone import Tombstone
from commons.publish.addresses import items_path, suite_path, task_path, withdrawn_path
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot


@dataclass(frozen=True)
class WithdrawnView:
    """The tombstone, what the ledger says of it, and what stood on this page.

    ``sort`` is ``task``, ``result``, ``items`` or ``suite``; ``name`` is the result's or the suite's, else empty.
    """

    tombstone: Tombstone
    amendments: tuple[Amendment, ...]
    sort: str
    name: str
    replaced: bool


@pool_pages
class Withdrawn:
    """For each task that was taken down its page, one for its items, and one for each of its results."""

    name = "withdrawn"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """The addresses that the task had, and those of suites that went with it; further pages of rows are gone."""
        standing = {suite_path(one.group) for one in snapshot.frame.suites}
        for one in snapshot.tombstones:
            told = tuple(line for line in snapshot.amendments if line.task == one.task)
            replaced = any(task.name == one.successor for task in snapshot.tasks)
            for sort, name, path in _places(one):
                if path not in standing:
                    yield Page(path, f"{one.title} (taken down)",
                               f"This task was taken down on {one.date.isoformat()}.", "withdrawn.html",
                               ready(WithdrawnView(one, told, sort, name, replaced)))


def _places(stone: Tombstone) -> Iterable[tuple[str, str, str]]:
    """What stood where: its sort, its name, its address."""
    yield "task", "", task_path(stone.task)
    yield "items", "", items_path(stone.task, 1)
    yield from (("result", name, withdrawn_path(stone.task, name)) for name in stone.results)
    yield from (("suite", name, suite_path(name)) for name in stone.suites)
