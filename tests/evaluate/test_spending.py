"""What a run spent, as the ledger keeps it: never less than either source says, one file for each run."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.shard_report import REPORT_FILE
from commons.evaluate.spending import record_spending
from commons.evaluate.verify_beside import problems_beside_cells
from commons.harness.requests import Answer
from commons.plan.plan import Plan
from commons.pool.repository import Repository
from commons.pool.spending import read_spending, spending_path, spent_in
from tests.builders import generate_task, write_pool
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import TWO_MODELS, collected, run_shard
from tests.running import NOON, RuleEngine

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

Ran = tuple[Repository, Plan, Path]


@pytest.fixture
def ran(pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """A plan of two models whose shards cost three dollars for each of four answers."""
    monkeypatch.setattr(engine, "_rule", lambda _: Answer(text=" word", tokens_in=10**6, tokens_out=10**6))
    pool = write_pool(pool_folder, [generate_task()], TWO_MODELS)
    plan = plan_of(pool, ["one", "two"], shards=2)
    for number in (1, 2):
        run_shard(pool, plan, number, pool_folder / "shards")
    return pool, plan, pool_folder / "shards"


def test_reports_and_cells_that_agree_are_counted_once(ran: Ran) -> None:
    """Twelve dollars for each model; again with the same run replaces, and the month adds up over runs."""
    pool, plan, folder = ran
    collected(pool, plan, folder)

    for _ in range(2):
        assert record_spending(pool, plan, [folder], "17-1", NOON) == [
            spending_path(pool.ledger.root, "2026-11", "17-1")]
    record_spending(pool, plan, [folder], "18-1", NOON)

    assert read_spending(spending_path(pool.ledger.root, "2026-11", "17-1")).by_model == {"one": 12.0, "two": 12.0}
    assert spent_in(pool.ledger.root, "2026-11") == 48.0
    assert problems_beside_cells(pool.ledger.root) == []


def test_what_only_one_source_knows_is_counted_too(ran: Ran) -> None:
    """A shard that died before its report, and cells that were refused: both were paid for."""
    pool, plan, folder = ran
    collected(pool, plan, folder / "shard-1")
    (folder / "shard-1" / REPORT_FILE).unlink()

    path, = record_spending(pool, plan, [folder], "17-1", NOON)

    assert read_spending(path).by_model == {"one": 12.0, "two": 12.0}


def test_an_older_cell_was_paid_for_before(ran: Ran) -> None:
    """A planned cell that stands from an earlier run costs nothing now, and where nothing is spent there is no file."""
    pool, plan, folder = ran
    collected(pool, plan, folder)
    later = dataclasses.replace(plan, made=NOON + datetime.timedelta(days=1))

    assert record_spending(pool, later, [], "17-1", NOON) == []
    assert not (pool.ledger.root / "spending").exists()


def test_a_run_over_the_end_of_a_month_is_counted_in_one(ran: Ran) -> None:
    """The last record stands alone; one that turns out to be nothing goes."""
    pool, plan, folder = ran
    record_spending(pool, plan, [folder], "17-1", NOON)
    record_spending(pool, plan, [folder], "17-1", NOON + datetime.timedelta(days=10))

    assert (spent_in(pool.ledger.root, "2026-11"), spent_in(pool.ledger.root, "2026-12")) == (0.0, 24.0)
    assert record_spending(pool, plan, [], "17-1", NOON + datetime.timedelta(days=10)) == []
    assert spent_in(pool.ledger.root, "2026-12") == 0.0


@pytest.mark.parametrize("run", ["", "../17", "17/1", "x" * 65, "17_1", "é"])
def test_a_run_that_is_no_name_is_refused(ran: Ran, run: str) -> None:
    """Nothing is written outside the folder."""
    pool, plan, folder = ran

    with pytest.raises(CannotRun, match="no name of a run"):
        record_spending(pool, plan, [folder], run, NOON)


def test_a_hostile_report_names_no_model_and_no_endless_sum(ran: Ran) -> None:
    """Models that are not planned are nobody's; what no shard can cost is cut; junk says nothing."""
    pool, plan, folder = ran
    path = folder / "shard-1" / REPORT_FILE
    content = json.loads(path.read_text())
    content["cells"][0]["model"] = "somebody"
    content["cost_usd"] = 1e200
    path.write_text(json.dumps(content))
    (folder / "shard-2" / REPORT_FILE).write_text("[" * 100_000)

    written, = record_spending(pool, plan, [folder], "17-1", NOON)

    assert read_spending(written).by_model == {"one": 500_000.0, "two": 500_000.0}
