"""The first page: the ranking as ranges, how much of it is known, what changed, and every task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.pool.hashing import sha256_json
from commons.pool.models import Model
from commons.publish.addresses import HOME, MATRIX_PAGE
from commons.publish.grid import Grid, grid_of, most_measured
from commons.publish.lately import Event, lately
from commons.publish.maps import map_of
from commons.publish.overview import Overview, diagnosis, overview
from commons.publish.pages import Page, pool_pages
from commons.publish.places import Top, task_top
from commons.publish.plots.frame import Words
from commons.publish.plots.heatmap import Heatmap
from commons.publish.ranking import Ranking, ranking_of
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.words import what_it_takes

#: More cells than this are drawn as a map; more suites, cards, models and places than these stand on their own pages.
GRID_CELLS = 400
SUITES = 5
CARDS = 12
UNRUN = 20
STANDINGS = 12


@dataclass(frozen=True)
class TaskCard:
    """A task as the first page shows it."""

    task: TaskEntry
    top: Top | None
    measured: int
    diagnosis: str


@dataclass(frozen=True)
class HomeView:
    """All of the page. Of grid and map one is None; ``unrun`` are models without a cell, with what each takes."""

    overview: Overview
    rankings: tuple[Ranking, ...]
    silent: tuple[Ranking, ...]
    lately: tuple[Event, ...]
    cards: tuple[TaskCard, ...]
    grid: Grid | None
    map: Heatmap | None
    unrun: tuple[tuple[Model, str], ...]
    broken: int
    most: int = STANDINGS


@pool_pages
class Home:
    """The first page."""

    name = "home"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        description = "Language models measured on tasks that people contribute, every number with its uncertainty."
        yield Page(HOME, "What language models can do", description, "home.html", partial(_view, snapshot),
                   as_of=snapshot.as_of, key=_key(snapshot))


def _key(snapshot: Snapshot) -> str | None:
    """The digest of the whole pool; None where a file of it could not be read for one."""
    digests = [survey.digest for survey in snapshot.surveys.values()]
    if not all(digests):
        return None
    return sha256_json([
        digests, [task.name for task in snapshot.tasks], len(snapshot.broken),
        [model.model_dump(mode="json") for model in snapshot.models],
        [one.model_dump(mode="json") for one in snapshot.amendments],
        [one.model_dump(mode="json") for one in snapshot.tombstones],
        [[one.task, one.file] for one in snapshot.orphans],
    ])


def _view(snapshot: Snapshot) -> HomeView:
    rankings = [ranking_of(snapshot, suite) for suite in snapshot.frame.suites]
    ran = most_measured(snapshot, snapshot.tasks)
    small = len(ran) * len(snapshot.tasks) <= GRID_CELLS
    unrun = [model for model in snapshot.models if not snapshot.was_run(model)]
    return HomeView(
        overview=overview(snapshot),
        rankings=tuple([one for one in rankings if one.ranked][:SUITES]),
        silent=tuple(one for one in rankings if not one.ranked),
        lately=lately(snapshot), cards=_cards(snapshot),
        grid=grid_of(snapshot, snapshot.tasks, ran) if small and ran and snapshot.tasks else None,
        map=None if small else map_of(snapshot, ran, Words("the table of all models on all tasks", MATRIX_PAGE)),
        unrun=tuple((model, what_it_takes(model)) for model in unrun[:UNRUN]), broken=len(snapshot.broken),
    )


def _cards(snapshot: Snapshot) -> tuple[TaskCard, ...]:
    names = {model.id: model.name for model in snapshot.models}
    return tuple(
        TaskCard(task, task_top(snapshot.surveys[task.name].ranks, names),
                 sum(state.counts for state in snapshot.of_task(task)), diagnosis(snapshot, task))
        for task in snapshot.tasks[:CARDS]
    )
