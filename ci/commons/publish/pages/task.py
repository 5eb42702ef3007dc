"""A task's page: what it measures, how each model did, what its items look like, and its whole card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commons.analyse.entering import Rules, select
from commons.pool.models import Model
from commons.pool.rendered import RenderedItem
from commons.publish.addresses import task_path
from commons.publish.pages import Page, page
from commons.publish.rows import WITHOUT_TEXT
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState

EXAMPLES = 3
#: A range stays on one line.
_TO = "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class TaskView:
    """The task, a row for each model, the cells of other variants, and the first items in their shuffled order.

    ``places`` holds each model's place as a range, by its id; models that do not enter the comparison have none.
    ``placing`` says in words what the places promise, or why there are none.
    """

    task: TaskEntry
    rows: tuple[tuple[Model, CellState], ...]
    others: tuple[tuple[Model, CellState], ...]
    measured: int
    stale: int
    header: str
    examples: tuple[RenderedItem, ...]
    no_examples: str
    places: Mapping[str, str]
    placing: str


@page
class TaskPages:
    """One page for each task."""

    name = "task"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each task."""
        for task in snapshot.tasks:
            view = _view(snapshot, task)
            yield Page(task_path(task.name), task.card.title, task.card.summary, "task.html", view, bool(view.examples))


def _view(snapshot: Snapshot, task: TaskEntry) -> TaskView:
    states = snapshot.of_task(task)
    others = [state for state in snapshot.others if state.task == task.name]
    rendered = task.rendered
    places, placing = _places(snapshot, task, states)
    return TaskView(
        task=task,
        rows=tuple(zip(snapshot.models, states, strict=True)),
        others=tuple((snapshot.model(state.model), state) for state in others),
        measured=sum(state.counts for state in states),
        stale=sum(bool(state.stale) for state in states),
        header=rendered.header.header if rendered else "",
        examples=rendered.items[:EXAMPLES] if rendered else (),
        no_examples="" if rendered else WITHOUT_TEXT.get(task.card.publish, "No item was rendered yet."),
        places=places, placing=placing,
    )


def _places(snapshot: Snapshot, task: TaskEntry, states: Iterable[CellState]) -> tuple[Mapping[str, str], str]:
    """The places of the models that count; the snapshot has left out those whose endpoint drifted."""
    try:
        from commons.analyse.ranks import ranks_of
    except ModuleNotFoundError:
        return {}, "There are no places: this site was built without the numeric packages that they need."
    cells = [state.cell for state in states if state.counts and state.cell is not None]
    ranks = ranks_of(select(task.name, task.card, cells, Rules(snapshot.models, snapshot.amendments, {})))
    if not ranks.lines:
        return {}, f"There are no places. {ranks.unknown}"
    places = {line.model: line.place.replace("-", _TO) for line in ranks.lines}
    return places, f"Places count from the best. {ranks.multiplicity}"
