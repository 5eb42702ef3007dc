"""Collecting shards: what is merged, what is refused and why, and that it can be done twice, at once, and killed."""

import dataclasses
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commons.evaluate.verify import verify_cells
from commons.harness.requests import instrument_fault
from commons.harness.store import ResponseStore
from commons.plan.cells import Reason
from commons.plan.plan import Plan
from commons.pool import cellfile
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool, write_task
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import collected, contents, numbers, run_shard
from tests.running import RuleEngine, by_length

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"
TWO = endpoint_entry("http://127.0.0.1:1/v1", "one") + endpoint_entry("http://127.0.0.1:2/v1", "two")


@pytest.fixture
def shards(pool_folder: Path, engine: RuleEngine) -> tuple[Repository, Plan, Path]:
    """A pool of two tasks and two models whose plan was run in two shards, and the folder of both."""
    pool = write_pool(pool_folder, [generate_task(), generate_task("tell", publish="aggregate")], TWO)
    plan = plan_of(pool, ["one", "two"], shards=2)
    for number in (1, 2):
        run_shard(pool, plan, number, pool_folder / "shards")
    return pool, plan, pool_folder / "shards"


def test_shards_become_one_ledger_that_verifies(shards: tuple[Repository, Plan, Path]) -> None:
    """All planned cells and the items that may be shown are there, and every number follows from its rows."""
    pool, plan, folder = shards

    result = collected(pool, plan, folder)

    assert [one.state for one in result.cells] == ["written"] * 4
    assert (result.refused, result.rendered, result.said) == ([], ["say"], [])
    assert not pool.ledger.rendered_path("tell").exists()
    verification = verify_cells(pool.ledger.cell_paths(), {"say": pool.ledger.rendered("say")})
    assert (verification.cells, verification.problems) == (4, [])


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
    other = write_pool(pool.root / "other", [generate_task(), generate_task("tell", publish="aggregate")], TWO)
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


def test_answers_come_along_where_their_models_are_planned(shards: tuple[Repository, Plan, Path]) -> None:
    """The store knows afterwards what the shards were answered, and nothing of other models."""
    pool, plan, folder = shards
    result = collected(pool, plan, folder, store=True)
    again = collected(pool, plan, folder, store=True)
    stranger = dataclasses.replace(plan, models=dict.fromkeys(plan.models, "0" * 64))
    left = collected(pool, stranger, folder, store=True)

    assert result.answers.added == 8
    assert (again.answers.added, again.answers.known) == (0, 8)
    assert left.answers.left_out == 8
    with ResponseStore(pool.work / "collected.sqlite") as store:
        assert len(store) == 8


def edited(path: Path, change: object) -> None:
    """Change a cell file's content and write it as the program would, checks and all."""
    cell = cellfile.read_cell(path)
    path.write_text(cellfile.to_text(change(cell)))


def identity(**values: object) -> object:
    """A change of a cell's identity."""
    return lambda cell: dataclasses.replace(cell, identity=cell.identity.model_copy(update=values))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (identity(task="tell", model="nobody"), "is not planned"),
        (identity(variant="other"), "is not planned"),
        (identity(task_hash="0" * 64), "the task hash of it is another"),
        (identity(model_hash="0" * 64, protocol_hash="0" * 64), "the model and the protocol hash of it is another"),
        (identity(cell_key="0" * 64), "the key of it is another"),
        (identity(origin="external"), "measured by others"),
        (identity(comparability_version=7), "comparability version 7; the card says 1"),
        (lambda cell: dataclasses.replace(cell, publish="aggregate"), "the card says `samples`"),
        (lambda cell: dataclasses.replace(cell, rows=cell.rows[1:]), "the rows give"),
        (lambda cell: dataclasses.replace(cell, rows=(*cell.rows, cell.rows[0])), "twice"),
        (lambda cell: dataclasses.replace(cell, rows=tuple(
            dataclasses.replace(row, item="x" + row.item) for row in cell.rows)), "not among the rendered items"),
        (lambda cell: dataclasses.replace(cell, metrics={}), "metrics are not those of the columns"),
    ],
)
def test_a_cell_that_is_not_as_planned_is_refused_with_its_reason(
    shards: tuple[Repository, Plan, Path], change: object, words: str
) -> None:
    """Another task, key, origin, level or version, or numbers that do not follow from rows: none of it is merged."""
    from commons.pool.card import PublishLevel

    pool, plan, folder = shards
    path = next(folder.glob("shard-*/cells/say/one.json"))
    edited(path, lambda cell: (lambda one: dataclasses.replace(one, publish=PublishLevel(one.publish)))(change(cell)))

    result = collected(pool, plan, folder)

    assert any(words in problem.sentence for problem in result.refused), result.refused
    assert {problem.where.path for problem in result.refused} == {path}
    assert not pool.ledger.cell_path("say", "one").exists()
    assert [one.state for one in result.cells].count("missing") == 1


