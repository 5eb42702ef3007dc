"""``commons dimensions``: what a person reads, what a machine gets, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analyse.dimension_pool import MODEL, TASK, choice_items, choice_rows, pool_at, rewrite
from tests.builders import REPOSITORY_ROOT
from tests.publish.synthetic import Pool

from .running import commons


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """A pool with a cell that is large enough for everything, and one variant."""
    made = pool_at(tmp_path_factory.mktemp("dimensions"))
    made.cell(TASK, MODEL, choice_rows(320))
    made.cell(TASK, MODEL, choice_rows(320, seed=2, changed=range(300)), variant="robustness-spaces",
              cell_key="cd" * 32)
    made.rendered(TASK, choice_items(320))
    return made


def test_the_committed_pool_reads_well() -> None:
    """On today's pool: percent with interval and n, Brier alone, and a command for each run that is missing."""
    done = commons("dimensions", "everyday_physics", "smollm2-135m-instruct-chat", cwd=REPOSITORY_ROOT)

    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "everyday_physics on smollm2-135m-instruct-chat"
    assert "n = 80 items where no other n stands." in done.out
    assert [line for line in lines if "acc_norm" in line and "higher   36.2% (26.6 to 47.2)" in line]
    assert [line for line in lines if "Brier score, all choices" in line and "lower " in line and " to " in line]
    assert "hardly better than equal" in done.out
    assert "It has 80 items; it needs 300." in done.out
    assert "5 variants x 80 items = 400 answers, about " in done.out
    assert not [line for line in lines if len(line) > 100]
    assert "calibration error, 10 bins" not in done.out
    assert "No text is generated: the task is of the type multiple_choice." in done.out


def test_the_table_shows_errors_in_points_and_shares_in_percent(pool: Pool) -> None:
    """Each value carries its unit; a loss of the variant is in points, on the items that it changed."""
    done = commons("dimensions", TASK, MODEL, cwd=pool.root)

    assert done.code == 0, done.err
    after = done.out.partition("lost in the worst case (n = 300 changed")[2].splitlines()
    assert "lower " in after[1]
    assert " points (" in after[1]
    assert "20 of 320 items were changed by no variant" in done.out
    assert f"commons run {TASK} --model {MODEL} --variant robustness" in done.out


def test_bins_are_shown_on_demand(pool: Pool) -> None:
    """With --bins there are ten lines of 32 items; without, none."""
    shown = commons("dimensions", TASK, MODEL, "--bins", cwd=pool.root).out
    plain = commons("dimensions", TASK, MODEL, cwd=pool.root).out
    bins = shown.partition("Bins of equal mass\n")[2].partition("\n\n")[0].splitlines()

    assert len(bins) == 11
    assert all(" 32 " in line for line in bins[1:])
    assert "Bins of equal mass" not in plain


def test_json_holds_the_same_numbers(pool: Pool) -> None:
    """The document names each dimension, its values as fractions with their intervals, and what is missing."""
    document = json.loads(commons("dimensions", TASK, "--json", cwd=pool.root).out)
    dimensions = {one["dimension"]: one for one in document["reports"][0]["dimensions"]}
    brier = dimensions["calibration"]["measured"][0]["values"][0]

    assert document["task"] == TASK
    assert set(brier) == {"name", "value", "interval", "n", "method", "better", "unit", "of", "guess"}
    assert 0 < brier["interval"][0] < brier["value"] < brier["interval"][1] < 2
    assert dimensions["toxicity"]["not_measured"][0]["reason"].startswith("No text is generated")
    assert sum(one["n"] for measured in dimensions["calibration"]["measured"] for one in measured["bins"]) == 320


@pytest.mark.parametrize(("names", "said"), [
    (("nothing",), "There is no task `nothing`."), ((TASK, "beta"), f"There is no cell of {TASK} on beta."),
    (("../../x",), "There is no task"),
])
def test_what_is_not_there_is_said(pool: Pool, names: tuple[str, ...], said: str) -> None:
    """A task or a model that is not there could not be looked at: exit code 2."""
    done = commons("dimensions", *names, cwd=pool.root)

    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_no_line_is_a_command_or_an_escape(tmp_path: Path) -> None:
    """What a cell's file says of its host reaches no terminal as it is."""
    made = pool_at(tmp_path)
    made.cell(TASK, MODEL, choice_rows(4))
    rewrite(made, host="::error::forged\x1b[31m\n::warning::too", engine="e\u202e")

    done = commons("dimensions", TASK, cwd=made.root)

    assert done.code == 0, done.err
    assert not [line for line in done.out.split("\n") if line.lstrip().startswith("::")]
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_what_several_models_lack_stands_once_for_those_who_lack_it() -> None:
    """Models are columns, as many as a line holds; what is missing names its models, with the command that runs it."""
    done = commons("dimensions", "everyday_physics", cwd=REPOSITORY_ROOT)
    lines = done.out.splitlines()

    assert lines[0] == "everyday_physics on 2 models"
    assert [line.split() for line in lines if line.strip().startswith("better")] == [
        ["better", "smollm2-135m-instruct"], ["better", "smollm2-135m-instruct-chat"]]
    assert len([line for line in lines if "acc_norm  " in line and line.count(" to ") == 1]) == 2
    assert done.out.count("  fairness: gender, names (smollm2-135m-instruct): Not run.") == 1
    assert done.out.count("misspelling, spaces (smollm2-135m-instruct-chat):\n    Not run.") == 1
    assert [line for line in lines if "worst case with 5 variants" in line]
    assert not [line for line in lines if len(line) > 100]


def test_few_clusters_have_no_interval_and_say_why(tmp_path: Path) -> None:
    """Three sources say nothing of how sources differ; ten have the jackknife's interval."""
    for count, said in ((3, "no interval: 3 clusters are too few"), (10, "jackknife over clusters, Student's t")):
        made = pool_at(tmp_path / str(count))
        made.cell(TASK, MODEL, [replace(row, cluster=f"c{n % count}") for n, row in enumerate(choice_rows(330))])
        done = commons("dimensions", TASK, "--json", cwd=made.root)
        held = {value["name"]: value for one in json.loads(done.out)["reports"][0]["dimensions"]
                for measured in one["measured"] for value in measured["values"]}
        top = held["accuracy of the surest 10%"]

        assert said in top["method"]
        assert (top["interval"] is None) == (count == 3)
        assert (held["calibration error, 10 bins of equal mass"]["interval"] is None) == (count == 3)
        assert "BCa" not in "".join(value["method"] for value in held.values() if "Brier score, chosen answer:" in
                                    value["name"])


def test_items_and_their_answers_are_kept_apart(tmp_path: Path) -> None:
    """Four items that were answered five times each: seconds for an item are five times those for an answer."""
    made = pool_at(tmp_path)
    made.cell(TASK, MODEL, [replace(row, repeat=k) for row in choice_rows(4) for k in range(5)])
    rewrite(made, cost_usd=2.0)
    done = commons("dimensions", TASK, "--json", cwd=made.root)
    held = {value["name"]: value for one in json.loads(done.out)["reports"][0]["dimensions"]
            for measured in one["measured"] for value in measured["values"]}

    for name in ("seconds for each", "US dollars for each"):
        item, answer = held[f"{name} item"], held[f"{name} answer"]
        assert (item["n"], item["of"], answer["n"], answer["of"]) == (4, "items", 20, "answers")
        assert item["value"] == pytest.approx(5 * answer["value"], rel=1e-3)
    assert held["tokens in for each item, mean"]["value"] == pytest.approx(
        5 * held["tokens in for each answer, mean"]["value"])
