"""Redundancy: how much of a task stands in other tasks of the pool already."""

from __future__ import annotations

from pathlib import Path

from commons.gates.worth import Overlap
from commons.lint.redundancy import repeated_items
from commons.lint.twins import Twin
from commons.pool.repository import Repository

#: Of the items that two tasks share so many are named.
MOST_EXAMPLES = 3


def overlaps(pool: Repository, folder: Path, items: int) -> tuple[Overlap, ...] | None:
    """The tasks that share items with the task in ``folder``, the largest share of its ``items`` first.

    An item counts where at least half of its runs of five words stand in an item of the other task. None where this
    machine keeps nothing of the other tasks.
    """
    found = repeated_items(pool, folder)
    if found is None:
        return None
    by_task: dict[str, list[Twin]] = {}
    for twin in found:
        by_task.setdefault(twin.other_task, []).append(twin)
    shared = [
        Overlap(task, len(several) / items, tuple(twin.item.item for twin in several[:MOST_EXAMPLES]))
        for task, several in by_task.items()
    ]
    return tuple(sorted(shared, key=lambda one: (-one.share, one.task)))
