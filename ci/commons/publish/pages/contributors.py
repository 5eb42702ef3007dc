"""Who answers for which task. A handle is all that is known here of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from commons.publish.addresses import CONTRIBUTORS
from commons.publish.listing import Leaf, leaves
from commons.publish.pages import Page, pool_pages
from commons.publish.shares import Share, share
from commons.publish.snapshot import Snapshot, TaskEntry

#: Lines on one page; a line is one task of one owner.
LINES = 120


@dataclass(frozen=True)
class Line:
    """One task of one owner. ``diagnosis`` is empty where none can be computed."""

    owner: str
    task: TaskEntry
    diagnosis: str
    share: Share


@dataclass(frozen=True)
class Owner:
    """An owner with the lines of this page; ``tasks`` counts all of theirs."""

    handle: str
    tasks: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ContributorsView:
    """A page of owners, by handle."""

    leaf: Leaf[Line]
    owners: tuple[Owner, ...]
    people: int


@pool_pages
class Contributors:
    """Owners with their tasks."""

    name = "contributors"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """As many pages as the lines need."""
        made: dict[str, tuple[str, Share]] = {}
        for task in snapshot.tasks:
            found = snapshot.surveys[task.name].saturation
            made[task.name] = (found.name if found else "", share(snapshot.of_task(task)))
        lines = sorted((Line(owner, task, *made[task.name])
                        for task in snapshot.tasks for owner in dict.fromkeys(task.card.owners)),
                       key=lambda one: (one.owner.lower(), one.task.name))
        counts: dict[str, int] = {}
        for line in lines:
            counts[line.owner.lower()] = counts.get(line.owner.lower(), 0) + 1
        for leaf in leaves(CONTRIBUTORS, lines, LINES):
            yield Page(leaf.here, "Contributors", "Who answers for which task.", "contributors.html",
                       partial(_view, leaf, counts), as_of=snapshot.as_of)


def _view(leaf: Leaf[Line], counts: Mapping[str, int]) -> ContributorsView:
    """Handles differ by more than case on no site, so one that is written in two ways is one person."""
    owners = []
    for handle, some in groupby(leaf.entries, key=lambda one: one.owner.lower()):
        lines: Sequence[Line] = tuple(some)
        owners.append(Owner(lines[0].owner, counts[handle], tuple(lines)))
    return ContributorsView(leaf, tuple(owners), len(counts))
