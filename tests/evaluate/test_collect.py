"""Collecting shards: what is merged and what stays, and that it can be done twice and at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commons.evaluate.verify import verify_cells
from commons.harness.requests import instrument_fault
from commons.plan.cells import Reason
from commons.plan.plan import Plan
from commons.pool.repository import Repository
from tests.builders import CHOICE_ROWS, choice_task, four_tasks, generate_task, write_pool, write_task
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import TWO_MODELS, collected, contents, numbers, run_shard
from tests.running import RuleEngine, by_length

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"


def test_shards_become_one_ledger_that_verifies(shards: tuple[Repository, Plan, Path]) -> None:
    """All planned cells and the items that may be shown are there, and every number follows from its rows."""
    pool, plan, folder = shards

    result = collected(pool, plan, folder)

    assert [one.state for one in result.cells] == ["written"] * 4
    assert (result.refused, result.rendered, result.said) == ([], ["say"], [])
    assert not pool.ledger.rendered_path("tell").exists()
    verification = verify_cells(pool.ledger.cell_paths(), {"say": pool.ledger.rendered("say")})
    assert (verification.cells, verification.problems) == (4, [])


@pytest.mark.parametrize("level", ["samples", "aggregate", "none"])
def test_cells_of_every_kind_and_level_are_taken(pool_folder: Path, engine: RuleEngine, level: str) -> None:
    """All output types, sampled answers and clusters: what the program leaves is what the plan asks for."""
    drawn = generate_task().settings.replace("do_sample: false", "do_sample: true, temperature: 0.7") + "repeats: 3\n"
    rows = [{**row, "passage": f"p{index // 2}"} for index, row in enumerate(CHOICE_ROWS)]
    specs = [*four_tasks(), generate_task("draw", settings=drawn), choice_task("group", rows=rows, cluster="passage")]
    for spec in specs:
        spec.publish = level
    pool = write_pool(pool_folder, specs)
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1, pool_folder / "shards")

    result = collected(pool, plan, pool_folder / "shards", store=True)

    assert result.refused == []
    assert {one.state for one in result.cells} == {"written"}
    assert (result.answers.added > 0) == (level == "samples")


def test_a_second_collect_changes_nothing(shards: tuple[Repository, Plan, Path]) -> None:
    """Neither does another run of the same shards: only their provenance is another."""
    pool, plan, folder = shards
    collected(pool, plan, folder)
    before = contents(pool.ledger.root)

    again = collected(pool, plan, folder, folder)
    for number in (1, 2):
        run_shard(pool, plan, number, pool.root / "more")
    third = collected(pool, plan, pool.root / "more")

    for result in (again, third):
        assert {one.state for one in result.cells} == {"unchanged"}
        assert not result.changed
    assert contents(pool.ledger.root) == before


def test_the_order_and_the_names_of_folders_and_files_do_not_matter(shards: tuple[Repository, Plan, Path]) -> None:
    """A cell's place follows from what it says it is."""
    pool, plan, folder = shards
    collected(pool, plan, folder)
    usual = contents(pool.ledger.root)
    other = write_pool(pool.root / "other", [generate_task(), generate_task("tell", publish="aggregate")], TWO_MODELS)
    for path in list(folder.rglob("cells/*/*.json")):
        path.rename(path.with_name(f"another-{path.name}"))
    (folder / "shard-1").rename(folder / "shard-9")

    collected(other, plan, folder / "shard-9", folder / "shard-2")

    assert contents(other.ledger.root) == usual


def test_what_is_missing_is_named_and_can_come_later(shards: tuple[Repository, Plan, Path]) -> None:
    """A shard that did not arrive leaves its cells missing; what arrived before is not missing later."""
    pool, plan, folder = shards

    first = collected(pool, plan, folder / "shard-2")
    second = collected(pool, plan, folder / "shard-1")

    assert [one.state for one in first.cells].count("missing") == 2
    assert sorted(one.state for one in second.cells) == ["unchanged", "unchanged", "written", "written"]


def test_a_shard_without_a_report_gives_what_it_has(shards: tuple[Repository, Plan, Path]) -> None:
    """A job that died left cells, and each of them proves itself."""
    pool, plan, folder = shards
    (folder / "shard-1" / "report.json").unlink()

    result = collected(pool, plan, folder)

    assert {one.state for one in result.cells} == {"written"}
    assert result.said == ["shard-1 did not finish: it left no report. What it left is taken."]


def test_a_partial_cell_stays_partial_and_replaces_no_fuller_one(
    pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one shard could not ask is partial; the whole one stands, whichever of them is collected first or last."""
    pool = write_pool(pool_folder, [generate_task()])
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1, pool_folder / "whole")
    monkeypatch.setattr(engine, "_rule", lambda request: instrument_fault("HTTP 500")
                        if "Mary" in request.prompt_text else by_length(request))
    run_shard(pool, plan, 1, pool_folder / "part", pool_folder / "another.sqlite")

    first = collected(pool, plan, pool_folder / "part")
    standing = pool.ledger.cell("say", MODEL)
    second = collected(pool, plan, pool_folder / "whole", pool_folder / "part")
    third = collected(pool, plan, pool_folder / "part")

    assert [(one.state, one.partial) for one in first.cells] == [("written", True)]
    assert standing.partial
    assert standing.metrics == {}
    assert [(one.state, one.partial) for one in second.cells] == [("written", False)]
    assert [(one.state, one.partial) for one in third.cells] == [("kept", False)]
    assert not pool.ledger.cell("say", MODEL).partial


def test_a_card_that_withholds_more_replaces_what_stands(pool_folder: Path, engine: RuleEngine) -> None:
    """The same key under another publish level: the cell is written anew and the items go."""
    pool = write_pool(pool_folder, [generate_task()])
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1)
    write_task(pool_folder, generate_task(publish="none"))
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1, pool_folder / "shards")

    result = collected(pool, plan, pool_folder / "shards")

    assert [one.state for one in result.cells] == ["written"]
    assert not pool.ledger.rendered_path("say").exists()
    assert "France" not in "".join(path.read_text() for path in pool.ledger.cell_paths())


def test_a_forced_cell_that_did_not_arrive_is_missing(pool_folder: Path, engine: RuleEngine) -> None:
    """The cell that stands is the one that was to be measured again."""
    pool = write_pool(pool_folder, [generate_task()])
    run_shard(pool, plan_of(pool, [MODEL]), 1)
    (pool_folder / "shards").mkdir()

    forced = collected(pool, plan_of(pool, [MODEL], reason=Reason.FORCED), pool_folder / "shards")
    new = collected(pool, plan_of(pool, [MODEL]), pool_folder / "shards")

    assert [one.state for one in (*forced.cells, *new.cells)] == ["missing", "unchanged"]


def test_two_collectors_at_once_give_one_result(shards: tuple[Repository, Plan, Path]) -> None:
    """Each waits for the other; together they write each cell once."""
    pool, plan, folder = shards
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: collected(pool, plan, folder), range(4)))

    assert sorted(len(result.of("written")) for result in results) == [0, 0, 0, 4]
    assert numbers(pool.ledger).keys() == {f"cells/{task}/{model}.json" for task in ("say", "tell")
                                           for model in ("one", "two")}
    assert not list(pool.ledger.root.rglob("*.part"))
