"""Running shards and collecting them in tests, with a model that answers by rule."""

from __future__ import annotations

import re
from pathlib import Path

from commons.evaluate.collect import Collection, collect
from commons.evaluate.progress import Silent
from commons.evaluate.report import RunReport
from commons.evaluate.shard import ShardRequest, ShardRun, folder_name
from commons.evaluate.shard_report import ShardReport
from commons.harness.store import ResponseStore
from commons.plan.plan import Plan
from commons.pool.hashing import sha256_text
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.running import still

PLAN_DIGEST = sha256_text("plan")


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
        return collect(pool, plan, PLAN_DIGEST, folders, cards, None, Silent())
    with ResponseStore(pool.work / "collected.sqlite") as opened:
        return collect(pool, plan, PLAN_DIGEST, folders, cards, opened, Silent())


def numbers(ledger: Ledger) -> dict[str, str]:
    """Every cell's file without its provenance, which is all in which two equal runs may differ."""
    return {str(path.relative_to(ledger.root)): _PROVENANCE.sub("", path.read_text()) for path in ledger.cell_paths()}


_PROVENANCE = re.compile(r' "provenance": \{.*?\n \},\n', re.DOTALL)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path inside."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"}
