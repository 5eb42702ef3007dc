"""What this site is, how a number comes onto it, whose the data are, and how to cite it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from commons.publish.addresses import ABOUT
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot


@dataclass(frozen=True)
class AboutView:
    """How much there is, and under which licences the tasks' data stand."""

    tasks: int
    models: int
    results: int
    licences: tuple[tuple[str, int], ...]


@pool_pages
class About:
    """The page about the site."""

    name = "about"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        licences = Counter(task.card.licence for task in snapshot.tasks)
        view = AboutView(len(snapshot.tasks), len(snapshot.models), len(snapshot.with_cells()),
                         tuple(sorted(licences.items(), key=lambda one: (-one[1], one[0]))))
        yield Page(ABOUT, "About", "What Eval Commons is, and how a number comes onto this site.", "about.html",
                   ready(view), as_of=snapshot.as_of)
