"""Where pages stand. Addresses never change their form, because people keep links to them."""

from __future__ import annotations

from commons.publish.states import CellState

HOME = "index.html"
COVERAGE = "coverage.html"
READING = "reading.html"


def task_path(task: str) -> str:
    """A task's page."""
    return f"t/{task}.html"


def model_path(model: str) -> str:
    """A model's page."""
    return f"m/{model}.html"


def cell_path(state: CellState, number: int = 1) -> str:
    """Page ``number`` of a cell's rows. The tilde stands in no model id, so no two addresses can be equal."""
    return f"r/{state.task}/{state.file_name}{'' if number == 1 else f'~{number}'}.html"


def coverage_anchor(task: str, model: str) -> str:
    """The fragment of a pair on the coverage page. No task name holds a hyphen, so no two are equal."""
    return f"c-{task}-{model}"


def state_path(state: CellState) -> str:
    """Where to read about a pair: its cell's page, or its line on the coverage page."""
    if state.cell is not None:
        return cell_path(state)
    return f"{COVERAGE}#{coverage_anchor(state.task, state.model)}"


def withdrawn_path(task: str, file_name: str) -> str:
    """Where a result's page stood before its task was taken down."""
    return f"r/{task}/{file_name}.html"


def results_path(state: CellState) -> str:
    """The cell's file in the pool."""
    return f"results/cells/{state.task}/{state.file_name}.json"
