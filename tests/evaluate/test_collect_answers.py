"""Collecting what shards leave beside their cells: answers and transcripts, and whose they may be."""

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore
from commons.harness.store_care import stored_models
from commons.harness.store_travel import export
from commons.plan.plan import Plan
from commons.pool.hashing import sha256_file
from commons.pool.repository import Repository
from tests.evaluate.sharding import collected, edited

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

Shards = tuple[Repository, Plan, Path]
STRANGE = Request(kind="generate_until", prompt="Another question", generation={"until": []})


def answers(pool: Repository) -> int:
    """How many answers were collected."""
    with ResponseStore(pool.work / "collected.sqlite") as store:
        return len(store)


def plant(pool: Repository, shard: Path, models: int) -> None:
    """Make the answers of a shard anew: all that the pool's store knows, and one to a strange request."""
    with ResponseStore(pool.work / "responses.sqlite") as store:
        keys = [model.key for model, _ in stored_models(store)][:models]
        for key in keys:
            store.put(key, STRANGE, Answer(text="planted"))
        export(store, shard / "responses.jsonl.gz", models=keys)


def test_answers_come_along_once(shards: Shards) -> None:
    """The store knows afterwards what the shards were answered, to the tasks that withhold none."""
    pool, plan, folder = shards

    first = collected(pool, plan, folder, store=True)
    again = collected(pool, plan, folder, store=True)

    assert (first.answers.added, first.said) == (8, [])
    assert (again.answers.added, again.answers.known) == (0, 8)
    assert answers(pool) == 8


def test_answers_for_other_models_and_other_requests_are_left_out(shards: Shards) -> None:
    """A shard of one model delivers answers of two, and to a question that nobody planned."""
    pool, plan, folder = shards
    plant(pool, folder / "shard-1", 2)

    result = collected(pool, plan, folder / "shard-1", store=True)

    assert result.answers.added == 4
    assert result.answers.left_out > 0
    with ResponseStore(pool.work / "collected.sqlite") as store:
        assert len(store) == 4
        assert not any(store.find(model.key, [STRANGE]) for model, _ in stored_models(store))


def test_a_shard_of_which_a_file_was_refused_gives_no_answers(shards: Shards) -> None:
    """It is said; the other shard's are taken in."""
    pool, plan, folder = shards
    path = next(folder.glob("shard-1/cells/say/*.json"))
    edited(path, lambda cell: dataclasses.replace(cell, rows=cell.rows[1:]))

    result = collected(pool, plan, folder, store=True)

    assert result.answers.added == answers(pool) == 4
    assert "shard-1: none of its answers is taken in: a file of it was refused." in result.said


def test_transcripts_come_along_and_prove_themselves(shards: Shards) -> None:
    """What a cell names is here afterwards, under the digest of its bytes; a withheld one stays where it was made."""
    pool, plan, folder = shards
    (pool.work / "transcripts").rename(pool.work / "before")

    collected(pool, plan, folder)

    for model in ("one", "two"):
        transcript = pool.ledger.cell("say", model).transcript
        assert sha256_file(pool.work / transcript.place) == transcript.sha256
    assert not list((pool.work / "transcripts").glob("*.part"))


def test_without_a_transcript_cells_are_taken_and_answers_are_not(shards: Shards) -> None:
    """Nobody can tell which requests the answers belong to, and that is said."""
    pool, plan, folder = shards
    for path in folder.glob("shard-1/transcripts/*"):
        path.unlink()

    result = collected(pool, plan, folder / "shard-1", store=True)

    assert [one.state for one in result.cells].count("written") == 2
    assert answers(pool) == 0
    assert "no transcript came along" in result.said[0]


def change_question(lines: list[dict[str, object]]) -> None:
    """Put another question in the place of the first."""
    lines[0]["requests"][0]["prompt"] = "Another question"


def drop_item(lines: list[dict[str, object]]) -> None:
    """Leave an item out and say another twice."""
    lines[0] = lines[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [(change_question, "requests are not the task's"), (drop_item, "items are not the task's"),
     (lambda lines: lines[0].update(more=1), "none of a transcript"), (None, "not the digest of its content")],
)
def test_a_transcript_that_is_not_the_tasks_is_refused_with_its_cell(
    shards: Shards, change: object, words: str
) -> None:
    """Whoever makes up requests for planted answers cannot make up their digests."""
    pool, plan, folder = shards
    shard = folder / "shard-1"
    cell = next(shard.glob("cells/say/*.json"))
    (path,) = shard.glob("transcripts/*")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    if change is None:
        path.write_text(path.read_text() + " ")
    else:
        change(lines)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        digest = hashlib.sha256(text.encode()).hexdigest()
        path.with_name(f"{digest}.jsonl").write_text(text)
        edited(cell, lambda one: dataclasses.replace(one, transcript=one.transcript.model_copy(
            update={"sha256": digest, "place": f"transcripts/{digest}.jsonl"})))

    result = collected(pool, plan, shard, store=True)

    assert [words in problem.sentence for problem in result.refused] == [True]
    assert not pool.ledger.cell_path("say", "one").exists()
    assert answers(pool) == 0
