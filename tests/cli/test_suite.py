"""``commons suite``: coverage first, numbers with intervals, the rule in words, and no rank."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from commons.pool.cell import Metric
from tests.analyse.suite_pool import TASKS, headline, make_pool, metric, right, write_suite
from tests.publish.synthetic import Pool, model, rows

from .running import commons

ATTACK = "Two\n::error::forged \x1b[31m##[error]now"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """Three models, one of which lacks a cell; two suites, an imported cell, and a board of the harness's tasks."""
    pool = make_pool(tmp_path_factory.mktemp("suites") / "pool")
    write_suite(pool, rule="macro mean of chance-corrected scores", summary=ATTACK)
    write_suite(pool, "pair", ["sums", "words"], aggregate={"metric": "acc"})
    write_suite(pool, "outside", ["sums", {"task": "hellaswag", "num_fewshot": 10}], rule="macro mean",
                harness="0.4.13",
                built_in=[{"board": "HellaSwag", "metrics": ["acc_norm"], "shots": 10, "tasks": {"hellaswag": 4}}])
    write_suite(pool, "foreign", ["hellaswag"], rule="macro mean", harness="0.4.13",
                built_in=[{"board": "HellaSwag", "metrics": ["acc_norm"], "shots": 10, "tasks": {"hellaswag": 4}}])
    pool.cell("sums", "beta", rows(right(9)), {"acc,none": metric(9)}, origin="external", variant="external")
    return pool


def test_suites_are_listed(pool: Pool) -> None:
    """Without a name each suite stands with its rule, its members and how many models have them all."""
    done = commons("suite", cwd=pool.root)

    assert done.code == 0, done.err
    assert re.search(r"^pair +macro mean +2 +2 of 2 +2 +pair$", done.out, re.MULTILINE)
    assert re.search(r"^outside +macro mean +2 +1 of 2 +0", done.out, re.MULTILINE)
    assert ("(all of foreign, 1 of outside): this pool does not run them: only `commons import` brings their results"
            in " ".join(done.out.split()))
    assert "commons suite hard" in done.out


def test_coverage_stands_before_the_numbers(pool: Pool) -> None:
    """Coverage, numbers with intervals, tasks, what was left out, the rule in words; and no place anywhere."""
    done = commons("suite", "trio", cwd=pool.root)
    headings = [line for line in done.out.splitlines() if re.fullmatch(r"[A-Z][a-z ]+", line)]

    assert done.code == 0, done.err
    assert headings == ["Coverage", "Numbers", "Tasks", "Left out", "Rule"]
    assert re.search(r"gamma +2 of 3 +66\.7%", done.out)
    assert re.search(r"alpha +60% \(\S+ to \S+\)$", done.out, re.MULTILINE)
    assert "No mean for gamma: It covers 67% of the weight; a mean needs 80%." in done.out
    assert re.search(r"gamma +none +0% to 33\.3%", done.out)
    assert "is no ranking" in done.out
    assert "beta@external: It was imported and not measured here; --external shows it." in done.out
    assert "unclipped" in done.out
    assert "1 model is not measured on any of its tasks: unseen." in done.out
    assert "Places: commons ranks --suite trio. Two models: commons compare A B --suite trio." in " ".join(
        done.out.split())
    assert "No missing cell is filled in." in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_what_others_wrote_is_not_obeyed(pool: Pool) -> None:
    """A summary that holds a workflow's command or an escape is printed harmlessly."""
    done = commons("suite", "trio", cwd=pool.root)

    assert not [line for line in done.out.splitlines() if line.lstrip().startswith("::")]
    assert "\x1b" not in done.out
    assert "##[" not in done.out


def test_a_metric_that_is_not_the_headline_is_said(tmp_path: Path) -> None:
    """A suite that averages one metric for all its tasks names the task whose headline is another."""
    pool = make_pool(tmp_path / "pool")
    held = {"acc,none": metric(4), "acc_norm,none": metric(6)}
    pool.task("norm", headline=headline(metric="acc_norm"))
    for name in ("alpha", "beta"):
        two = [replace(row, scores=(row.scores[0], 1.0)) for row in rows(right(4))]
        pool.cell("norm", name, two, held, names=("acc,none", "acc_norm,none"))
    write_suite(pool, "mixed", ["sums", "norm"], aggregate={"metric": "acc"})
    said = " ".join(commons("suite", "mixed", cwd=pool.root).out.split())

    assert "norm: the suite takes acc, not its headline acc_norm, which `commons ranks` and `commons compare`" in said
    assert "sums: the suite takes" not in said
    assert "norm acc alpha 40% (" in said


def test_many_models_stand_beside_their_tasks(tmp_path: Path) -> None:
    """With more models than three the tasks are columns, as many as fit, and a missing cell says none."""
    pool = make_pool(tmp_path / "pool", {"alpha": (4, 7, 10), "beta": (8, 6, 5), "gamma": (2, None, 3),
                                         "delta": (1, 2, 3)})
    write_suite(pool, rule="macro mean")
    out = commons("suite", "trio", cwd=pool.root).out
    table = out[out.index("Tasks"):].splitlines()

    assert table[1].split() == ["model", "sums", "words", "maps"]
    assert re.search(r"^  gamma +20% \(\S+ to \S+\) +none +30% \(", out, re.MULTILINE)
    assert "corrected for chance" not in table[1]


def test_extras_come_with_their_faults(pool: Pool) -> None:
    """Win rate and Borda stand only when asked for, each with what is wrong with it; the index says why it is not."""
    plain = commons("suite", "pair", cwd=pool.root).out
    done = commons("suite", "pair", "--win-rate", "--borda", "--latent", cwd=pool.root)

    assert done.code == 0, done.err
    assert "Win rate" not in plain
    assert "depends on which other models are listed" in done.out
    assert "so a weak model gains by what it lacks" in " ".join(done.out.split())
    assert "No missing cell is filled in." not in done.out
    assert "Borda's count above does" in done.out
    assert "beats, of the other models" in done.out
    assert "Latent index\n  No index: an index needs at least 5 models and 5 tasks; here are 3 and 2." in done.out


