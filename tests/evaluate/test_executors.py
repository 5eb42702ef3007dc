"""Executors: what they can be told, shards as processes of this machine, and the matrix of a workflow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.executors import local
from commons.evaluate.executors.actions import MOST_JOBS
from commons.evaluate.executors.base import execute, executors
from commons.harness.sandbox import fault
from commons.plan.plan import Plan
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate.executing import Noting, fake_plan, order_of
from tests.evaluate.planning import plan_of

pytestmark = pytest.mark.model


def test_every_executor_is_registered_with_a_summary_and_help() -> None:
    """Adding one is adding a module; each says what it can be told."""
    known = executors()

    assert list(known) == ["local", "actions", "submitit", "hf-jobs"]
    for one in known.values():
        assert one.summary.endswith(".")
        assert all(setting.help.endswith(".") for setting in one.settings)


HUB = {"hub-repo": "someone/answers", "repository": "https://example.org/pool.git"}


@pytest.mark.parametrize(
    ("name", "settings", "output", "words"),
    [("cloud", {}, "s", "no executor `cloud`"), ("local", {"gpus": "1"}, "s", "no setting `gpus`"),
     ("hf-jobs", {}, "s", "must be told: the dataset repository"),
     ("submitit", {}, None, "leave their results in a folder"),
     ("local", {"memory-gb": "abc"}, "s", "`memory-gb` of the executor `local` cannot be `abc`"),
     ("local", {"memory-gb": "nan"}, "s", "cannot be `nan`"),
     ("submitit", {"minutes": "abc"}, "s", "`minutes` of the executor `submitit` cannot be `abc`"),
     ("submitit", {"gpus": "-1"}, "s", "cannot be `-1`"), ("submitit", {"cluster": "cloud"}, "s", "cannot be `cloud`"),
     ("hf-jobs", {**HUB, "look-seconds": "soon"}, "s", "`look-seconds` of the executor `hf-jobs` cannot be `soon`"),
     ("hf-jobs", {**HUB, "timeout": "long"}, "s", "cannot be `long`"),
     ("hf-jobs", {**HUB, "token": "$(rm -rf .)"}, "s", "cannot be")],
)
def test_an_order_that_cannot_be_followed_says_why(
    pool_folder: Path, name: str, settings: dict[str, str], output: str | None, words: str
) -> None:
    """An unknown name or setting, a missing one, no folder for results, or a value that a setting cannot have."""
    pool = write_pool(pool_folder, [generate_task()])

    with pytest.raises(CannotRun, match=words):
        execute(name, order_of(pool, plan_of(pool, []), settings=settings, output=output), Noting())


def test_local_runs_all_shards_and_one_that_fails_stops_no_other(
    two_shards: tuple[Repository, Plan, FakeEndpoint]
) -> None:
    """Two real processes: one leaves a whole cell, the other a partial one and its cause; progress is seen of both."""
    pool, plan, _ = two_shards
    watcher = Noting()

    ends = execute("local", order_of(pool, plan, jobs=2), watcher)

    assert [(end.number, end.ok) for end in ends] == [(1, True), (2, False)]
    assert "ended with exit code 1" in ends[1].note
    assert not Ledger(pool.root / "shards" / "shard-1").cell("say", "good").partial
    assert Ledger(pool.root / "shards" / "shard-2").cell("say", "broken").partial
    last = watcher.seen[-1]
    assert (last[1].what, last[1].done, last[1].total) == ("shard 1", 4, 4)
    assert last[1].dollars > 0


def test_local_gives_each_process_its_part_of_the_cores(
    pool_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once on four cores get two threads each; what a person set stands."""
    started: list[dict[str, str]] = []

    class Done:
        def __init__(self, command: list[str], *, env: dict[str, str], **_: object) -> None:
            started.append({"shard": command[command.index("--shard") + 1], **env})

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(local, "cores", lambda: 4)
    monkeypatch.setattr(local.subprocess, "Popen", Done)
    monkeypatch.setattr(local, "_LOOK_SECONDS", 0)
    for name in ("OMP_NUM_THREADS", "COMMONS_THREADS"):
        monkeypatch.delenv(name, raising=False)
    pool = write_pool(pool_folder, [], endpoint_entry("http://127.0.0.1:1/v1"))
    plan = fake_plan(3)
    execute("local", order_of(pool, plan, jobs=2), Noting())
    execute("local", order_of(pool, plan, jobs=2, OMP_NUM_THREADS="3"), Noting())

    assert [one["shard"] for one in started[:3]] == ["1", "2", "3"]
    assert {(one["OMP_NUM_THREADS"], one["COMMONS_THREADS"]) for one in started[:3]} == {("2", "2")}
    assert {one["OMP_NUM_THREADS"] for one in started[3:]} == {"3"}


def test_local_starts_no_more_at_once_than_memory_holds(pool_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of their own take memory by their parameters; one shard always runs, however little there is."""
    at_once: list[int] = []
    alive: set[int] = set()

    class Slow:
        def __init__(self, *_: object, **__: object) -> None:
            self.looks = 0
            alive.add(id(self))
            at_once.append(len(alive))

        def poll(self) -> int | None:
            self.looks += 1
            if self.looks < 3:
                return None
            alive.discard(id(self))
            return 0

    monkeypatch.setattr(local, "cores", lambda: 8)
    monkeypatch.setattr(local.subprocess, "Popen", Slow)
    monkeypatch.setattr(local, "_LOOK_SECONDS", 0)
    pool = write_pool(pool_folder, [])
    order = order_of(pool, fake_plan(5, "smollm2-135m-instruct"))
    needed = local.needs(order, order.plan.shards[0])
    most = {}
    for gigabytes in (needed * 2.5 / 1e9, needed / 4e9, 1000.0):
        at_once.clear()
        execute("local", order_of(pool, order.plan, settings={"memory-gb": str(gigabytes)}), Noting())
        most[gigabytes] = max(at_once)

    assert 1e9 < needed < 3e9
    assert list(most.values()) == [2, 1, 5]


def test_actions_writes_a_matrix_whose_commands_run_one_shard_each(pool_folder: Path) -> None:
    """A job for each shard, with its time limit; more than a matrix may have is said."""
    pool = write_pool(pool_folder, [])
    plan = fake_plan(2)

    execute("actions", order_of(pool, plan, settings={"file": str(pool_folder / "m.json")}, output=None), Noting())
    jobs = json.loads((pool_folder / "m.json").read_text())["include"]

    assert [job["command"] for job in jobs] == [
        f"commons run --plan plan.json --shard {number} --output shards" + (" --trust" if fault() else "")
        for number in (1, 2)
    ]
    assert (jobs[0]["artifact"], jobs[0]["models"], jobs[0]["timeout_minutes"]) == ("shard-1", "fake-endpoint", 45)
    with pytest.raises(CannotRun, match="at most 256 jobs"):
        execute("actions", order_of(pool, fake_plan(MOST_JOBS + 1)), Noting())
