"""The queue: what waits for whom between a merge and a number that counts. It follows from files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from commons.pool.card import LifecycleState, PublishLevel
from commons.pool.models import Model
from commons.publish.addresses import COVERAGE, LIFECYCLE, QUEUE, state_path, task_path
from commons.publish.listing import MOST_EXAMPLES
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState, State


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its name, where it stands, and what is said of it."""

    name: str
    path: str
    words: str


@dataclass(frozen=True)
class Step:
    """Everything that waits at one step, and for whom; ``do`` is the command or deed that ends the wait.

    ``entries`` holds the first of ``total``; ``rest`` is the page that has the others.
    """

    anchor: str
    title: str
    who: str
    do: str
    command: str
    total: int
    entries: tuple[Waiting, ...]
    rest: str


@dataclass(frozen=True)
class QueueView:
    """The steps in the order in which a task meets them, and the models by what running them takes.

    ``missing`` counts the pairs of task and model that nobody has run and that could be.
    """

    steps: tuple[Step, ...]
    missing: int
    runs_on: tuple[tuple[str, str, tuple[Model, ...]], ...]


@pool_pages
class Queue:
    """The queue from merge to publication."""

    name = "queue"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        missing = sum(one.state is State.MISSING for survey in snapshot.surveys.values() for one in survey.states)
        view = QueueView(tuple(_steps(snapshot)), missing, tuple(_runs_on(snapshot.models)))
        yield Page(QUEUE, "Queue", "What waits for whom, from the merge of a task to a number that counts.",
                   "queue.html", ready(view), as_of=snapshot.as_of)


def _runs_on(models: Sequence[Model]) -> Iterator[tuple[str, str, tuple[Model, ...]]]:
    places = (
        ("cpu", "Run on the processors of any machine, the pool's own jobs among them.",
         [one for one in models if "cpu" in one.runs_on]),
        ("gpu", "Need a machine with a CUDA GPU: somebody who has one runs them.",
         [one for one in models if "cuda" in one.runs_on and "cpu" not in one.runs_on]),
        ("endpoint", "Are served elsewhere: a maintainer with a key runs them, and they may cost money.",
         [one for one in models if one.endpoint is not None]),
    )
    return ((name, words, tuple(some)) for name, words, some in places if some)


def _steps(snapshot: Snapshot) -> Iterator[Step]:
    yield _step("broken", "Files that cannot be read", "a maintainer", "Restore the file from git, or correct it.", "",
                [Waiting(one.path, f"{COVERAGE}#broken", one.faults[0] if one.faults else "") for one in
                 snapshot.broken], COVERAGE)
    yield _step("merged", "Merged, and not measured on any model", "an evaluation run",
                "The next run takes them; anybody may run them.", "commons plan",
                [_waiting(task, _runnable(snapshot, task)) for task in snapshot.tasks if _is_bare(snapshot, task)],
                COVERAGE)
    yield _step("some", "Measured on some models, not on all", "an evaluation run, or who has the machine",
                "Run a model that is missing.", "commons run TASK --model MODEL",
                [_waiting(task, _runnable(snapshot, task)) for task in snapshot.tasks
                 if not _is_bare(snapshot, task) and _missing(snapshot, task)], f"{COVERAGE}#missing")
    cells = snapshot.with_cells()
    yield _step("partial", "Measured in part", "a rerun", "Run the cell again: only what lacks a score is asked again.",
                "commons run TASK --model MODEL",
                [_of_cell(one, one.reason) for one in cells if one.state is State.PARTIAL], f"{COVERAGE}#partial")
    yield _step("stale", "Measured before something changed", "a rerun", "Run the cell again.",
                "commons run TASK --model MODEL",
                [_of_cell(one, " ".join(one.stale)) for one in cells if one.stale and one.state is not State.WITHHELD
                 and not one.external], f"{COVERAGE}#stale")
    yield from _for_owners(snapshot)


def _for_owners(snapshot: Snapshot) -> Iterator[Step]:
    def declared(state: LifecycleState) -> list[TaskEntry]:
        return [task for task in snapshot.tasks if task.card.lifecycle.state is state]

    yield _step("drafts", "Drafts", "their owners", "Set the card's lifecycle to active once the task is proved.",
                "commons lifecycle", [_waiting(task, f"Draft since {task.card.lifecycle.since.isoformat()}.")
                                      for task in declared(LifecycleState.DRAFT)], f"{LIFECYCLE}#draft")
    yield _step("successors", "Saturated, and nothing has taken their place", "their owners, or whoever likes to",
                "Make a harder version, or a new task, and name it as the successor.", "commons new",
                [_waiting(task, task.card.lifecycle.reason or "") for task in declared(LifecycleState.SATURATED)
                 if not task.card.lifecycle.successor], f"{LIFECYCLE}#saturated")
    yield _step("items", "Items known to be wrong", "the owners of the task",
                "Mend or drop the items, and raise the comparability version.", "commons mend TASK",
                [_waiting(task, _broken_items(task)) for task in snapshot.tasks if task.card.known_broken], LIFECYCLE)


def _step(
    anchor: str, title: str, who: str, do: str, command: str, entries: Sequence[Waiting], rest: str
) -> Step:
    return Step(anchor, title, who, do, command, len(entries), tuple(entries[:MOST_EXAMPLES]), rest)


def _is_bare(snapshot: Snapshot, task: TaskEntry) -> bool:
    """Whether no model has a cell file for the task."""
    return all(one.state in {State.MISSING, State.INAPPLICABLE} for one in snapshot.of_task(task))


def _runnable(snapshot: Snapshot, task: TaskEntry) -> str:
    """How many models could be run on the processors of any machine, and how many take more."""
    missing = _missing(snapshot, task)
    here = sum("cpu" in model.runs_on for model in missing)
    return f"Not run on {len(missing)} models: {here} run on any machine, {len(missing) - here} need a GPU or a key."


def _missing(snapshot: Snapshot, task: TaskEntry) -> list[Model]:
    return [snapshot.model(one.model) for one in snapshot.of_task(task) if one.state is State.MISSING]


def _broken_items(task: TaskEntry) -> str:
    items = task.card.known_broken
    count = f"{len(items)} item{'s' if len(items) != 1 else ''}"
    if task.card.publish is PublishLevel.NONE:
        return f"{count}; the card publishes no items."
    return f"{count}, for example {items[0].item}: {items[0].reason}"


def _waiting(task: TaskEntry, words: str) -> Waiting:
    return Waiting(task.card.title, task_path(task.name), words)


def _of_cell(state: CellState, words: str) -> Waiting:
    return Waiting(f"{state.task} on {state.file_name}", state_path(state), words)