def test_imported_cells_are_marked(pool: Pool) -> None:
    """With --external they stand in the table under their own name, marked, with a line that says so."""
    done = commons("suite", "pair", "--external", cwd=pool.root)

    assert re.search(r"beta@external \(imported\) +90% \(", done.out)
    assert "Imported, not measured here: beta@external." in done.out


def test_json_holds_it_all(pool: Pool) -> None:
    """One document with the rule, the weights, each line's mean, interval, bounds and coverage, and each score."""
    done = commons("suite", "trio", "--win-rate", "--latent", "--json", cwd=pool.root)
    found = json.loads(done.out)
    lines = {line["model"]: line for line in found["numbers"]["lines"]}

    assert found["suite"]["rule"] == "macro mean of chance-corrected scores"
    assert found["numbers"]["weights"] == dict.fromkeys(TASKS, 1.0)
    assert lines["alpha"]["mean"]["value"] == pytest.approx(0.6)
    assert lines["alpha"]["mean"]["interval"][0] < 0.6
    assert lines["gamma"]["mean"] is None
    assert lines["gamma"]["limits"] == pytest.approx([0.0, 1 / 3])
    assert found["tasks"][0]["corrected"]["alpha"]["value"] == pytest.approx(0.2)
    assert found["win_rate"]["beta"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert found["index"]["why"].startswith("No index")


def test_the_index_is_written_as_json(tmp_path: Path) -> None:
    """Five models on five tasks have an index, with intervals and its anchor, in words and as JSON."""
    pool = Pool(tmp_path / "pool")
    names, tasks = [f"m{one}" for one in range(5)], [f"task_{one}" for one in range(5)]
    pool.models(*(model(name) for name in names))
    for place, task in enumerate(tasks):
        pool.task(task, headline=headline(chance=0.0))
        for rank, name in enumerate(names):
            count = 6 + 3 * rank - place
            held: dict[str, Metric] = {"acc,none": metric(count, 20)}
            pool.cell(task, name, rows(right(count, 20)), held)
    write_suite(pool, "ladder", tasks, rule="macro mean of chance-corrected scores")
    index = json.loads(commons("suite", "ladder", "--latent", "--json", cwd=pool.root).out)["index"]
    words = commons("suite", "ladder", "--latent", cwd=pool.root).out

    assert (index["anchor"], index["abilities"][0], index["draws"]) == ("m0", 0.0, 200)
    assert index["abilities"] == sorted(index["abilities"])
    assert "Measured from m0, whose ability is 0 by choice: only differences mean anything." in words


def test_the_hard_suite_says_why_it_is_empty(pool: Pool) -> None:
    """No card names what people score: the suite is empty, and each task says why."""
    done = commons("suite", "hard", cwd=pool.root)

    assert done.code == 0, done.err
    assert "The hard suite is empty" in done.out
    assert "Not in it: sums. The card has no human baseline." in done.out
    assert json.loads(commons("suite", "hard", "--json", cwd=pool.root).out)["members"] == []


def test_the_hard_suite_is_shown_as_any_other(tmp_path: Path) -> None:
    """Five families below people on a task of a hundred items: the suite has it, with a number for each model."""
    pool = Pool(tmp_path / "pool")
    names = [f"m{one}" for one in range(5)]
    pool.models(*(model(name, family=name) for name in names))
    pool.task("sums", headline=headline(), human_baseline={"score": 0.95, "n": 10, "source": "A class."})
    pool.task("words", headline=headline())
    for rank, name in enumerate(names):
        pool.cell("sums", name, rows(right(30 + 5 * rank, 100)), {"acc,none": metric(30 + 5 * rank, 100)})
    done = commons("suite", "hard", cwd=pool.root)

    assert "hard: Hard tasks, derived by rule" in done.out
    assert re.search(r"m4 +33\.3% \(", done.out)
    assert "All 5 models have all 1 task that counts." in done.out
    assert "--suite" not in done.out
    assert "Not in it: words. The card has no human baseline." in done.out


def test_a_name_that_is_no_suite_is_refused(pool: Pool) -> None:
    """The known suites are named."""
    done = commons("suite", "nothing", cwd=pool.root)

    assert done.code == 2
    assert "Known suites: foreign, outside, pair, trio, hard." in done.err
    assert "Did you mean `trio`?" in commons("suite", "trioo", cwd=pool.root).err


def test_a_broken_suite_hides_no_other(tmp_path: Path) -> None:
    """Its fault is named at its line, the others are shown, and the exit code is 1."""
    pool = make_pool(tmp_path / "pool")
    write_suite(pool, "pair", ["sums", "words"], aggregate={"metric": "acc"})
    (pool.root / "tasks" / "_suites" / "bad.yaml").write_text("group: bad\ntask: [sums]\n")
    done = commons("suite", "pair", cwd=pool.root)

    assert done.code == 1
    assert "bad.yaml:1" in done.err
    assert "alpha" in done.out


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_tasks_of_the_harness_are_not_run_here(pool: Pool, verb: str) -> None:
    """A suite of built-in tasks alone cannot be planned or run, and the message says where to look instead."""
    done = commons(verb, "--suite", "foreign", cwd=pool.root)

    assert done.code == 2
    assert "1 of the 1 tasks of `foreign` are built into the harness" in done.err
    assert "Only `commons import` brings results of such tasks" in done.err
    assert "commons suite foreign" in done.err
