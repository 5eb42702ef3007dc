"""Cells without what takes room, as one text for a task: what comparisons of scores need, and no answer or prompt.

A slim cell is a :class:`~commons.pool.cell.Cell` whose rows hold item, repeat, outcome, scores, chosen option and
cluster. It is enough for ranks, paired differences, item tables and diagnoses; whoever needs answers, option
log-likelihoods or tokens reads the cell's file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Identity, Metric, Outcome, Protocol, Provenance, Row


@dataclass(frozen=True)
class SlimFile:
    """What a cell file came to: a slim cell, or why it is broken. ``digest`` is that of the file's bytes."""

    digest: str
    cell: Cell | None
    fault: str = ""


def pack(files: Mapping[str, SlimFile]) -> bytes:
    """The files of a task by their names without the ending, as bytes. Cells with the same items name them once."""
    places: dict[tuple[tuple[str, int, str | None], ...], int] = {}
    packed = {}
    for name, file in files.items():
        content: dict[str, Any] = {"digest": file.digest, "fault": file.fault}
        if file.cell is not None:
            items = tuple((row.item, row.repeat, row.cluster) for row in file.cell.rows)
            content |= {"items": places.setdefault(items, len(places)), "cell": _packed(file.cell)}
        packed[name] = content
    return json.dumps({"items": list(places), "files": packed}, separators=(",", ":")).encode("utf-8")


def unpack(content: bytes) -> dict[str, SlimFile]:
    """The files that :func:`pack` packed.

    Raises:
        ValueError, KeyError, TypeError, IndexError: it is something else.
    """
    whole = json.loads(content)
    items = whole["items"]
    return {
        name: SlimFile(one["digest"], _cell(one["cell"], items[one["items"]]) if "cell" in one else None, one["fault"])
        for name, one in whole["files"].items()
    }


def _packed(cell: Cell) -> dict[str, Any]:
    rows = cell.rows
    return {
        "identity": cell.identity.model_dump(mode="json"), "protocol": cell.protocol.model_dump(mode="json"),
        "publish": cell.publish.value, "names": cell.metric_names,
        "metrics": {name: metric.model_dump(mode="json") for name, metric in cell.metrics.items()},
        "provenance": cell.provenance.model_dump(mode="json"),
        # Nearly all rows are scored, so only the others are named.
        "outcomes": {str(place): row.outcome.value for place, row in enumerate(rows)
                     if row.outcome is not Outcome.SCORED},
        "scores": [[row.scores[column] for row in rows] for column in range(len(cell.metric_names))],
        "chosen": [row.chosen for row in rows],
    }


def _cell(content: dict[str, Any], items: Sequence[Sequence[Any]]) -> Cell:
    outcomes = [Outcome.SCORED] * len(items)
    for place, outcome in content["outcomes"].items():
        outcomes[int(place)] = Outcome(outcome)
    columns = [_column(column) for column in content["scores"]]
    scores = zip(*columns, strict=True) if columns else ((),) * len(items)
    rows = tuple(
        Row(item=item, repeat=repeat, outcome=outcome, scores=tuple(row), chosen=chosen, cluster=cluster)
        for (item, repeat, cluster), outcome, row, chosen
        in zip(items, outcomes, scores, content["chosen"], strict=True)
    )
    return Cell(
        identity=Identity.model_validate(content["identity"]), protocol=Protocol.model_validate(content["protocol"]),
        publish=PublishLevel(content["publish"]), metric_names=tuple(content["names"]),
        metrics={name: Metric.model_validate(metric) for name, metric in content["metrics"].items()},
        rows=rows, transcript=None, provenance=Provenance.model_validate(content["provenance"]),
    )


def _column(values: list[Any]) -> list[Any]:
    """A metric's statistics; those of several numbers are lists in JSON and tuples in a row."""
    if any(isinstance(value, list) for value in values):
        return [tuple(value) if isinstance(value, list) else value for value in values]
    return values
