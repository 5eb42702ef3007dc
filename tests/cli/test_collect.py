"""``commons run --plan`` and ``commons collect`` as a person and a workflow use them; what survives a kill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.evaluate.verify import verify_cells
from commons.harness.sandbox import fault
from commons.plan.cells import Reason
from commons.plan.plan import Plan, PlannedCell, Shard
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.cli.running import commons
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat
from tests.evaluate.planning import FACTS, plan_file, plan_of
from tests.killing import kill_all

pytestmark = pytest.mark.model


def echo(asked: Asked) -> Reply:
    """Say the last word of the question."""
    return chat(str(asked.body["messages"][-1]["content"]).split()[-1])


def test_a_plan_goes_from_shards_to_the_ledger(pool_folder: Path) -> None:
    """One shard, then all by processes, then collected twice: the ledger verifies, the second time nothing changes."""
    with FakeEndpoint(echo) as server:
        models = endpoint_entry(server.base_url, "one") + endpoint_entry(server.base_url, "two")
        pool = write_pool(pool_folder, [generate_task()], models)
        plan_file(pool, plan_of(pool, ["one", "two"], shards=2))
        shard = commons("run", "--plan", "plan.json", "--shard", "2", "--output", "shards", "--json", cwd=pool_folder)
        early = commons("collect", "--plan", "plan.json", "shards", cwd=pool_folder)
        rest = commons("run", "--plan", "plan.json", "--jobs", "2", "--output", "shards", cwd=pool_folder)
    first = commons("collect", "--plan", "plan.json", "shards", "--json", cwd=pool_folder)
    second = commons("collect", "--plan", "plan.json", "shards", "--no-responses", cwd=pool_folder)

    assert shard.code == 0, shard.err
    assert json.loads(shard.out)["cells"][0]["state"] == "measured"
    assert early.code == 1
    assert "say on one: missing" in early.out
    assert rest.code == 0, rest.out
    assert "2 of 2 shards done" in rest.out
    assert "commons collect --plan plan.json shards" in rest.out
    assert [cell["state"] for cell in json.loads(first.out)["cells"]] == ["written", "unchanged"]
    assert (first.code, second.code) == (0, 0)
    assert "2 planned cells: 0 written, 2 unchanged, 0 kept, 0 missing; 0 files refused." in second.out
    assert "Nothing in the ledger changed." in second.out
    assert verify_cells(pool.ledger.cell_paths(), {"say": pool.ledger.rendered("say")}).problems == []


def test_what_planning_writes_can_be_run_and_collected(pool_folder: Path) -> None:
    """Nothing but the command line: the plan carries what its results are held against."""
    with FakeEndpoint(echo) as server:
        pool = write_pool(pool_folder, [generate_task()], endpoint_entry(server.base_url, "one"))
        trust = ("--trust",) if fault() else ()
        planned = commons("plan", "--endpoints", "--output", "plan.json", *trust, cwd=pool_folder)
        commons("run", "--plan", "plan.json", "--shard", "1", "--output", "shards", cwd=pool_folder)
    ran = commons("collect", "--plan", "plan.json", "shards", cwd=pool_folder)

    assert planned.code == 0, planned.err
    assert ran.code == 0, ran.err
    assert "1 planned cells: 1 written" in ran.out
    assert pool.ledger.cell("say", "one") is not None


def test_a_refused_file_is_named_and_the_exit_code_is_1(pool_folder: Path) -> None:
    """Whatever else was delivered is merged."""
    with FakeEndpoint(echo) as server:
        pool = write_pool(pool_folder, [generate_task()], endpoint_entry(server.base_url, "one"))
        plan_file(pool, plan_of(pool, ["one"]))
        commons("run", "--plan", "plan.json", "--shard", "1", "--output", "shards", cwd=pool_folder)
    (pool_folder / "shards" / "shard-1" / "note.txt").write_text("hello\n")

    ran = commons("collect", "--plan", "plan.json", "shards", cwd=pool_folder)

    assert ran.code == 1
    assert "shards/shard-1/note.txt: error: No shard leaves such a file." in ran.err
    assert pool.ledger.cell("say", "one") is not None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--shard", "1"), "need a plan"),
        (("run", "say", "--plan", "plan.json"), "names its tasks and models itself"),
        (("run", "--plan", "nothing.json"), "does not exist"),
        (("run", "--plan", "cut.json"), "Make it: commons plan --output cut.json"),
        (("run", "--plan", "cut.json"), "program can read: Invalid JSON"),
        (("collect", "--plan", "nothing.json", "shards"), "Make it: commons plan --output nothing.json"),
        (("run", "--plan", "empty.json", "--shard", "99"), "The plan has no shards: nothing is to be run."),
        (("run", "--plan", "empty.json", "--executor", "nope"), "no executor `nope`"),
        (("run", "--plan", "empty.json", "--set", "memory-gb=abc"), "`memory-gb` of the executor `local` cannot be"),
        (("collect", "--plan", "plan.json", "shards"), "another harness or scoring protocol"),
        (("run", "--plan", "plan.json", "--shard", "7"), "no shard 7"),
        (("run", "--plan", "plan.json", "--shard", "1", "--jobs", "2"), "runs in this process"),
        (("run", "--plan", "plan.json", "--executor", "cloud"), "no executor `cloud`"),
        (("run", "--plan", "plan.json", "--set", "flavor"), "says no value"),
        (("collect", "shards"), "--plan"),
        (("collect", "--plan", "plan.json"), "FOLDERS"),
        (("collect", "--plan", "models.yaml", "shards"), "no plan"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(pool_folder: Path, arguments: tuple[str, ...], words: str) -> None:
    """Never a traceback, and the exit code says that nothing ran."""
    pool = write_pool(pool_folder, [], endpoint_entry("http://127.0.0.1:1/v1"))
    one = PlannedCell("say", "fake-endpoint", Reason.NEW, 1, 0, 0, 1.0, 0.0)
    plan_file(pool, Plan("0" * 64, None, {"say": "1" * 64}, {"fake-endpoint": "2" * 64}, (one,),
                         (Shard(1, (0,), 1, 1.0, 0.0),), facts={"say": FACTS}))
    plan_file(pool, plan_of(pool, []), "empty.json")
    (pool_folder / "cut.json").write_text((pool_folder / "plan.json").read_text()[:100])

    ran = commons(*arguments, cwd=pool_folder)

    assert ran.code == 2
    assert words in ran.err


def test_a_plan_without_shards_runs_nothing(pool_folder: Path) -> None:
    """That is no error where nobody asked for a shard."""
    pool = write_pool(pool_folder, [], endpoint_entry("http://127.0.0.1:1/v1"))
    plan_file(pool, plan_of(pool, []))

    ran = commons("run", "--plan", "plan.json", cwd=pool_folder)

    assert (ran.code, ran.out) == (0, "The plan has no shards: nothing is to be run.\n")


def test_what_executors_can_be_told_is_listed(pool_folder: Path) -> None:
    """Each setting stands with its default; no plan is needed for that, and no pool."""
    ran = commons("run", "--set", "help", cwd=pool_folder)

    assert "--set hub-repo=..." in ran.out
    assert "[default: cpu-upgrade]" in ran.out


def test_killed_at_random_moments_nothing_is_lost_doubled_or_wrong() -> None:
    """A run, two runs of a shard at once, and collecting, each killed by ``kill -9``; benchmarks/kills.py does 200."""
    result = kill_all(4, seed=1, portion=2)

    assert result.wrong == []
    assert result.kills >= 4
