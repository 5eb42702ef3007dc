"""The first page: what this is, every number with its interval, every task, and what was not run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.models import Model
from commons.publish.addresses import HOME
from commons.publish.pages import Page, page
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState, State
from commons.publish.words import what_it_takes


@dataclass(frozen=True)
class Tally:
    """How much of the table is there: counts over the models that were run at least once."""

    measured: int
    applicable: int
    stale: int
    unrun_models: int


@dataclass(frozen=True)
class HomeView:
    """The table's columns and rows, and the models that have no cell with what each takes to run."""

    tasks: tuple[TaskEntry, ...]
    rows: tuple[tuple[Model, tuple[CellState, ...]], ...]
    unrun: tuple[tuple[Model, str], ...]
    tally: Tally
    broken: int


@page
class Home:
    """The first page."""

    name = "home"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        rows = tuple(
            (model, tuple(snapshot.of_model(model))) for model in snapshot.models if snapshot.was_run(model)
        )
        unrun = tuple((model, what_it_takes(model)) for model in snapshot.models if not snapshot.was_run(model))
        view = HomeView(snapshot.tasks, rows, unrun, tally(snapshot), len(snapshot.broken))
        description = "Language models measured on tasks that people contribute, every number with its uncertainty."
        yield Page(HOME, "Results", description, "home.html", view)


def tally(snapshot: Snapshot) -> Tally:
    """Count the pairs of the models that were run."""
    ran = [model for model in snapshot.models if snapshot.was_run(model)]
    states = [state for model in ran for state in snapshot.of_model(model)]
    return Tally(
        measured=sum(state.counts for state in states),
        applicable=sum(state.state is not State.INAPPLICABLE for state in states),
        stale=sum(bool(state.stale) for state in states),
        unrun_models=len(snapshot.models) - len(ran),
    )
