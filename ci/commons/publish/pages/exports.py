"""The data files: every number of the site as CSV and JSON, and what is asked of crawlers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from commons.pool.cell import Cell
from commons.pool.standing import headline_name
from commons.publish.addresses import cell_path
from commons.publish.inert import visible
from commons.publish.pages import Data, page
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState, State

COLUMNS = (
    "task", "model", "variant", "origin", "state", "stale", "metric", "filter", "headline", "value", "low", "high",
    "confidence", "n", "method", "unit", "higher_is_better", "cell_key", "started", "licence",
)
#: Crawlers that say they collect text for training.
_TRAINING_CRAWLERS = ("Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "Google-Extended", "GPTBot",
                      "meta-externalagent")


@page
class Exports:
    """The data files."""

    name = "exports"

    def addresses(self, snapshot: Snapshot) -> Iterable[Data]:
        """The CSV, the JSON and robots.txt."""
        yield Data("data/cells.csv", _csv(snapshot))
        yield Data("data/cells.json", _json(snapshot))
        yield Data("robots.txt", _robots())


def _csv(snapshot: Snapshot) -> str:
    """One line for each cell and metric. Only a measured cell has values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for state, cell in snapshot.with_cells():
        task = snapshot.task(state.task)
        for name in cell.metric_names:
            writer.writerow([_inert(value) for value in _line(state, cell, task, name)])
    return out.getvalue()


def _line(state: CellState, cell: Cell, task: TaskEntry, name: str) -> list[object]:
    identity = cell.identity
    metric = cell.metrics.get(name) if state.state is State.MEASURED else None
    low, high = metric.interval if metric and metric.interval else (None, None)
    is_headline = name == headline_name(task.card)
    base, _, chain = name.rpartition(",")
    return [
        identity.task, identity.model, identity.variant, identity.origin, state.state.value, " ".join(state.stale),
        base, chain, "yes" if is_headline else "no", metric and metric.value, low, high, metric and metric.confidence,
        metric and metric.n, metric and metric.method, task.card.headline.unit if is_headline else None,
        metric and metric.higher_is_better, identity.cell_key, cell.provenance.started, task.card.licence,
    ]


def _inert(value: object) -> object:
    """Text that a spreadsheet will not take for a formula."""
    if not isinstance(value, str):
        return value
    text = visible(value)
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t"} else text


def _json(snapshot: Snapshot) -> str:
    content = {
        "schema": "eval-commons/cells/1",
        "as_of": snapshot.as_of.isoformat() if snapshot.as_of else None,
        "tasks": {task.name: _task(task) for task in snapshot.tasks},
        "cells": [_cell(state, cell, snapshot.task(state.task)) for state, cell in snapshot.with_cells()],
        "without_cell": [
            {"task": state.task, "model": state.model, "state": state.state.value, "reason": visible(state.reason)}
            for state in snapshot.states.values()
            if state.cell is None
        ],
        "broken": [{"kind": one.kind, "path": visible(one.path), "faults": [visible(fault) for fault in one.faults]}
                   for one in snapshot.broken],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _task(task: TaskEntry) -> dict[str, Any]:
    headline = task.card.headline
    return {
        "title": visible(task.card.title), "licence": task.card.licence, "items": task.items,
        "headline": headline_name(task.card), "unit": headline.unit, "direction": headline.direction,
        "chance": headline.chance, "comparability_version": task.card.comparability_version,
    }


def _cell(state: CellState, cell: Cell, task: TaskEntry) -> dict[str, Any]:
    metrics = cell.metrics if state.state is State.MEASURED else {}
    return {
        **cell.identity.model_dump(mode="json"),
        "state": state.state.value,
        "reason": visible(state.reason),
        "stale": list(state.stale),
        "licence": task.card.licence,
        "metrics": {visible(name): metric.model_dump(mode="json") for name, metric in metrics.items()},
        "outcomes": {outcome.value: rows for outcome, rows in cell.outcomes.items()},
        "tokens_in": cell.tokens[0],
        "tokens_out": cell.tokens[1],
        "started": visible(cell.provenance.started),
        "commit": cell.provenance.commit,
        "page": cell_path(state),
    }


def _robots() -> str:
    lines = ["# Item pages hold test items. A model that trained on them can no longer be measured by them."]
    lines += [f"User-agent: {name}" for name in _TRAINING_CRAWLERS]
    lines += ["Disallow: /", "", "User-agent: *", "Allow: /"]
    return "\n".join(lines) + "\n"
