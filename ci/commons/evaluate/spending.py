"""What a plan's run spent on endpoints, as the ledger keeps it: the higher of what two sources say."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from commons.errors import BadFile, CannotRun
from commons.evaluate.admission import started_at
from commons.evaluate.arrivals import find_folders
from commons.evaluate.shard_report import REPORT_FILE, ShardReport, read_report
from commons.plan.plan import Plan
from commons.pool.cell import Cell
from commons.pool.repository import Repository
from commons.pool.spending import Spending, month_of, spending_path, to_text
from commons.pool.whole import write_whole

#: Starts are kept to the second, and clocks differ: a cell that was started so long before its plan is of the plan.
_BEFORE = datetime.timedelta(minutes=1)

#: No shard costs more; a report that says so was made to do harm.
_MOST = 1e6


def record_spending(
    pool: Repository, plan: Plan, shard_folders: Sequence[Path], run: str, now: datetime.datetime
) -> list[Path]:
    """Write what a run spent (``results/spending/<month>/<run>.json``), once its shards were collected.

    For each model the higher of what the shards' reports say and what the provenance of the accepted cells adds up
    to: a shard that died left no report, and a cell whose answers were paid for and lost left no provenance. The same
    ``run`` again replaces its file; where nothing was spent there is none.

    Raises:
        CannotRun: ``run`` is no name for a file.
    """
    reported = _reported(shard_folders, {cell.model for cell in plan.cells})
    accepted = _accepted(pool, plan)
    by_model = {model: round(max(reported[model], accepted[model]), 6) for model in sorted({*reported, *accepted})}
    by_model = {model: dollars for model, dollars in by_model.items() if dollars > 0}
    month = month_of(now)
    try:
        spending = Spending(run=run, month=month, dollars=round(math.fsum(by_model.values()), 6), by_model=by_model)
    except ValidationError as error:
        raise CannotRun(f"`{run[:80]}` is no name of a run, or a shard reports more dollars than there are.",
                        mend="Give digits, letters and dashes, 64 at most.") from error
    path = spending_path(pool.ledger.root, month, run)
    # A run that goes over the end of a month has one file all the same: the one of its last record.
    for other in path.parents[1].glob(f"*/{run}.json"):
        if other != path:
            other.unlink()
    if not by_model:
        path.unlink(missing_ok=True)
        return []
    write_whole(path, to_text(spending))
    return [path]


def _reported(folders: Iterable[Path], planned: set[str]) -> defaultdict[str, float]:
    """What the shards' reports say, shared out over a shard's models as its cells cost.

    A cell's own cost counts answers that were stored before, and the shard's only those given in it. A report that
    cannot be read says nothing here; whoever collects has refused it by name.
    """
    found: defaultdict[str, float] = defaultdict(float)
    for folder in folders:
        for shard in _shards(folder):
            report = _report(shard)
            if report is None or not report.cost_usd:
                continue
            models = sorted({cell.model for cell in report.cells} & planned) or sorted(planned)
            costs = {model: sum(cell.cost_usd or 0.0 for cell in report.cells if cell.model == model)
                     for model in models}
            total = sum(costs.values())
            for model in models:
                found[model] += min(report.cost_usd, _MOST) * (costs[model] / total if total else 1 / len(models))
    return found


def _shards(folder: Path) -> list[Path]:
    try:
        return find_folders(folder)
    except BadFile:
        return []


def _report(folder: Path) -> ShardReport | None:
    try:
        return read_report(folder / REPORT_FILE)
    except BadFile:
        return None


def _accepted(pool: Repository, plan: Plan) -> defaultdict[str, float]:
    """What the planned cells that stand cost, where they were measured by this plan."""
    found: defaultdict[str, float] = defaultdict(float)
    for planned in plan.cells:
        try:
            cell = pool.ledger.cell(planned.task, planned.model, planned.variant)
        except BadFile:
            continue
        if cell is not None and cell.identity.cell_key == plan.key(planned).key and _is_of(cell, plan):
            found[planned.model] += cell.provenance.cost_usd or 0.0
    return found


def _is_of(cell: Cell, plan: Plan) -> bool:
    started = started_at(cell)
    return plan.made is None or started is None or started >= plan.made - _BEFORE