def test_an_edited_digit_is_refused(shards: tuple[Repository, Plan, Path]) -> None:
    """A file that was changed by hand does not fit its checks."""
    pool, plan, folder = shards
    path = next(folder.glob("shard-*/cells/say/one.json"))
    path.write_text(path.read_text().replace('"value": 0.0', '"value": 0.9'))

    result = collected(pool, plan, folder)

    assert "`metrics` was changed after the run." in [problem.sentence for problem in result.refused]


def test_text_that_a_card_withholds_is_refused(shards: tuple[Repository, Plan, Path]) -> None:
    """A shard that leaves an answer in a row of a task with level `aggregate` publishes nothing by it."""
    pool, plan, folder = shards
    path = next(folder.glob("shard-*/cells/tell/one.json"))
    edited(path, lambda cell: dataclasses.replace(
        cell, rows=tuple(dataclasses.replace(row, answer="secret") for row in cell.rows)))
    (path.parents[2] / "rendered" / "tell.jsonl").write_text(
        next(folder.glob("shard-*/rendered/say.jsonl")).read_text().replace('"say"', '"tell"'))

    result = collected(pool, plan, folder)

    assert len(result.refused) == 2
    assert "secret" not in "".join(path.read_text() for path in pool.ledger.cell_paths())
    assert not pool.ledger.rendered_path("tell").exists()


def test_links_and_strange_and_large_files_are_refused(
    shards: tuple[Repository, Plan, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is read that is no plain file of a shard; what is there besides is merged."""
    pool, plan, folder = shards
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    shard = next(folder.glob("shard-*/cells/say/one.json")).parents[2]
    (shard / "cells" / "say" / "link.json").symlink_to(secret)
    (shard / "elsewhere").symlink_to(tmp_path)
    (shard / "run.sh").write_text("echo\n")
    os.mkfifo(shard / "rendered" / "pipe.jsonl")
    (shard / "rendered" / "large.jsonl").write_bytes(b"x" * 60_000_000)

    result = collected(pool, plan, folder)

    assert sorted(problem.where.path.name for problem in result.refused) == [
        "elsewhere", "large.jsonl", "link.json", "pipe.jsonl", "run.sh"]
    assert {one.state for one in result.cells} == {"written"}


def test_rendered_items_must_be_the_planned_ones_and_the_same_everywhere(
    shards: tuple[Repository, Plan, Path]
) -> None:
    """Another hash, another canary, or two shards that disagree: refused, with the cells that hang on them."""
    pool, plan, folder = shards
    first, second = sorted(folder.glob("shard-*/rendered/say.jsonl"))
    lines = second.read_text().splitlines()
    second.write_text("\n".join([lines[0], *lines[1:-1], lines[-1].replace("hot", "cold")]) + "\n")
    header = json.loads(lines[0])

    result = collected(pool, plan, folder)
    assert "Another shard delivers other rendered items" in result.refused[0].sentence
    assert len(result.refused) == 2
    for change, words in (({"task_hash": "0" * 64}, "planned task hash"), ({"canary": "other"}, "another canary"),
                          ({"task": "tell"}, "withheld by")):
        first.write_text("\n".join([json.dumps({**header, **change}), *lines[1:]]) + "\n")
        assert words in collected(pool, plan, folder / first.parts[-3]).refused[0].sentence


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


def test_a_folder_that_is_not_there_is_refused(shards: tuple[Repository, Plan, Path]) -> None:
    """It is named, and the others are merged."""
    pool, plan, folder = shards

    result = collected(pool, plan, folder, folder / "nowhere")

    assert [problem.sentence for problem in result.refused] == ["This is no folder."]
    assert numbers(pool.ledger) == {**numbers(Ledger(folder / "shard-1")), **numbers(Ledger(folder / "shard-2"))}
