"""The hard stop: a run asks nothing that it could not pay for, says so, and goes on where it stopped."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from commons.evaluate.money import Purse, bound_of, dollars_of, in_portions
from commons.harness.requests import Answer, Request, instrument_fault
from commons.plan.plan import Plan
from commons.pool.cell import Outcome
from commons.pool.ledger import Ledger
from commons.pool.models import Price
from tests.builders import generate_task, write_pool
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import TWO_MODELS, run_shard
from tests.running import RuleEngine

PRICE = Price(input_per_million=1.0, output_per_million=2.0)
ASKED = [Request(kind="generate_until", prompt=f"Say word {number}.", generation={"max_gen_toks": 8})
         for number in range(4)]
COST = bound_of(PRICE, ASKED[0])


def answer(tokens: int | None) -> Answer:
    """An answer of so many tokens each way."""
    return Answer(text="word", tokens_in=tokens, tokens_out=tokens)


def test_only_what_can_surely_be_paid_for_is_asked() -> None:
    """Two and a half times what one may cost pays for two; without a limit or a price all are asked."""
    assert Purse(2.5 * COST).affordable(PRICE, ASKED) == ASKED[:2]
    assert Purse(4 * COST).affordable(PRICE, ASKED) == ASKED
    assert Purse(0.0).affordable(PRICE, ASKED) == []
    assert Purse().affordable(PRICE, ASKED) == Purse(0.0).affordable(None, ASKED) == ASKED


def test_what_cost_less_than_it_might_leaves_room_for_more() -> None:
    """Portions go on while the answers are cheaper than their bounds, and end where the next one may not fit."""
    purse = Purse(2.5 * COST)
    portions = []
    for portion in in_portions(purse, PRICE, ASKED):
        portions.append(len(portion))
        for request in portion:
            purse.pay(PRICE, request, answer(1))

    assert portions == [2, 2]
    assert purse.spent == pytest.approx(4 * 3e-6)


def test_what_does_not_say_its_cost_counts_as_the_most() -> None:
    """A fault, which may have been billed, and an endpoint that counts no tokens never make a run look cheap."""
    purse = Purse(10.0)
    purse.pay(PRICE, ASKED[0], instrument_fault("timed out"))
    purse.pay(PRICE, ASKED[1], answer(None))
    purse.pay(PRICE, ASKED[2], answer(1_000_000))
    purse.pay(None, ASKED[3], answer(1_000_000))

    assert purse.spent == pytest.approx(2 * COST + 3.0)
    assert dollars_of(PRICE, [answer(None)]) == 0.0


def capped(plan: Plan, dollars: float) -> Plan:
    """The plan with a stop in each of its shards."""
    return dataclasses.replace(plan, shards=tuple(
        dataclasses.replace(one, most_dollars=dollars) for one in plan.shards))


@pytest.mark.model
@pytest.mark.usefixtures("workers_in_process")
def test_a_shard_stops_where_its_dollars_are_spent(
    pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that bills far more than any estimate: the rest is not run, the cell partial, the reason said.

    Run again with more, the shard asks only what is left.
    """
    monkeypatch.setattr(engine, "_rule", lambda _: Answer(text=" word", tokens_in=10**6, tokens_out=10**6))
    other = generate_task("tell", rows=[{"q": "Something else is", "a": "word"}])
    pool = write_pool(pool_folder, [generate_task(), other], TWO_MODELS)
    plan = plan_of(pool, ["one"])

    report, _ = run_shard(pool, capped(plan, 5.0), 1, pool_folder / "shards")

    assert len(engine.asked) == 2
    assert [(one.task, one.state, one.scored) for one in report.cells] == [("say", "partial", 2),
                                                                           ("tell", "failed", None)]
    assert not report.whole
    assert ["requests were not sent" in one.sentence for one in report.errors] == [True, True]
    assert "$5.00 that may be spent here" in report.errors[0].sentence
    rows = Ledger(pool_folder / "shards" / "shard-1").cell("say", "one")
    assert rows is not None
    assert rows.outcomes == {Outcome.SCORED: 2, Outcome.NOT_RUN: 2}
    again, _ = run_shard(pool, capped(plan, 100.0), 1, pool_folder / "shards")
    assert ([one.state for one in again.cells], again.requests.sent) == (["measured", "measured"], 3)


@pytest.mark.model
@pytest.mark.usefixtures("workers_in_process")
def test_a_shard_with_nothing_to_spend_asks_nothing_and_writes_no_cell(pool_folder: Path, engine: RuleEngine) -> None:
    """A cell of which nothing is known is none; without a stop the same shard is whole."""
    pool = write_pool(pool_folder, [generate_task()], TWO_MODELS)
    plan = plan_of(pool, ["one"])

    report, _ = run_shard(pool, capped(plan, 0.0), 1, pool_folder / "shards")

    assert (engine.asked, report.requests.sent) == ([], 0)
    assert [one.state for one in report.cells] == ["failed"]
    assert not list((pool_folder / "shards").rglob("cells/*/*.json"))
    assert run_shard(pool, plan, 1, pool_folder / "shards")[0].whole
