"""What tests of this room share: a model that answers by rule, in the place of every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.plan.plan import Plan
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, failure
from tests.evaluate.executing import echo
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import TWO_MODELS, run_shard
from tests.running import RuleEngine, by_length, rule_kind


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> RuleEngine:
    """A model that answers by rule, in the place of every engine."""
    engine = RuleEngine(by_length)
    monkeypatch.setattr("commons.evaluate.measuring.engine_kind", lambda _: rule_kind(engine))
    monkeypatch.setattr("commons.evaluate.shard.engine_kind", lambda _: rule_kind(engine))
    return engine


@pytest.fixture
def shards(pool_folder: Path, engine: RuleEngine) -> tuple[Repository, Plan, Path]:
    """A pool of two tasks and two models whose plan was run in two shards, and the folder of both."""
    pool = write_pool(pool_folder, [generate_task(), generate_task("tell", publish="aggregate")], TWO_MODELS)
    plan = plan_of(pool, ["one", "two"], shards=2)
    for number in (1, 2):
        run_shard(pool, plan, number, pool_folder / "shards")
    return pool, plan, pool_folder / "shards"


@pytest.fixture
def two_shards(pool_folder: Path) -> Iterator[tuple[Repository, Plan, FakeEndpoint]]:
    """A pool with an endpoint whose plan has two shards of one cell each; the second model always fails."""

    def by_model(asked: Asked) -> Reply:
        return failure(500, "down") if "/broken/" in asked.path else echo(asked)

    with FakeEndpoint(by_model) as server:
        models = endpoint_entry(server.base_url, "good") + endpoint_entry(
            server.base_url.replace("/v1", "/broken/v1"), "broken", retries=0)
        pool = write_pool(pool_folder, [generate_task()], models)
        yield pool, plan_of(pool, ["good", "broken"], shards=2), server
