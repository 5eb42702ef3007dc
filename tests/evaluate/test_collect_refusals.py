"""Collecting shards: what is refused and why. Who delivers a shard may have been beside contributed code."""

import dataclasses
import json
import os
from pathlib import Path

import pytest

from commons.plan.plan import Plan
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import generate_task, write_pool
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import Change, collected, edited, identity, numbers, run_shard, without
from tests.running import RuleEngine

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


def ruled(**values: object) -> Change:
    """A change of what a cell says of its metrics."""
    return lambda cell: dataclasses.replace(
        cell, metrics={name: one.model_copy(update=values) for name, one in cell.metrics.items()})


def started(when: str) -> Change:
    """A change of when a cell says it was started."""
    return lambda cell: dataclasses.replace(cell, provenance=cell.provenance.model_copy(update={"started": when}))


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
        (lambda cell: dataclasses.replace(cell, rows=cell.rows[1:]), "rows of 3 items; the task has 4"),
        (lambda cell: dataclasses.replace(cell, rows=(*cell.rows, cell.rows[0])), "twice"),
        (lambda cell: dataclasses.replace(cell, rows=tuple(
            dataclasses.replace(row, item="x" + row.item) for row in cell.rows)), "not among the rendered items"),
        (lambda cell: dataclasses.replace(cell, metrics={}), "metrics are not those of the columns"),
        (lambda cell: without(cell.rows[0].item)(cell), "rows of 3 items; the task has 4"),
        (lambda cell: dataclasses.replace(cell, rows=tuple(
            dataclasses.replace(row, input="0" * 12) for row in cell.rows)), "not about what the task asks"),
        (lambda cell: dataclasses.replace(
            cell, metric_names=tuple(f"x{name}" for name in cell.metric_names),
            metrics={f"x{name}": one for name, one in cell.metrics.items()}), "has other metrics than the task"),
        (ruled(higher_is_better=False), "The higher_is_better of"),
        (ruled(aggregation="median"), "The aggregation of"),
        (ruled(confidence=0.5), "The confidence of"),
        (started("later"), "started"),
        (started("2026-11-23T12:00:00"), "no date with a time zone"),
        (started("2026-11-25T12:00:00+00:00"), "which is not yet"),
        (lambda cell: dataclasses.replace(cell, protocol=cell.protocol.model_copy(update={"form": "plain"})),
         "measured in plain form"),
        (lambda cell: dataclasses.replace(cell, transcript=cell.transcript.model_copy(
            update={"place": "../secret"})), "a transcript that is not one of its items at its usual place"),
    ],
)
def test_a_cell_that_is_not_as_planned_is_refused_with_its_reason(
    shards: tuple[Repository, Plan, Path], change: object, words: str
) -> None:
    """Another task, key, origin, level or version, or numbers that do not follow from rows: none of it is merged."""
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


def test_rendered_items_must_be_the_planned_ones(
    shards: tuple[Repository, Plan, Path]
) -> None:
    """Another gold, hash, canary or task: refused, with the cells that hang on them."""
    pool, plan, folder = shards
    first, second = sorted(folder.glob("shard-*/rendered/say.jsonl"))
    lines = second.read_text().splitlines()
    second.write_text("\n".join([lines[0], *lines[1:-1], lines[-1].replace("hot", "cold")]) + "\n")
    header = json.loads(lines[0])

    result = collected(pool, plan, folder)
    assert "a prompt, a choice or a gold is another" in result.refused[0].sentence
    assert len(result.refused) == 2
    for change, words in (({"task_hash": "0" * 64}, "planned task hash"), ({"canary": "other"}, "another canary"),
                          ({"task": "tell"}, "withheld by")):
        first.write_text("\n".join([json.dumps({**header, **change}), *lines[1:]]) + "\n")
        assert words in collected(pool, plan, folder / first.parts[-3]).refused[0].sentence

@pytest.mark.parametrize("level", ["aggregate", "none"])
def test_a_withheld_cell_without_one_of_its_items_is_refused(
    pool_folder: Path, engine: RuleEngine, level: str
) -> None:
    """Its numbers follow from the rows that are left, and the plan knows how many there must be."""
    pool = write_pool(pool_folder, [generate_task(publish=level)])
    plan = plan_of(pool, ["smollm2-135m-instruct"])
    run_shard(pool, plan, 1, pool_folder / "shards")
    path = next(pool_folder.glob("shards/shard-1/cells/*/*.json"))

    def hide(cell: Cell) -> Cell:
        return without(cell.rows[0].item)(cell)

    edited(path, hide)
    result = collected(pool, plan, pool_folder / "shards")

    assert ["rows of 3 items" in problem.sentence for problem in result.refused] == [True]
    assert pool.ledger.cell_paths() == []


def test_published_items_are_not_replaced_by_forged_ones(shards: tuple[Repository, Plan, Path]) -> None:
    """Every shard delivers the same other prompts, under the right hash: the ledger keeps what it has."""
    pool, plan, folder = shards
    collected(pool, plan, folder)
    before = pool.ledger.rendered_path("say").read_bytes()
    for path in folder.glob("shard-*/rendered/say.jsonl"):
        path.write_text(path.read_text().replace("France", "Spain"))

    result = collected(pool, plan, folder)

    assert any("a prompt, a choice or a gold is another" in problem.sentence for problem in result.refused)
    assert pool.ledger.rendered_path("say").read_bytes() == before


def test_a_folder_that_is_not_there_is_refused(shards: tuple[Repository, Plan, Path]) -> None:
    """It is named, and the others are merged."""
    pool, plan, folder = shards

    result = collected(pool, plan, folder, folder / "nowhere")

    assert [problem.sentence for problem in result.refused] == ["This is no folder."]
    assert numbers(pool.ledger) == {**numbers(Ledger(folder / "shard-1")), **numbers(Ledger(folder / "shard-2"))}
