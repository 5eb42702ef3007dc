"""A task's lines of ``data/cells.csv``: one for each cell and metric."""

from __future__ import annotations

from commons.analyse.ranks import RankedLine
from commons.pool.cell import CANONICAL, Cell
from commons.pool.standing import headline_name
from commons.publish.addresses import results_path
from commons.publish.data.csvfile import lines_of
from commons.publish.open_task import OpenTask
from commons.publish.states import CellState, State
from commons.publish.units import unit_of


class CellLines:
    """Gathers the lines of one task, cell by cell."""

    def __init__(self, task: OpenTask) -> None:
        self._task = task
        self._headline = headline_name(task.entry.card)
        self._places = places_of(task)
        self._lines: list[list[object]] = []

    def add(self, state: CellState, cell: Cell) -> None:
        """Add a cell. Only a measured one has values."""
        self._lines += [self._line(state, cell, name) for name in cell.metric_names]

    def text(self) -> str:
        """All lines."""
        return lines_of(self._lines)

    def _line(self, state: CellState, cell: Cell, name: str) -> list[object]:
        identity, card = cell.identity, self._task.entry.card
        metric = cell.metrics.get(name) if state.state is State.MEASURED else None
        low, high = metric.interval if metric and metric.interval else (None, None)
        is_headline = name == self._headline
        place = self._places.get(state.model) if is_headline and state.variant == CANONICAL else None
        base, _, chain = name.rpartition(",")
        return [
            identity.task, identity.model, identity.variant, identity.origin, state.state.value,
            " ".join(state.stale), base, chain, "yes" if is_headline else "no",
            metric and metric.value, low, high, metric and metric.confidence, metric and metric.n,
            metric and metric.n_effective, metric and metric.method, unit_of(card, cell, name) or None,
            metric and metric.higher_is_better, place and place.best, place and place.worst, identity.cell_key,
            cell.provenance.started, commit_of(self._task, state), results_path(state), card.licence,
        ]


def places_of(task: OpenTask) -> dict[str, RankedLine]:
    """The places of the models that have one; they are of canonical cells."""
    ranks = task.survey.ranks
    return {line.model: line for line in ranks.lines} if ranks else {}


def commit_of(task: OpenTask, state: CellState) -> str | None:
    """The commit at which a cell's file stands as it was read; None where it is not known."""
    commits = task.commits.get(results_path(state))
    return commits[0].sha if commits else None
