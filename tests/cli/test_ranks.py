"""``commons ranks``: places as ranges, for people and for machines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import commons
from tests.publish.synthetic import Pool, model, rows


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Three models on one task, and a task that nobody measured."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"))
    pool.task("sums")
    pool.task("words")
    for name, right in (("alpha", 20), ("beta", 80), ("gamma", 81)):
        pool.cell("sums", name, rows([1.0] * right + [0.0] * (100 - right)))
    return pool


def test_every_place_is_a_range_or_settled_and_stands_with_interval_and_n(pool: Pool) -> None:
    """The table, who may be the best, and what the ranges promise together."""
    ran = commons("ranks", "sums", cwd=pool.root)

    table = [re.split(r"\s{2,}", line.strip()) for line in ran.out.splitlines()[1:5]]
    assert ran.code == 0, ran.err
    assert table == [
        ["place", "model", "value", "95% interval", "n", "tie group"],
        ["1-2", "gamma", "81", "72.2 to 87.5", "100", "1"], ["1-2", "beta", "80", "71.1 to 86.7", "100", "1"],
        ["3", "alpha", "20", "13.3 to 28.9", "100", "2"],
    ]
    assert "May be the best: gamma, beta." in ran.out
    assert "All 3 pairs of 3 models were compared together on the same items" in ran.out
    assert "at most 5%" in ran.out


def test_all_tasks_where_none_is_named_and_the_reason_where_there_are_no_places(pool: Pool) -> None:
    """A task without a cell stands there with its reason."""
    ran = commons("ranks", cwd=pool.root)

    assert ran.code == 0, ran.err
    assert "words: acc in %" in ran.out
    assert "There are no places. No cell enters the comparison." in ran.out


def test_what_was_left_out_is_named(pool: Pool) -> None:
    """A model that is in no entry any more has no place, and the table says so."""
    pool.models(model("alpha"), model("beta"))

    ran = commons("ranks", "sums", cwd=pool.root)

    assert "Left out: 1." in ran.out
    assert "gamma: The model is not in models.yaml." in ran.out


def test_json_holds_the_same(pool: Pool) -> None:
    """Values as they stand in the cells, places as numbers and as a range."""
    ran = commons("ranks", "sums", "--json", cwd=pool.root)
    (task,) = json.loads(ran.out)

    assert ran.code == 0, ran.err
    assert [(line["model"], line["value"], line["best"], line["worst"], line["place"]) for line in task["lines"]] == [
        ("gamma", 0.81, 1, 2, "1-2"), ("beta", 0.8, 1, 2, "1-2"), ("alpha", 0.2, 3, 3, "3")]
    assert task["may_be_best"] == ["gamma", "beta"]
    assert task["ties"] == [["gamma", "beta"]]


def test_the_second_time_says_the_same(pool: Pool) -> None:
    """What is kept under .commons changes no word."""
    first, again = (commons("ranks", cwd=pool.root) for _ in range(2))

    assert first.out == again.out
    assert (pool.root / ".commons/analysis/tasks.sqlite").is_file()


def test_mistakes_say_what_there_is(pool: Pool) -> None:
    """An unknown task is refused; a broken card is named beside the ranks of the others."""
    unknown = commons("ranks", "ghost", cwd=pool.root)
    (pool.root / "tasks/words/card.yaml").write_text("title: 1\n")
    broken = commons("ranks", cwd=pool.root)

    assert unknown.code == 2
    assert "Known tasks: sums, words." in unknown.err
    assert broken.code == 1
    assert "card.yaml" in broken.err
    assert "gamma" in broken.out
