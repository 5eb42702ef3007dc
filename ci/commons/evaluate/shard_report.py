"""What a shard's job says it did: the last file that it writes (``shard-3/report.json``).

It is for people and for those who wait: what a shard delivers is proved by its cells, never by this.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from commons.errors import BadFile, CommonsError, Problem, Where
from commons.evaluate.report import RunReport
from commons.evaluate.writing import scored
from commons.plan.plan import PlannedCell
from commons.plan.planfile import Amount, Name, Whole
from commons.pool.cell import CANONICAL, Sha256
from commons.pool.validate import Strict
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text

REPORT_FILE = "report.json"
MAX_REPORT_BYTES = 20_000_000

Sentence = Annotated[str, Field(max_length=2000)]


class CellLine(Strict):
    """One planned cell: what became of it, with the rows that have a score among all, null where there is no cell."""

    task: Name
    model: Name
    state: Literal["measured", "partial", "fresh", "failed"]
    reason: Sentence
    scored: Whole | None = None
    rows: Whole | None = None
    seconds: Amount | None = None
    cost_usd: Amount | None = None
    variant: Name = CANONICAL


class ErrorLine(Strict):
    """One thing that went wrong."""

    what: Sentence
    sentence: Sentence
    where: Sentence | None
    mend: Sentence


class Requests(Strict):
    """How many requests were sent, were answered from the store, and met a fault of the instrument."""

    sent: Whole
    reused: Whole
    faults: Whole


class ShardReport(Strict):
    """The report of one shard.

    ``cost_usd`` is what the answers given in this run cost. ``withheld`` names the tasks of which no answer and no
    transcript is in the folder, because they publish less than samples.
    """

    schema_version: Literal[1] = 1
    plan_sha256: Sha256
    shard: Annotated[int, Field(ge=1)]
    commit: str | None
    cells: list[CellLine]
    errors: list[ErrorLine]
    requests: Requests
    answers: Whole
    withheld: list[Name]
    seconds: Amount
    cost_usd: Amount

    @property
    def whole(self) -> bool:
        """Whether every cell of the shard is there and has a score for each of its rows."""
        return not self.errors and all(one.state in {"measured", "fresh"} for one in self.cells)


def cell_lines(report: RunReport, planned: Sequence[PlannedCell]) -> list[CellLine]:
    """What became of each planned cell."""
    known = {(one.task, one.model, one.variant): one for one in report.cells}
    lines = []
    for cell in planned:
        task, model, variant = cell.task, cell.model, cell.variant
        one = known.get((task, model, variant))
        if one is None or one.cell is None:
            reason = "see the errors" if one is None else f"{one.state}: {one.reason}"
            lines.append(CellLine(task=task, model=model, state="failed", reason=reason[:2000],
                                  variant=variant))
            continue
        state: Literal["measured", "partial", "fresh"] = "measured"
        if one.cell.partial:
            state = "partial"
        elif one.state == "fresh":
            state = "fresh"
        lines.append(CellLine(
            task=task, model=model, state=state, reason=one.reason, scored=scored(one.cell), rows=len(one.cell.rows),
            seconds=one.cell.provenance.seconds, cost_usd=one.cell.provenance.cost_usd,
            variant=variant,
        ))
    return lines


def error_lines(errors: list[tuple[str, CommonsError]], root: Path) -> list[ErrorLine]:
    """The errors of a run, with places inside the pool."""
    return [
        ErrorLine(what=name[:2000], sentence=error.sentence[:2000], mend=error.mend[:2000],
                  where=str(error.where.relative_to(root))[:2000] if error.where else None)
        for name, error in errors
    ]


def write_report(report: ShardReport, folder: Path) -> Path:
    """Write the report into a shard's folder."""
    path = folder / REPORT_FILE
    write_whole(path, report.model_dump_json(indent=1) + "\n")
    return path


def read_report(path: Path) -> ShardReport:
    """Read a report.

    Raises:
        BadFile: it does not fit the format.
    """
    try:
        return ShardReport.model_validate_json(read_text(path, MAX_REPORT_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in one["loc"])
        sentence = f"This is no shard's report: {place + ': ' if place else ''}{one['msg']}."
        raise BadFile([Problem("report", sentence, Where(path, 1), "Run the shard again.")]) from error
