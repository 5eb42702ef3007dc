"""``api/v1/tasks/<task>.json``: a task, all its cells with every metric, the places, and the diagnosis."""

from __future__ import annotations

from commons.pool.cell import CANONICAL, Cell, Metric
from commons.pool.standing import headline_name
from commons.publish.addresses import cell_path, results_path, task_path
from commons.publish.data.cell_lines import commit_of, places_of
from commons.publish.data.jsonfile import given, text_of
from commons.publish.data.legal import of_task
from commons.publish.open_task import OpenTask
from commons.publish.states import CellState, State
from commons.publish.survey.entry import TaskEntry

SCHEMA = "api/task/1"


class TaskFile:
    """Gathers one task's file, cell by cell."""

    def __init__(self, task: OpenTask) -> None:
        self._task = task
        self._places = places_of(task)
        self._cells: list[dict[str, object]] = []

    def add(self, state: CellState, cell: Cell) -> None:
        """Add a cell. Only a measured one has metrics."""
        made = cell.provenance
        measured = state.state is State.MEASURED
        place = self._places.get(state.model) if state.variant == CANONICAL else None
        self._cells.append(given(
            model=state.model, variant=state.variant, origin=cell.identity.origin, state=state.state.value,
            reason=state.reason, stale=state.stale, cell_key=cell.identity.cell_key,
            metrics={name: metric_of(metric) for name, metric in cell.metrics.items()} if measured else None,
            place={"best": place.best, "worst": place.worst} if place else None,
            outcomes={outcome.value: rows for outcome, rows in cell.outcomes.items()},
            tokens={"in": cell.tokens[0], "out": cell.tokens[1]}, seconds=made.seconds, cost_usd=made.cost_usd,
            started=made.started, commit=commit_of(self._task, state),
            page=cell_path(state) if state.paged else None,
            file=results_path(state),
        ))

    def text(self) -> str:
        """The file's text."""
        task, survey = self._task, self._task.survey
        entry, ranks = task.entry, survey.ranks
        return text_of({
            **of_task(entry, task.frame.place, task.as_of).marks(SCHEMA),
            **summary_of(entry), "page": task_path(entry.name), "cells": self._cells,
            # Each cell's file as it was read stands there.
            "file_address": task.frame.place.file("{file}", "{commit}"),
            "without_cell": [
                {"model": state.model, "state": state.state.value, "reason": state.reason}
                for state in survey.states if state.facts is None
            ],
            "ranks": given(
                items=ranks.items, ties=ranks.ties, multiplicity=ranks.multiplicity, unknown=ranks.unknown,
                left_out=[{"model": one.model, "variant": one.variant, "reason": one.reason} for one in ranks.left_out],
            ) if ranks else {"unknown": survey.no_ranks},
            "diagnosis": _diagnosis(task),
        })


def summary_of(entry: TaskEntry) -> dict[str, object]:
    """What a task's card says for readers of data; nothing of its items, which the card may withhold."""
    card = entry.card
    return {
        "task": entry.name, "title": card.title, "summary": card.summary, "domain": card.domain,
        "skills": card.skills, "languages": card.languages, "owners": card.owners, "publish": card.publish.value,
        "output_type": entry.config.output_type, "items": entry.items, "first_published": str(card.first_published),
        "comparability_version": card.comparability_version,
        "lifecycle": card.lifecycle.model_dump(mode="json", exclude_none=True),
        "headline": {**card.headline.model_dump(mode="json"), "name": headline_name(card)},
        "human_baseline": card.human_baseline.model_dump(mode="json") if card.human_baseline else None,
        "smallest_difference": card.claims.smallest_difference, "known_biases": card.known_biases,
    }


def metric_of(metric: Metric) -> dict[str, object]:
    """A metric with its uncertainty; what else the cell says of it stands in the cell's file."""
    return given(
        value=metric.value, interval=metric.interval, confidence=metric.confidence if metric.interval else None,
        n=metric.n, n_effective=metric.n_effective, method=metric.method, higher_is_better=metric.higher_is_better,
    )


def _diagnosis(task: OpenTask) -> dict[str, object] | None:
    found = task.survey.saturation
    if found is None:
        return None
    return given(
        name=found.name, rule=found.rule, reason=found.reason, numbers=found.numbers, missing=found.missing,
        mends=found.mends, models=found.models, families=found.families,
        day=found.day.isoformat() if found.day else None, best=found.best, value=found.value, interval=found.interval,
        headroom=found.headroom, headroom_most=found.headroom_most, human=found.human, index=found.index,
        index_interval=found.index_interval, reliability=found.reliability, omnibus=found.omnibus,
    )
