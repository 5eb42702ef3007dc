"""Plans made by hand, so that tests of running and collecting do not hang on how plans are made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commons.harness import HARNESS_VERSION
from commons.harness.renderings import rendering_of
from commons.harness.sandbox import Confinement, fault
from commons.plan.cells import Reason
from commons.plan.facts import TaskFacts, facts_of
from commons.plan.plan import Plan, PlannedCell, Shard
from commons.plan.planfile import write_plan
from commons.pool.hashing import folder_digest, model_hash, protocol_hash
from commons.pool.repository import Repository
from tests.running import NOON

#: What results are held against, of a task that nobody has.
FACTS = TaskFacts(folder="0" * 64, items=1, rows=1, columns=(), ids="0" * 64, inputs="0" * 64, shown="0" * 64,
                  plain="0" * 64, chat="0" * 64)


def plan_of(pool: Repository, models: Sequence[str], *, shards: int = 1, reason: Reason = Reason.NEW) -> Plan:
    """A plan of every task on ``models``, by model, as real plans are."""
    tasks, _ = pool.tasks()
    confinement = Confinement.SANDBOX if fault() is None else Confinement.TRUST
    renderings = {task.name: rendering_of(task, pool.work, confinement) for task in tasks}
    known = {model.id: model for model in pool.models()}
    cells = [
        PlannedCell(task=name, model=model, reason=reason, requests=len(rendering.needed(known[model].form)),
                    tokens_in=0, tokens_out=0, seconds=1.0, dollars=0.0)
        for model in models for name, rendering in renderings.items()
    ]
    size = -(-len(cells) // shards) or 1
    dealt = [tuple(range(first, min(first + size, len(cells)))) for first in range(0, len(cells), size)]
    return Plan(
        protocol_hash=protocol_hash(HARNESS_VERSION), commit=None,
        tasks={name: rendering.task_hash for name, rendering in renderings.items()},
        models={model: model_hash(known[model]) for model in models}, cells=tuple(cells),
        shards=tuple(Shard(number, places, 1, 1.0, 0.0) for number, places in enumerate(dealt, start=1) if places),
        facts={task.name: facts_of(renderings[task.name], folder_digest(task.folder)) for task in tasks}, made=NOON,
    )


def plan_file(pool: Repository, plan: Plan, name: str = "plan.json") -> Path:
    """The plan as a file in the pool."""
    path = pool.root / name
    write_plan(plan, path)
    return path
