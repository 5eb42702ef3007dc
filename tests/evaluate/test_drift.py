"""What follows from a drift: cells are stale, are asked again and not from old answers, and are fresh afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.evaluate.collect import collect
from commons.evaluate.progress import Silent
from commons.evaluate.shard import ShardRequest, ShardRun
from commons.harness.renderings import rendering_of
from commons.harness.store import ResponseStore
from commons.plan.cells import Reason
from commons.plan.explain import explain
from commons.plan.plan import Plan
from commons.plan.planfile import read_plan, write_plan
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_text
from commons.publish.snapshot import take_snapshot
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate import planning
from tests.evaluate.watching import DAY, WORDS, Mood, World, confinement, on
from tests.running import NOON

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Mood, FakeEndpoint]]:
    """The endpoint, and how it answers."""
    mood = Mood()
    with FakeEndpoint(mood) as server:
        yield mood, server


@pytest.fixture(scope="module")
def first_world(tmp_path_factory: pytest.TempPathFactory, served: tuple[Mood, FakeEndpoint]) -> World:
    """A pool whose endpoint drifted between the checks of day 1 and day 8."""
    mood, server = served
    world = World.measured(tmp_path_factory.mktemp("world"), server.base_url)
    world.check(1)
    mood.now = "drifted"
    world.check(8)
    return world


@pytest.fixture
def world(pool_folder: Path, first_world: World) -> World:
    """The same for a test of its own."""
    return first_world.copied(pool_folder)


@pytest.fixture
def mood(served: tuple[Mood, FakeEndpoint]) -> Mood:
    """How the endpoint answers."""
    return served[0]


def cell(world: World) -> Cell:
    """The cell that stands."""
    found = world.pool.ledger.cell("say", "served")
    assert found is not None
    return found


def planned(world: World, reason: Reason = Reason.ENDPOINT_DRIFTED) -> Plan:
    """A plan of the stale cell, as `commons plan` makes it on day 8."""
    drift = world.checks.last_drift
    assert drift is not None
    plan = planning.plan_of(world.pool, ["served"], reason=reason)
    return dataclasses.replace(plan, drifted={"served": drift}, made=NOON + 8 * DAY)


def run_shard(world: World, plan: Plan, output: Path | None = None, day: int = 9) -> str:
    """Run its one shard; what became of the cell."""
    tasks, _ = world.pool.tasks()
    request = ShardRequest(plan, sha256_text("plan"), 1, {task.name: task for task in tasks},
                           {"served": world.model}, output)
    with ResponseStore(world.pool.work / "responses.sqlite") as store:
        return ShardRun(world.pool, store, Silent(), on(day), request).run()[0].cells[0].state


def test_a_stale_cell_is_asked_again_past_its_old_answers_and_is_fresh_then(world: World, mood: Mood) -> None:
    """All answers are stored from before the drift; every one is asked again, once; the next run leaves the cell."""
    asked = mood.asked
    again, then = world.measure(9), world.measure(10)

    assert [(one.state, one.reason) for one in again.cells] == [("measured", "endpoint drifted")]
    assert (again.counts.sent, again.counts.reused) == (len(WORDS), 0)
    assert [one.state for one in then.cells] == ["fresh"]
    assert mood.asked - asked == len(WORDS)
    assert all(row.answer is not None and row.answer.endswith("x") for row in cell(world).rows)


def test_a_shard_asks_again_and_goes_on_without_asking_twice(world: World, mood: Mood, tmp_path: Path) -> None:
    """With and without a folder of its own; the dates in the plan decide, so the checks need not stand here."""
    plan = planned(world)
    (world.pool.ledger.root / "sentinels" / "served.json").unlink()
    asked = mood.asked

    states = [run_shard(world, plan, tmp_path / "shard-1"), run_shard(world, plan, tmp_path / "shard-1"),
              run_shard(world, plan), run_shard(world, plan)]

    assert states == ["measured", "fresh", "measured", "fresh"]
    assert mood.asked - asked == len(WORDS)


def test_collecting_takes_an_equal_cell_that_is_newer_than_the_drift(world: World, mood: Mood, tmp_path: Path) -> None:
    """A false alarm: the answers are the same, and the cell is written all the same, or it was stale for ever."""
    mood.now = "steady"
    try:
        plan = planned(world)
        write_plan(plan, tmp_path / "plan.json")
        run_shard(world, read_plan(tmp_path / "plan.json"), tmp_path / "shard-1")
    finally:
        mood.now = "drifted"
    tasks, _ = world.pool.tasks()
    cards = {task.name: task.card for task in tasks}
    states = [collect(world.pool, plan, sha256_text("plan"), folders, cards, None, Silent(), NOON + 9 * DAY)
              .cells[0].state for folders in ([], [tmp_path / "shard-1"], [tmp_path / "shard-1"], [])]

    assert states == ["missing", "written", "unchanged", "unchanged"]
    assert cell(world).provenance.started.startswith("2026-12-02")
    assert [one.state for one in world.measure(10).cells] == ["fresh"]


def test_an_explanation_names_the_drift(world: World) -> None:
    """Why the cell is stale, since when, and that its old answers do not count."""
    task = world.pool.tasks()[0][0]
    rendering = rendering_of(task, world.pool.work, confinement())

    one = explain(rendering, task.card, world.model, cell(world), set(), world.checks.last_drift)
    before = explain(rendering, task.card, world.model, cell(world), set())

    assert (one.reason, before.reason) == ("endpoint drifted", None)
    assert [(part.of, part.part) for part in one.differences] == [("endpoint", "answers")]
    assert "2026-12-01" in one.differences[0].how


def test_the_site_shows_the_cell_as_stale_with_the_day(world: World) -> None:
    """It counts no longer; a file of checks that cannot be read is named and hides nothing."""
    state = take_snapshot(world.pool).states["say", "served"]
    world.pool.ledger.root.joinpath("sentinels", "served.json").write_text("{")
    broken = take_snapshot(world.pool)

    assert any("2026-12-01" in reason for reason in state.stale)
    assert not state.counts
    assert [(one.kind, one.path) for one in broken.broken] == [("sentinels", "results/sentinels/served.json")]
    assert broken.states["say", "served"].headline is not None
