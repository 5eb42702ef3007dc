"""``commons dimensions``: what a person reads, what a machine gets, and what is refused."""

from __future__ import annotations

import json
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
    done = commons("dimensions", "everyday_physics", "smollm2-135m-instruct", cwd=REPOSITORY_ROOT)

    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "everyday_physics on smollm2-135m-instruct"
    assert [line for line in lines if line.startswith("accuracy") and "%" in line and "80 items" in line]
    assert [line for line in lines if "Brier score, all choices" in line and " to " in line]
    assert "80 items; below 300" in done.out
    assert "calibration error, 10 bins" not in done.out
    assert "No text is generated: the task is of the type multiple_choice." in done.out


def test_the_table_shows_errors_in_points_and_shares_in_percent(pool: Pool) -> None:
    """Each value carries its unit; a loss of the variant is in points, on the items that it changed."""
    done = commons("dimensions", TASK, MODEL, cwd=pool.root)

    assert done.code == 0, done.err
    row = next(line for line in done.out.splitlines() if "lost in the worst case" in line)
    assert " points " in row
    assert "300 changed items" in row
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
    assert set(brier) == {"name", "value", "interval", "n", "method", "unit", "of"}
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
