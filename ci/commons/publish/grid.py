"""Models by tasks as a table: with whiskers where it is small, as plain texts where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.models import Model
from commons.publish import numbers
from commons.publish.addresses import state_path
from commons.publish.numbers import count
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState, State
from commons.publish.survey.entry import TaskEntry

#: A page's table has at most so many models and tasks, and whiskers up to so many cells.
MOST_MODELS = 100
MOST_TASKS = 30
DRAWN = 60


@dataclass(frozen=True, slots=True)
class Brief:
    """A pair in few words: its number with margin, or its state."""

    text: str
    kind: str
    href: str
    key: str


@dataclass(frozen=True)
class Grid:
    """A table. ``rows`` hold states, ``briefs`` texts in their place; one of both is empty.

    ``left_out`` says in words what has no place in it.
    """

    tasks: tuple[TaskEntry, ...]
    rows: tuple[tuple[Model, tuple[CellState, ...]], ...]
    briefs: tuple[tuple[Model, tuple[Brief, ...]], ...]
    left_out: str


def grid_of(snapshot: Snapshot, tasks: Sequence[TaskEntry], models: Sequence[Model]) -> Grid:
    """The first models and tasks that have a place, in the order given."""
    shown, tested = tuple(models[:MOST_MODELS]), tuple(tasks[:MOST_TASKS])
    states = [(model, tuple(snapshot.states[task.name, model.id] for task in tested)) for model in shown]
    drawn = len(shown) * len(tested) <= DRAWN
    return Grid(
        tested, tuple(states) if drawn else (),
        () if drawn else tuple((model, tuple(map(brief, tested, row))) for model, row in states),
        _left_out(len(models) - len(shown), len(tasks) - len(tested)),
    )


def brief(task: TaskEntry, state: CellState) -> Brief:
    """A pair in few words."""
    headline = state.headline
    if headline is not None:
        text, key = str(numbers.show(headline, task.card.headline.unit)), repr(headline.value)
    else:
        text, key = "no headline" if state.state is State.MEASURED else state.state.value, ""
    if state.stale:
        text += ", stale"
    return Brief(text, state.state.value.replace(" ", "_"), state_path(state), key)


def _left_out(models: int, tasks: int) -> str:
    parts = [f"{count(number)} more {word}{'' if number == 1 else 's'}"
             for number, word in ((models, "model"), (tasks, "task")) if number > 0]
    return " and ".join(parts)


def most_measured(snapshot: Snapshot, tasks: Sequence[TaskEntry]) -> list[Model]:
    """The models with a cell on one of these tasks at least, those with the most first."""
    counted = {model.id: 0 for model in snapshot.models}
    for task in tasks:
        for state in snapshot.of_task(task):
            counted[state.model] += state.facts is not None or state.state is State.BROKEN
    return sorted((model for model in snapshot.models if counted[model.id]), key=lambda model: -counted[model.id])
