"""``commons ranks``: places as ranges, for people and for machines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.analyse.suite_pool import write_suite
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
        ["place", "model", "value (95% interval)", "n"],
        ["1-2", "gamma", "81% (72.2 to 87.5)", "100"], ["1-2", "beta", "80% (71.1 to 86.7)", "100"],
        ["3", "alpha", "20% (13.3 to 28.9)", "100"],
    ]
    assert "May be the best: gamma, beta." in ran.out
    assert "at 5% for each table by itself" in ran.out
    assert "`commons compare` asks about one pair" in ran.out
    assert "seed 2" not in ran.out
    assert "no promise" not in ran.out


def test_the_method_is_said_once_below_all_tables(pool: Pool) -> None:
    """Two tables, one line on how; a table of one model has no place and no best."""
    pool.cell("words", "alpha", rows([1.0]))
    ran = commons("ranks", cwd=pool.root)

    assert ran.out.count("All pairs of a table at once") == 1
    assert "alpha is the only model that enters, so there is nothing to order." in ran.out
    assert "The best: alpha" not in ran.out


def test_scores_in_parts_are_not_promised_five_percent(pool: Pool) -> None:
    """Sign flips are exact for right or wrong alone: beside fractions the words take the promise back."""
    for name, score in (("alpha", 0.25), ("beta", 0.5)):
        pool.cell("words", name, rows([score, 1.0, 0.0] * 10))
    ran = commons("ranks", "words", cwd=pool.root)
    (task,) = json.loads(commons("ranks", "words", "--json", cwd=pool.root).out)

    assert "5% is no promise" in ran.out
    assert task["right_or_wrong"] is False
    assert "at most" not in task["multiplicity"]
    assert "skewed unlike each other" in task["multiplicity"]


def test_many_that_may_be_the_best_are_counted(tmp_path: Path) -> None:
    """Nine models that nothing tells apart are a number and no list of names."""
    pool = Pool(tmp_path / "pool")
    names = [f"m{one}" for one in range(9)]
    pool.models(*(model(name) for name in names))
    pool.task("sums")
    for name in names:
        pool.cell("sums", name, rows([1.0, 0.0] * 5))

    assert "9 of 9 may be the best." in commons("ranks", "sums", cwd=pool.root).out


def test_the_tasks_of_a_suite(pool: Pool) -> None:
    """--suite takes the place of the tasks' names, and a name that is nearly right is guessed."""
    write_suite(pool, "one", ["sums"], rule="macro mean")
    ran = commons("ranks", "--suite", "one", cwd=pool.root)

    assert (ran.code, "sums: acc" in ran.out, "words" in ran.out) == (0, True, False)
    assert "Did you mean `one`?" in commons("ranks", "--suite", "onee", cwd=pool.root).err
    assert "Did you mean `sums`?" in commons("ranks", "sumss", cwd=pool.root).err
    assert "Did you mean `alpha`?" in commons("run", "sums", "--model", "alpah", cwd=pool.root).err


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
