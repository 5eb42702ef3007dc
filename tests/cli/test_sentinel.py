"""``commons sentinel`` and the caps on money as a person and as a workflow use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.harness.sandbox import fault
from commons.pool.sentinels import read_sentinels
from commons.pool.spending import Spending, spending_path
from commons.pool.spending import to_text as spending_text
from tests.builders import endpoint_entry, write_pool
from tests.cli.running import Ran, commons
from tests.engines.fake_endpoint import FakeEndpoint
from tests.evaluate.watching import Mood, asking, unpinned

pytestmark = pytest.mark.model

#: Caps that a check fits into.
PLENTY = ("--usd-per-run", "5", "--usd-per-month", "20")


def asked(pool: Path, verb: str, *arguments: str) -> Ran:
    """Run a verb that renders tasks."""
    trusted = ("--trust",) if fault() is not None else ()
    return commons(verb, *arguments, *trusted, cwd=pool)


def test_an_endpoint_is_checked_from_end_to_end(pool_folder: Path) -> None:
    """Nothing measured, a dry run, a baseline, a drift that makes the cell stale; verify holds through all of it."""
    mood = Mood()
    with FakeEndpoint(mood) as server:
        write_pool(pool_folder, [asking()], unpinned(server.base_url))
        nothing = asked(pool_folder, "sentinel", "--output", "checks")
        assert commons("run", "--model", "served", cwd=pool_folder).code == 0
        before = mood.asked
        dry = asked(pool_folder, "sentinel", "--output", "checks", "--dry-run")
        poor = asked(pool_folder, "sentinel", "--output", "checks", "--usd-per-run", "0")
        assert mood.asked == before
        first = asked(pool_folder, "sentinel", "--output", "results/sentinels", *PLENTY)
        mood.now = "drifted"
        second = asked(pool_folder, "sentinel", "--model", "served", "--output", "results/sentinels", "--json")
    plan = asked(pool_folder, "plan", "--model", "served")
    explained = asked(pool_folder, "explain", "say", "served")

    assert [one.code for one in (nothing, dry, poor, first, second, plan)] == [0] * 6
    assert "no whole cell of today's key" in nothing.out
    assert "20 items of say, twice each; at most $" in dry.out
    assert "caps on money" in poor.out
    assert "a new baseline of 20 items" in first.out
    assert json.loads(second.out)["models"][0]["check"]["drifted"] is True
    assert "endpoint drifted" in plan.out
    assert "24 requests" in plan.out
    assert "to be run: endpoint drifted; 24 of 24 requests" in explained.out
    assert commons("verify", cwd=pool_folder).code == 0
    assert commons("verify", "results", cwd=pool_folder).code == 0


def test_verify_finds_an_edited_check_and_an_edited_sum(pool_folder: Path) -> None:
    """A verdict that does not follow and dollars that do not add up are named with their files."""
    with FakeEndpoint(Mood()) as server:
        write_pool(pool_folder, [asking()], unpinned(server.base_url))
        assert commons("run", "--model", "served", cwd=pool_folder).code == 0
        for _ in range(2):
            assert asked(pool_folder, "sentinel", "--output", "results/sentinels").code == 0
    path = pool_folder / "results" / "sentinels" / "served.json"
    assert len(read_sentinels(path).checks) == 2
    path.write_text(path.read_text().replace('"drifted": false', '"drifted": true'))
    spent = spending_path(pool_folder / "results", "2026-11", "17-1")
    spent.parent.mkdir(parents=True)
    spent.write_text(spending_text(Spending(run="17-1", month="2026-11", dollars=1, by_model={"served": 1}))
                     .replace('"dollars": 1.0', '"dollars": 0.5'))

    ran = commons("verify", cwd=pool_folder)

    assert ran.code == 1
    assert "results/sentinels/served.json" in ran.err
    assert "results/spending/2026-11/17-1.json" in ran.err


def test_a_pinned_endpoint_is_not_watched(pool_folder: Path) -> None:
    """Named, it is refused with the reason; unnamed, there is nothing to do."""
    write_pool(pool_folder, [asking()], endpoint_entry("http://127.0.0.1:9/v1"))

    named = asked(pool_folder, "sentinel", "--model", "fake-endpoint", "--output", "checks")
    unnamed = asked(pool_folder, "sentinel", "--output", "checks")

    assert (named.code, unnamed.code) == (2, 0)
    assert "cannot drift" in named.err
    assert "nothing can drift" in unnamed.out


def test_caps_leave_out_what_costs_money_and_say_which(pool_folder: Path) -> None:
    """No cap: all. A run's cap of nothing, a month that is spent: left out by it; a plan that fits has a stop."""
    write_pool(pool_folder, [asking()], endpoint_entry("http://127.0.0.1:9/v1"))
    month = json.loads(asked(pool_folder, "plan", "--endpoints", "--json").out)["made"][:7]
    path = spending_path(pool_folder / "results", month, "17-1")
    path.parent.mkdir(parents=True)
    path.write_text(spending_text(Spending(run="17-1", month=month, dollars=20, by_model={"fake-endpoint": 20})))

    free = json.loads(asked(pool_folder, "plan", "--endpoints", "--json").out)
    none = asked(pool_folder, "plan", "--endpoints", "--usd-per-run", "0")
    spent = asked(pool_folder, "plan", "--endpoints", *PLENTY)
    fits = json.loads(asked(pool_folder, "plan", "--endpoints", "--json", "--usd-per-run", "5").out)

    assert (len(free["cells"]), free["shards"][0]["most_dollars"]) == (1, None)
    assert "left out by the cap of $0 a run" in none.out
    assert f"left out by the cap of $20.00 a month, of which $20.00 is spent in {month}" in spent.out
    assert "Nothing to run." in spent.out
    assert 0 < fits["shards"][0]["most_dollars"] < 5
    path.write_text("{")
    broken = asked(pool_folder, "plan", "--endpoints", *PLENTY)
    assert broken.code == 1
    assert "17-1.json" in broken.err
