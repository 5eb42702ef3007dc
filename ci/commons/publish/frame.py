"""What every page may use beside its own task: small, and read once for the whole site."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from commons.pool.models import Model
from commons.pool.suites import Suite

#: A site has at most so many pages of cells, and so many comparisons of two models on one task.
CELL_PAGES = 20_000
COMPARISONS = 20_000
#: Rows on one page of a cell, and items on one page of a task's items.
ROWS = 20
ITEMS = 20
#: Of a pool too large for a page for each 20 rows, a cell's one page shows so many rows in full.
BRIEF_ROWS = 5


@dataclass(frozen=True)
class Place:
    """Where the site and the pool stand on the web; None where it is not known, and then nothing is linked there.

    Both end without a slash.
    """

    site: str | None = None
    repository: str | None = None

    def page(self, path: str) -> str | None:
        """The whole address of a page."""
        return None if self.site is None else f"{self.site}/{path}"

    def file(self, path: str, commit: str | None, line: int | None = None) -> str | None:
        """A file of the pool as it stood at ``commit``."""
        if self.repository is None or commit is None:
            return None
        return f"{self.repository}/blob/{commit}/{path}" + ("" if line is None else f"#L{line}")


@dataclass(frozen=True)
class Limits:
    """How many pages there are of what. ``cells`` is how many cells of each task have pages; None for all of them.

    ``all_rows`` says whether every row is shown in full, on as many pages as that takes.
    """

    cells: int | None = None
    all_rows: bool = True

    @classmethod
    def of(cls, cells: Mapping[str, int], rows: int) -> Limits:
        """The limits of a pool with so many cells of each task and about so many rows a cell."""
        total = sum(cells.values())
        pages = max(1, -(-rows // ROWS))
        share = None if total <= CELL_PAGES else max(1, CELL_PAGES // len(cells))
        return cls(share, total * pages <= CELL_PAGES)


@dataclass(frozen=True)
class Frame:
    """The models, when endpoints were seen to drift, the suites, what is compared, and where the site stands.

    ``pairs`` are the models that have a page of comparison, each pair in the order of the registration.
    """

    models: tuple[Model, ...]
    drifts: Mapping[str, datetime.datetime]
    suites: tuple[Suite, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    place: Place = Place()
    limits: Limits = Limits()

    @cached_property
    def by_id(self) -> Mapping[str, Model]:
        """The models by their id."""
        return {model.id: model for model in self.models}


def choose_pairs(models: Sequence[Model], measured: frozenset[str], tasks: int) -> tuple[tuple[str, str], ...]:
    """Which models are compared with each other: all that have a cell, as long as that is not too many.

    Beyond, those that were registered nearest to each other come first, because newcomers are compared with their
    elders. The choice follows from names alone, so that no measurement moves it.
    """
    names = [model.id for model in models if model.id in measured]
    most = max(1, COMPARISONS // max(1, tasks))
    pairs = sorted(combinations(range(len(names)), 2), key=lambda pair: (pair[1] - pair[0], -pair[1]))[:most]
    return tuple((names[first], names[second]) for first, second in sorted(pairs))
