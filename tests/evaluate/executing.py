"""Having shards run in tests: orders, plans that nothing runs, and a watcher that remembers."""

from __future__ import annotations

from collections.abc import Mapping

from commons.evaluate.executors.base import Order
from commons.evaluate.progress import ShardState
from commons.harness.sandbox import fault
from commons.plan.plan import Plan, PlannedCell, Reason, Shard
from commons.pool.hashing import sha256_file
from commons.pool.repository import Repository
from tests.cli.running import environment
from tests.engines.fake_endpoint import Asked, Reply, chat
from tests.evaluate.planning import FACTS, plan_file


class Noting:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.seen: list[dict[int, ShardState]] = []

    def say(self, text: str) -> None:
        """Remember a sentence."""
        self.said.append(text)

    def look(self, states: Mapping[int, ShardState]) -> None:
        """Remember how far the shards were."""
        self.seen.append(dict(states))


def order_of(pool: Repository, plan: Plan, *, settings: Mapping[str, str] | None = None, jobs: int | None = None,
             output: str | None = "shards", **variables: str) -> Order:
    """An order to run all of ``plan``."""
    path = plan_file(pool, plan)
    return Order(
        root=pool.root, plan_file=path, plan=plan, plan_sha256=sha256_file(path),
        models={model.id: model for model in pool.models()}, store=pool.work / "responses.sqlite",
        work=pool.work / "shards", output=pool.root / output if output else None, trust=fault() is not None,
        jobs=jobs, settings=settings or {}, environment=environment(**variables),
    )


def fake_plan(shards: int, model: str = "fake-endpoint") -> Plan:
    """A plan of as many shards, of one cell each."""
    cells = tuple(PlannedCell(f"task-{number}", model, Reason.NEW, 10, 0, 0, 60.0, 0.0) for number in range(shards))
    return Plan(
        protocol_hash="0" * 64, commit="a" * 40, tasks={cell.task: "1" * 64 for cell in cells},
        models={model: "2" * 64}, cells=cells,
        shards=tuple(Shard(number, (number - 1,), 1, 600.0, 0.0) for number in range(1, shards + 1)),
        facts={cell.task: FACTS for cell in cells},
    )


def echo(asked: Asked) -> Reply:
    """Say the last word of the question."""
    return chat(str(asked.body["messages"][-1]["content"]).split()[-1])
