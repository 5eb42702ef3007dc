"""A task's page: how each model did, what that is worth, what its items look like, and its whole card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from commons.pool.amendments import Amendment
from commons.pool.rendered import RenderedItem
from commons.pool.suites import Suite
from commons.publish.addresses import card_path, task_path
from commons.publish.data.card import wanted
from commons.publish.frame import ITEMS
from commons.publish.lines import BARE, BRIEF, Line, by_model, line_of
from commons.publish.numbers import count
from commons.publish.open_task import OpenTask
from commons.publish.pages import Page, ready, task_pages
from commons.publish.places import Top, task_top
from commons.publish.rows import WITHOUT_TEXT
from commons.publish.states import CellState, State
from commons.publish.survey.entry import TaskEntry
from commons.publish.survey.survey import Saturation
from commons.publish.task_plots import TaskPlots, task_plots

EXAMPLES = 3
#: So many days of measuring are listed.
DAYS = 8
_ORDER = {state: place for place, state in enumerate(
    (State.MEASURED, State.PARTIAL, State.WITHHELD, State.BROKEN, State.INAPPLICABLE, State.MISSING))}


@dataclass(frozen=True)
class TaskView:
    """The task, a row for each model and for each other way of asking it, and what is said of them all.

    ``names`` are the models' names, by id. ``opens`` are the rows with which a new best possible place begins.
    ``lacking`` says how many models are in what other state than measured. ``placing`` says in words what the places
    promise, or why there are none. ``linked`` says whether the pool stands where files can be linked to, ``paid``
    whether any cell says what it cost. ``days`` are
    the days on which cells were measured, the newest first.
    """

    task: TaskEntry
    names: dict[str, str]
    families: dict[str, str]
    lines: tuple[Line, ...]
    others: tuple[Line, ...]
    opens: frozenset[str]
    brief: bool
    bare: bool
    hosts: int
    linked: bool
    paid: bool
    top: Top | None
    measured: int
    stale: int
    lacking: tuple[str, ...]
    placing: str
    saturation: Saturation | None
    plots: TaskPlots
    header: str
    examples: tuple[RenderedItem, ...]
    no_examples: str
    item_pages: int
    items: int
    suites: tuple[Suite, ...]
    amendments: tuple[Amendment, ...]
    days: tuple[tuple[str, int], ...]
    commands: tuple[tuple[str, str], ...]


@task_pages
class TaskPages:
    """One page for each task."""

    name = "task"

    def of_task(self, task: OpenTask) -> Iterable[Page]:
        """One page for each task."""
        view, card = _view(task), task.entry.card
        yield Page(task_path(task.entry.name), card.title, card.summary, "task.html", ready(view),
                   canary=card.canary if view.examples else "", as_of=task.as_of,
                   card=card_path("t", task.entry.name) if wanted(task.frame) else "")


def _view(task: OpenTask) -> TaskView:
    states, card, rendered = task.survey.states, task.entry.card, task.rendered
    names = {model.id: model.name for model in task.frame.models}
    lines, others = _lines(task, states), _lines(task, task.survey.others)
    items = len(task.items.items)
    return TaskView(
        task=task.entry, names=names, families={model.id: model.family for model in task.frame.models}, lines=lines,
        others=tuple(sorted(others, key=lambda line: (line.state.model, line.variant))),
        opens=_opens(lines), brief=len(lines) > BRIEF, bare=len(lines) > BARE,
        hosts=len({line.host for line in lines if line.host}),
        linked=task.frame.place.repository is not None, paid=any(line.dollars for line in lines),
        top=task_top(task.survey.ranks, names),
        measured=sum(state.counts for state in states), stale=sum(bool(state.stale) for state in states),
        lacking=_lacking(states), placing=_placing(task), saturation=task.survey.saturation, plots=task_plots(task),
        header=rendered.header.header if rendered else "",
        examples=rendered.items[:EXAMPLES] if rendered else (),
        no_examples="" if rendered else WITHOUT_TEXT.get(card.publish, "No item was rendered yet."),
        item_pages=-(-items // ITEMS), items=items,
        suites=tuple(suite for suite in task.frame.suites if task.entry.name in suite.names),
        amendments=task.amendments, days=_days((*states, *task.survey.others)), commands=_commands(task),
    )


def _lines(task: OpenTask, states: Sequence[CellState]) -> tuple[Line, ...]:
    """The best first by value, then what has no number, in the order of the registration."""
    ranks = task.survey.ranks
    ranked = by_model(ranks.lines if ranks else ())
    lower = task.entry.card.headline.direction == "lower"
    found = []
    for state in states:
        file = task.file_of(state) if state.facts is not None else None
        found.append(line_of(state, task.entry, ranked.get(state.model), file))

    def order(line: Line) -> tuple[int, bool, float]:
        value = line.state.headline.value if line.state.headline else 0.0
        return _ORDER[line.state.state], line.state.headline is None, value if lower else -value

    return tuple(sorted(found, key=order))


def _opens(lines: Sequence[Line]) -> frozenset[str]:
    """Where the best possible place changes from one row to the next that has a place."""
    placed = [line for line in lines if line.first]
    return frozenset(line.anchor for before, line in pairwise(placed)
                     if before.first != line.first)


def _lacking(states: Sequence[CellState]) -> tuple[str, ...]:
    counted = Counter(state.state for state in states)
    return tuple(f"{count(counted[state])} {state.value}" for state in State
                 if state is not State.MEASURED and counted[state])


def _placing(task: OpenTask) -> str:
    ranks = task.survey.ranks
    if ranks is None or not ranks.lines:
        return f"There are no places. {ranks.unknown if ranks else task.survey.no_ranks}"
    # How the chance was computed, in brackets behind it, stands on the page of the method.
    promise = ranks.multiplicity.partition(" (")[0].rstrip(".")
    return f"Places count from the best. {promise}."


def _days(states: Sequence[CellState]) -> tuple[tuple[str, int], ...]:
    days = Counter(state.facts.started[:10] for state in states if state.facts is not None)
    return tuple(sorted(days.items(), reverse=True)[:DAYS])


def _commands(task: OpenTask) -> tuple[tuple[str, str], ...]:
    """What to type to get these numbers and to question them."""
    name = task.entry.name
    measured = [state.model for state in task.survey.states if state.counts]
    model = next(iter(measured), next((model.id for model in task.frame.models), None))
    found = [("Measure one model", f"commons run {name}" + (f" --model {model}" if model else "")),
             ("Check the task itself", f"commons lint tasks/{name}")]
    if len(measured) > 1:
        found.append(("Compare two models", f"commons compare {measured[0]} {measured[1]} --task {name}"))
    return (*found, ("Places as ranges", f"commons ranks {name}"))
