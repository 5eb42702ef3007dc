"""What planning needs of a stored cell. Its file is read whole once: a head over damaged rows is believed nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from commons.errors import BadFile, Problem, Where
from commons.plan.cells import Standing, standing_of
from commons.pool.cell import CANONICAL, Cell
from commons.pool.cellfile import read_cell
from commons.variants.varied import Varied


class CellHead(NamedTuple):
    """A stored cell without its rows. ``values`` holds each metric's value; ``n`` counts rows, scored or not."""

    standing: Standing
    n: int
    seconds: float
    load_seconds: float | None
    answers_reused: int
    tokens_in: int | None
    tokens_out: int | None
    dollars: float | None
    engine: str
    started: str
    values: dict[str, float]


def read_head(path: Path, task: str, model: str, varied: Varied | None = None) -> CellHead:
    """Read a cell file that stands where the cell of ``task``, put so, and ``model`` does, as a run reads it.

    Whether its numbers follow from its rows, and whether it was edited by hand, ``commons verify`` says.

    Raises:
        BadFile: it is no such cell, in any of its parts.
    """
    cell = read_cell(path)
    one = cell.identity
    if (one.task, one.model, one.variant) != (task, model, varied.name if varied else CANONICAL):
        sentence = f"The cell file holds the cell of {one.task} on {one.model}, {one.variant}."
        mend = "Restore it from git; else it is measured again."
        raise BadFile([Problem("cell", sentence, Where(path, 1), mend)])
    return _head_of(cell, varied)


def _head_of(cell: Cell, varied: Varied | None) -> CellHead:
    provenance = cell.provenance
    return CellHead(
        standing=standing_of(cell, varied=varied), n=len(cell.rows),
        seconds=provenance.seconds, load_seconds=provenance.load_seconds, answers_reused=provenance.answers_reused,
        tokens_in=provenance.tokens_in, tokens_out=provenance.tokens_out, dollars=provenance.cost_usd,
        engine=provenance.engine, started=provenance.started,
        values={name: metric.value for name, metric in cell.metrics.items()},
    )
