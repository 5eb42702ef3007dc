"""``commons store``: what a person sees of the answers that are kept, and how they are dropped and carried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore, store_model
from commons.harness.store_schema import StoredModel, this_day
from commons.pool.hashing import model_hash
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, write_pool
from tests.cli.running import commons


@pytest.fixture
def pool(pool_folder: Path) -> Repository:
    """A pool whose store holds three answers of its model, and two old ones of a model that is gone."""
    pool = write_pool(pool_folder, [], endpoint_entry("http://127.0.0.1:1/v1"))
    path = pool.work / "responses.sqlite"
    for name, digest, numbers, today in (("fake-endpoint", model_hash(pool.models()[0]), range(3), this_day()),
                                         ("gone", "0" * 64, range(2), this_day() - 100)):
        key = store_model(digest, {})
        with ResponseStore(path, lambda today=today: today) as store:
            store.describe(StoredModel(key, name, digest, {}))
            store.put_many(key, [(Request(kind="generate_until", prompt=f"Say {number}"), Answer(text=str(number)))
                                 for number in numbers])
    return pool


def test_stats_say_whose_answers_there_are(pool: Repository) -> None:
    """By model, with the days of use; the same as JSON."""
    shown = commons("store", "stats", cwd=pool.root)
    found = json.loads(commons("store", "stats", "--json", cwd=pool.root).out)

    assert "fake-endpoint (" in shown.out
    assert "5 answers of 2 models" in shown.out
    assert {(one["model"], one["answers"]) for one in found["models"]} == {("fake-endpoint", 3), ("gone", 2)}


@pytest.mark.parametrize("how", [("--keep-days", "30"), ("--only-models-yaml",)])
def test_gc_says_what_would_go_and_drops_it_when_told_to(pool: Repository, how: tuple[str, ...]) -> None:
    """Without --delete nothing changes."""
    would = commons("store", "gc", *how, cwd=pool.root)
    before = json.loads(commons("store", "stats", "--json", cwd=pool.root).out)["answers"]
    dropped = json.loads(commons("store", "gc", *how, "--delete", "--json", cwd=pool.root).out)
    after = json.loads(commons("store", "stats", "--json", cwd=pool.root).out)

    assert "2 answers" in would.out
    assert "Nothing was changed." in would.out
    assert before == 5
    assert (dropped["answers"], dropped["kept"], dropped["deleted"]) == (2, 3, True)
    assert [one["model"] for one in after["models"]] == ["fake-endpoint"]


def test_an_export_of_one_model_is_taken_in_elsewhere(pool: Repository, tmp_path: Path) -> None:
    """The other store has its answers and no others; the second time adds none."""
    commons("store", "export", "a.jsonl.gz", "--model", "fake-endpoint", cwd=pool.root)
    other = str(tmp_path / "other.sqlite")

    first = commons("store", "import", "a.jsonl.gz", "--store", other, cwd=pool.root)
    second = json.loads(commons("store", "import", "a.jsonl.gz", "--store", other, "--json", cwd=pool.root).out)

    assert first.out == "3 answers taken in, 0 known already.\n"
    assert second == {"added": 0, "conflicts": 0, "known": 3}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("gc",), "Nothing says what may go"), (("export", "a.gz", "--model", "nobody"), "no model `nobody`"),
     (("import", "nothing.gz"), "no file nothing.gz"), (("stats", "--store", "nothing.sqlite"), "no response store")],
)
def test_what_cannot_be_done_is_a_sentence(pool: Repository, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2 and what to do."""
    ran = commons("store", *arguments, cwd=pool.root)

    assert ran.code == 2
    assert words in ran.err
    assert "mend" in ran.err


@pytest.mark.parametrize("name", ["bad.gz", "models.yaml"])
def test_a_file_that_is_no_export_is_a_finding_with_its_line(pool: Repository, name: str) -> None:
    """Exit code 1, the file and the line."""
    (pool.root / "bad.gz").write_bytes(b"no gzip")

    ran = commons("store", "import", name, cwd=pool.root)

    assert ran.code == 1
    assert f"{name}:1: error: This is no export of answers" in ran.err


def test_the_memo_of_planning_is_not_taken_for_a_store(pool: Repository) -> None:
    """Another database of this program is refused and stays as it was."""
    commons("plan", cwd=pool.root)
    memo = pool.work / "plan.sqlite"
    before = memo.read_bytes()

    for arguments in (("store", "stats"), ("store", "gc", "--keep-days", "1", "--delete")):
        ran = commons(*arguments, "--store", str(memo), cwd=pool.root)
        assert ran.code == 2
        assert "another program" in ran.err
    assert memo.read_bytes() == before
