"""``actions``: the matrix of a GitHub workflow, one job for each shard. It runs nothing itself."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from commons.errors import CannotRun
from commons.evaluate.executors.base import Executor, Order, ShardEnd, Watcher, executor
from commons.evaluate.executors.settings import Setting, Settings
from commons.evaluate.shard import folder_name
from commons.plan.plan import Plan, Shard
from commons.pool.whole import write_whole

#: GitHub starts no more jobs from one matrix.
MOST_JOBS = 256


def run(order: Order, settings: Settings, watcher: Watcher) -> list[ShardEnd]:
    """Write the matrix.

    Raises:
        CannotRun: the plan has more shards than a matrix may have jobs.
    """
    path = Path(settings.text("file"))
    write_whole(path, matrix(order.plan, settings.text("plan"), settings.text("shards"), trust=order.trust))
    watcher.say(f"{path}: {len(order.plan.shards)} jobs. In a workflow: matrix: ${{{{ fromJSON(...) }}}}, then in each "
                "job: ${{ matrix.command }}, and after all of them: commons collect")
    return []


def matrix(plan: Plan, plan_file: str, output: str, *, trust: bool = False) -> str:
    """The matrix as JSON: for each shard its number, its models, about how long it takes, and the command line.

    Paths are those of the job's machine, so they are given and not taken from this one.
    """
    if len(plan.shards) > MOST_JOBS:
        raise CannotRun(f"The plan has {len(plan.shards)} shards; a matrix has at most {MOST_JOBS} jobs.",
                        mend=f"Make the plan with --shards {MOST_JOBS}.")
    jobs = [_job(plan, shard, plan_file, output, trust=trust) for shard in plan.shards]
    return json.dumps({"include": jobs}, ensure_ascii=False, sort_keys=True) + "\n"


def _job(plan: Plan, shard: Shard, plan_file: str, output: str, *, trust: bool) -> dict[str, object]:
    command = ["commons", "run", "--plan", plan_file, "--shard", str(shard.number), "--output", output]
    cells = plan.cells_of(shard)
    return {
        "shard": shard.number,
        "artifact": folder_name(shard.number),
        "cells": len(cells),
        "models": ",".join(dict.fromkeys(cell.model for cell in cells)),
        # A job that takes much longer than planned is stuck; GitHub's own limit is six hours.
        "timeout_minutes": min(350, 15 + int(shard.seconds * 3 / 60)),
        "command": shlex.join([*command, "--trust"] if trust else command),
    }


executor(Executor(
    name="actions",
    summary="Writes the matrix of a GitHub workflow: one job for each shard, with its command line.",
    settings=(
        Setting("file", "the file that the matrix is written to.", "matrix.json", pattern=r".+", takes="a path"),
        Setting("plan", "the plan's file as the jobs find it.", "plan.json", pattern=r".+", takes="a path"),
        Setting("shards", "the folder that jobs leave their shard's folder in.", "shards", pattern=r".+",
                takes="a path"),
    ),
    run=run,
))
