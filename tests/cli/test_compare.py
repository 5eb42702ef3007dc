"""``commons compare`` as a person and a machine use it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commons.pool.git import git
from tests.publish.synthetic import Pool, model, rows

from .running import commons

ATTACK = "::error::forged\x1b[31m ##[error]now"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """Two models on two tasks, under git; then one answer of the first changes."""
    pool = Pool(tmp_path_factory.mktemp("compared") / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"))
    for task in ("sums", "doubles"):
        pool.task(task)
    pool.cell("sums", "alpha", rows([1.0] * 50 + [0.0] * 10))
    pool.cell("sums", "beta", rows([1.0] * 25 + [0.0] * 35))
    pool.cell("doubles", "alpha", rows([1.0, 0.0] * 30))
    pool.cell("doubles", "beta", rows([1.0, 0.0] * 29 + [0.0, 0.0]))
    git(pool.root, "init", "--quiet", "--initial-branch=main")
    git(pool.root, "config", "user.name", "Nobody")
    git(pool.root, "config", "user.email", "nobody@example.org")
    git(pool.root, "add", "--all")
    git(pool.root, "commit", "--quiet", "--message", "measured")
    changed = rows([1.0] * 49 + [0.0] * 11)
    changed[49] = replace(changed[49], answer=ATTACK)
    pool.cell("sums", "alpha", changed)
    return pool


def test_it_says_who_is_ahead_and_what_was_not_shown(pool: Pool) -> None:
    """Words, with n, intervals, p-values and how many tests they were adjusted for."""
    ran = commons("compare", "beta", "alpha", cwd=pool.root)

    assert ran.code == 0
    said = " ".join(ran.out.split())
    assert "sums: B is ahead by 40 points (McNemar, exact, p below .001, corrected for 2 tasks)" in said
    assert "doubles: no clear difference: 60 items show a true difference of" in said
    assert "more items would be needed" in said
    assert "correction for the 2 tasks shown" in said
    assert "Mean of 2 tasks" in said


def test_machines_get_the_same_numbers(pool: Pool) -> None:
    """The JSON holds values with intervals, the difference, both p-values and the verdict."""
    found = json.loads(commons("compare", "beta", "alpha", "--task", "sums", "--json", cwd=pool.root).out)
    one = found["tasks"][0]

    assert (one["verdict"], one["difference"]["value"]) == ("second ahead", pytest.approx(-0.4))
    assert one["difference"]["interval"][0] < -0.4 < one["difference"]["interval"][1]
    assert one["p_adjusted"] == one["difference"]["p"]
    assert (found["tests"], found["macro"]) == (1, None)


def test_a_version_is_held_against_an_earlier_one(pool: Pool) -> None:
    """The flipped item stands with both answers, and what a model wrote is no command."""
    ran = commons("compare", "alpha", "--task", "sums", "--before", "HEAD", cwd=pool.root)

    assert ran.code == 0
    assert "1 of 60 items came out otherwise: 0 with a higher score, 1 with a lower one" in ran.out
    assert "each of them is a change" in ran.out
    assert "s49: 1 -> 0, worse" in ran.out
    assert "then | answer 49" in ran.out
    assert not any(line.lstrip().startswith("::") or "\x1b" in line or "##[" in line for line in ran.out.splitlines())
    machine = json.loads(commons("compare", "alpha", "--task", "sums", "--before", "HEAD", "--json", cwd=pool.root).out)
    assert machine["flips"]["lower"] == ["s49"]
    assert machine["flipped"][0]["after"] == ATTACK


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("alpha",), "nothing to compare with"), (("alpha", "alpha"), "the same result"),
     (("alpha", "../beta"), "no model's id"), (("alpha", "beta", "--task", "../x"), "no task and no result"),
     (("alpha", "beta", "--suite", "none"), "no suite"), (("alpha", "beta", "--before", "HEAD"), "with itself"),
     (("alpha", "--task", "sums", "--before", "nowhere"), "no commit"),
     (("alpha", "betta"), "no model `betta`. Did you mean `beta`?"), (("alpha", "beta@format-1"), "no result"),
     (("alpha", "beta", "--task", "summs"), "Did you mean `sums`?"),
     (("sums", "alpha", "beta"), "commons compare alpha beta --task sums"),
     (("alpha", "beta", "gamma"), "commons ranks")],
)
def test_what_cannot_be_asked_is_said(pool: Pool, arguments: tuple[str, ...], said: str) -> None:
    """Each slip gets one sentence and exit code 2."""
    ran = commons("compare", *arguments, cwd=pool.root)

    assert ran.code == 2
    assert said in ran.err


def test_nothing_compared_is_no_success(pool: Pool) -> None:
    """A model without results: the reason is said once for all tasks, and the exit code is 2."""
    ran = commons("compare", "alpha", "gamma", cwd=pool.root)

    assert ran.code == 2
    assert ran.out.splitlines()[0] == "Not compared on doubles, sums: gamma was not measured on it."
    assert "could be compared on no task" in ran.out


def test_the_table_is_narrow_and_below_the_words(pool: Pool) -> None:
    """Long names are called A and B, no line is wider than 100, and one task has no line about a mean over tasks."""
    ran = commons("compare", "alpha", "beta", "--task", "sums", cwd=pool.root)
    lines = ran.out.splitlines()

    assert lines[:2] == ["A: alpha", "B: beta"]
    head = next(place for place, line in enumerate(lines) if line.startswith("task "))
    assert any("A is ahead by 40 points" in line for line in lines[:head])
    assert "81.7% (70.1 to 89.4)" in lines[head + 1]
    assert "Mean" not in ran.out
    assert "mean over tasks" not in ran.out
    assert max(map(len, lines)) <= 100


def test_imports_that_were_left_aside_are_told_of(tmp_path: Path) -> None:
    """Without --external a comparison says which imported results there are; with it they are compared."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0] * 20))
    (tmp_path / "o.csv").write_text("id,right\n" + "".join(f"s{item},0\n" for item in range(20)))
    commons("import", str(tmp_path / "o.csv"), "--task", "sums", "--model", "beta", "--item", "id", "--score", "right",
            "--measured", "2026-01-02", "--source", "A made-up file of outcomes.", cwd=pool.root)
    without = commons("compare", "alpha", "beta", cwd=pool.root)
    taken = commons("compare", "alpha", "beta", "--external", cwd=pool.root)

    assert without.code == 2
    assert "Imported results are left aside (beta@external on sums): --external takes them." in without.out
    assert taken.code == 0
    assert "A is ahead by 100 points" in taken.out
    assert taken.out.count("A made-up file of outcomes.") == 1


def test_before_needs_git(tmp_path: Path) -> None:
    """Outside of a repository that is what is said, and no word of git's."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    ran = commons("compare", "alpha", "--task", "sums", "--before", "HEAD", cwd=pool.root,
                  GIT_CEILING_DIRECTORIES=str(tmp_path))

    assert ran.code == 2
    assert "no git repository" in ran.err
    assert "rev-parse" not in ran.err
