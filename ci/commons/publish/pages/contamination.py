"""Contamination: which models could have been trained on which tasks, by dates alone, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from commons.pool.models import Model
from commons.publish.addresses import CONTAMINATION
from commons.publish.listing import Leaf, leaves
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot, TaskEntry

#: Tasks on one page; and models named in one place.
TASKS = 60
NAMED = 40


@dataclass(frozen=True)
class Line:
    """One task against all models; ``could`` and ``after`` are those whose training data has a published end."""

    task: TaskEntry
    could: tuple[Model, ...]
    after: tuple[Model, ...]
    unknown: int


@dataclass(frozen=True)
class Cutoff:
    """One model with a published end of its training data, and how many tasks were public by then."""

    model: Model
    could: int
    after: int


@dataclass(frozen=True)
class ContaminationView:
    """A page of tasks. The first page also has the models: those with a cutoff, and those without."""

    leaf: Leaf[Line]
    cutoffs: tuple[Cutoff, ...]
    silent: tuple[Model, ...]
    tasks: int
    pairs: tuple[int, int, int]
    named: int = NAMED


@pool_pages
class Contamination:
    """What dates say of who could have seen what."""

    name = "contamination"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """As many pages as the tasks need, the longest public first."""
        known = sorted((one for one in snapshot.models if one.training_cutoff is not None),
                       key=lambda one: (str(one.training_cutoff), one.id))
        silent = tuple(one for one in snapshot.models if one.training_cutoff is None)
        tasks = sorted(snapshot.tasks, key=lambda one: (one.card.first_published, one.name))
        lines = [_line(task, known, len(silent)) for task in tasks]
        for leaf in leaves(CONTAMINATION, lines, TASKS):
            yield Page(leaf.here, "Contamination", "Which models could have been trained on which tasks.",
                       "contamination.html", partial(_view, lines, leaf, known, silent), as_of=snapshot.as_of)


def could_have_seen(task: TaskEntry, model: Model) -> bool | None:
    """Whether the items were public on the last day of the model's training data; None where that day is unknown."""
    return None if model.training_cutoff is None else task.card.first_published <= model.training_cutoff


def _line(task: TaskEntry, known: Sequence[Model], silent: int) -> Line:
    could = tuple(one for one in known if could_have_seen(task, one))
    return Line(task, could, tuple(one for one in known if not could_have_seen(task, one)), silent)


def _view(
    lines: Sequence[Line], leaf: Leaf[Line], known: Sequence[Model], silent: tuple[Model, ...]
) -> ContaminationView:
    tasks = len(lines)
    could = {one.id: 0 for one in known}
    for line in lines:
        for model in line.could:
            could[model.id] += 1
    total = sum(could.values())
    return ContaminationView(
        leaf=leaf, cutoffs=tuple(Cutoff(one, could[one.id], tasks - could[one.id]) for one in known), silent=silent,
        tasks=tasks, pairs=(total, tasks * len(known) - total, tasks * len(silent)),
    )
