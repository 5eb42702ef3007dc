"""``data/cells.parquet``: a row for each pair of task and model, and each other variant, with its headline."""

from __future__ import annotations

from collections.abc import Iterable

from commons.analyse.ranks import RankedLine
from commons.pool.cell import CANONICAL
from commons.pool.standing import headline_name
from commons.publish.data.columns import CELL_TABLE
from commons.publish.data.legal import of_pool
from commons.publish.data.parquet import bytes_of, table_of
from commons.publish.inert import visible
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState
from commons.publish.survey.entry import TaskEntry

SCHEMA = "cells/1"


def parquet_of(snapshot: Snapshot) -> bytes:
    """The file's bytes."""
    rows = [row for task in snapshot.tasks for row in _rows(snapshot, task)]
    return bytes_of(table_of(CELL_TABLE, rows), SCHEMA, of_pool(snapshot.frame.place, snapshot.as_of))


def _rows(snapshot: Snapshot, task: TaskEntry) -> Iterable[tuple[object, ...]]:
    survey = snapshot.surveys[task.name]
    places = {line.model: line for line in survey.ranks.lines} if survey.ranks else {}
    name, unit, licence = visible(headline_name(task.card)), visible(task.card.headline.unit), task.card.licence
    for state in (*survey.states, *survey.others):
        place = places.get(state.model) if state.variant == CANONICAL else None
        yield (*_identity(task.name, state), name, *_number(state, unit, place), *_facts(state), licence)


def _identity(task: str, state: CellState) -> tuple[object, ...]:
    facts = state.facts
    return (task, state.model, state.variant, facts.origin if facts else None, state.state.value,
            visible(state.reason), " ".join(state.stale))


def _number(state: CellState, unit: str, place: RankedLine | None) -> tuple[object, ...]:
    found = state.headline
    if found is None:
        return (None,) * 7 + (unit, None, None, None)
    low, high = found.interval or (None, None)
    return (found.value, low, high, found.confidence, found.n, found.n_effective, visible(found.method), unit,
            found.higher_is_better, place and place.best, place and place.worst)


def _facts(state: CellState) -> tuple[object, ...]:
    facts = state.facts
    if facts is None:
        return (None,) * 9
    return (facts.rows, facts.items, facts.scored, *facts.tokens, facts.seconds, facts.cost_usd, facts.cell_key,
            visible(facts.started))
