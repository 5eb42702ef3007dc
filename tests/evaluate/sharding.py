"""Running shards and collecting them in tests, with a model that answers by rule."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

from commons.evaluate.collect import Collection, collect
from commons.evaluate.metrics import MetricRule, metrics_of
from commons.evaluate.progress import Silent
from commons.evaluate.report import RunReport
from commons.evaluate.shard import ShardRequest, ShardRun, folder_name
from commons.evaluate.shard_report import ShardReport
from commons.harness.store import ResponseStore
from commons.plan.plan import Plan
from commons.pool import cellfile
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_text
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import endpoint_entry
from tests.running import NOON, still

PLAN_DIGEST = sha256_text("plan")
TWO_MODELS = endpoint_entry("http://127.0.0.1:1/v1", "one") + endpoint_entry("http://127.0.0.1:2/v1", "two")


def run_shard(
    pool: Repository, plan: Plan, number: int, output: Path | None = None, store: Path | None = None
) -> tuple[ShardReport, RunReport]:
    """Run one shard, into ``output/shard-N`` where given."""
    tasks, _ = pool.tasks()
    request = ShardRequest(plan, PLAN_DIGEST, number, {task.name: task for task in tasks},
                           {model.id: model for model in pool.models()},
                           output / folder_name(number) if output else None)
    with ResponseStore(store or pool.work / "responses.sqlite") as opened:
        return ShardRun(pool, opened, Silent(), still(), request).run()


def collected(pool: Repository, plan: Plan, *folders: Path, store: bool = False) -> Collection:
    """Collect shards' folders into the pool."""
    tasks, _ = pool.tasks()
    cards = {task.name: task.card for task in tasks}
    if not store:
        return collect(pool, plan, PLAN_DIGEST, folders, cards, None, Silent(), NOON)
    with ResponseStore(pool.work / "collected.sqlite") as opened:
        return collect(pool, plan, PLAN_DIGEST, folders, cards, opened, Silent(), NOON)


def numbers(ledger: Ledger) -> dict[str, str]:
    """Every cell's file without its provenance, which is all in which two equal runs may differ."""
    return {str(path.relative_to(ledger.root)): _PROVENANCE.sub("", path.read_text()) for path in ledger.cell_paths()}


_PROVENANCE = re.compile(r' "provenance": \{.*?\n \},\n', re.DOTALL)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path inside."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"}


#: What is done to a cell.
Change = Callable[[Cell], Cell]


def edited(path: Path, change: Change) -> None:
    """Change a cell file's content and write it as the program would, checks and all."""
    cell = cellfile.read_cell(path)
    path.write_text(cellfile.to_text(change(cell)))


def identity(**values: object) -> Change:
    """A change of a cell's identity."""
    return lambda cell: dataclasses.replace(cell, identity=cell.identity.model_copy(update=values))


def without(item: str) -> Change:
    """A change that leaves an item out and recomputes the metrics, as whoever hides an item would."""

    def change(cell: Cell) -> Cell:
        rows = tuple(row for row in cell.rows if row.item != item)
        rules = {name: MetricRule(one.aggregation, one.higher_is_better) for name, one in cell.metrics.items()}
        return dataclasses.replace(cell, rows=rows, metrics=metrics_of(rows, cell.metric_names, rules))

    return change
