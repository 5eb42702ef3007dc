"""``commons amend``: one line is added, with what it changes, and nothing that stood there is touched."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commons.evaluate.amending import append_amendment
from commons.pool.amendments import (
    Amendment,
    appended_fault,
    only_appended,
    parse_amendments,
    read_amendments,
    to_line,
)
from commons.publish.build import build
from tests.cli.running import commons
from tests.publish.reading import read_page
from tests.publish.synthetic import Pool, model, rows

SAID = ("--reason", "The gold of item s1 was wrong.", "--by", "ada", "--date", "2026-11-23")


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Three models on one task: alpha clearly ahead of gamma, beta between them."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"))
    pool.task("sums")
    for name, right in (("alpha", 90), ("beta", 75), ("gamma", 40)):
        pool.cell("sums", name, rows([1.0] * right + [0.0] * (100 - right)))
    return pool


def amendments(pool: Pool) -> tuple[Amendment, ...]:
    """What the file holds."""
    return read_amendments(pool.root / "results" / "amendments.jsonl")


def git(pool: Pool, *arguments: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=pool.root, check=True, capture_output=True)


def test_a_withdrawal_says_what_the_number_was_and_whose_place_moves(pool: Pool) -> None:
    """The headline before, none after; models move up; the pairs that had an order have none."""
    ran = commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, cwd=pool.root)

    (one,) = amendments(pool)
    effects = {effect.model: effect for effect in one.effects}
    assert ran.code == 0, ran.err
    assert (one.before, one.after) == (0.9, None)
    assert effects["alpha"].place_before is not None
    assert (effects["alpha"].place_before.best, effects["alpha"].place_before.worst) == (1, 1)
    assert effects["alpha"].place_after is None
    assert effects["beta"].place_after is not None
    assert (effects["beta"].place_after.best, effects["beta"].place_after.worst) == (1, 1)
    assert {(pair.first, pair.second, pair.after) for pair in one.pairs} == {
        ("alpha", "beta", "not compared"), ("alpha", "gamma", "not compared")}
    assert "alpha: 0.9 (place 1) -> nothing" in ran.out


def test_a_correction_holds_the_cells_of_a_commit_against_those_of_today(pool: Pool) -> None:
    """Before is what git has, after is what stands here; too few items on which two models differ give a range."""
    git(pool, "init", "-q")
    git(pool, "add", "-A")
    git(pool, "commit", "-qm", "before")
    pool.cell("sums", "alpha", rows([1.0] * 76 + [0.0] * 24))

    ran = commons("amend", "sums", "--kind", "corrected", *SAID, cwd=pool.root)

    (one,) = amendments(pool)
    effects = {effect.model: effect for effect in one.effects}
    assert ran.code == 0, ran.err
    assert (effects["alpha"].before, effects["alpha"].after) == (0.9, 0.76)
    assert effects["alpha"].place_after is not None
    assert (effects["alpha"].place_after.best, effects["alpha"].place_after.worst) == (1, 2)
    assert set(effects) == {"alpha", "beta"}
    assert [(pair.first, pair.second, pair.before, pair.after) for pair in one.pairs] == [
        ("alpha", "beta", "first ahead", "no clear order")]


def test_a_result_that_was_withdrawn_before_has_no_place_any_more(pool: Pool) -> None:
    """After alpha is gone, beta is first; withdrawing beta then moves gamma, and alpha is not named again."""
    commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, cwd=pool.root)
    commons("amend", "sums", "beta", "--kind", "withdrawn", *SAID, cwd=pool.root)

    effects = {effect.model: effect for effect in amendments(pool)[1].effects}
    assert set(effects) == {"beta", "gamma"}
    assert effects["beta"].place_before is not None
    assert effects["beta"].place_before.best == 1


def test_the_direction_of_the_headline_decides_who_is_ahead(tmp_path: Path) -> None:
    """Where lower is better, the model with the lowest value has the first place."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", headline={"metric": "acc", "direction": "lower", "unit": "proportion"})
    pool.cell("sums", "alpha", rows([1.0] * 90 + [0.0] * 10))
    pool.cell("sums", "beta", rows([1.0] * 10 + [0.0] * 90))

    commons("amend", "sums", "beta", "--kind", "withdrawn", *SAID, cwd=pool.root)

    (pair,) = amendments(pool)[0].pairs
    assert pair.before == "second ahead"


def test_places_come_from_the_same_items_and_not_from_intervals(tmp_path: Path) -> None:
    """Two models whose intervals overlap are ordered where one is right on every item of the other and on more."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0] * 60 + [0.0] * 40))
    pool.cell("sums", "beta", rows([1.0] * 50 + [0.0] * 50))

    commons("amend", "sums", "beta", "--kind", "withdrawn", *SAID, cwd=pool.root)

    (one,) = amendments(pool)
    assert [(pair.before, pair.after) for pair in one.pairs] == [("first ahead", "not compared")]


def test_a_cell_of_another_version_has_no_place(pool: Pool) -> None:
    """After the task changed, places are those of the models that were measured on it as it is now."""
    pool.cell("sums", "alpha", rows([1.0] * 90 + [0.0] * 10), task_hash="e" * 64, started="2026-11-21T09:00:00Z")

    commons("amend", "sums", "gamma", "--kind", "withdrawn", *SAID, cwd=pool.root)

    (effect,) = amendments(pool)[0].effects
    assert (effect.model, effect.place_before, effect.before) == ("gamma", None, 0.4)


def test_the_site_shows_the_amendment_for_ever(pool: Pool, tmp_path: Path) -> None:
    """The cell's page, the coverage page: reason, numbers and places, also when later lines follow."""
    commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, cwd=pool.root)
    commons("amend", "sums", "gamma", "--kind", "corrected", *SAID, cwd=pool.root)
    build(pool.repository, tmp_path / "_site")

    for page in ("coverage.html", "r/sums/alpha.html"):
        text = read_page(tmp_path / "_site" / page).text
        assert "The gold of item s1 was wrong." in text
        assert "alpha: 0.9 (place 1) before, nothing after" in text
    assert "withdrawn" in read_page(tmp_path / "_site" / "r/sums/alpha.html").text


def test_a_dry_run_writes_nothing_and_mistakes_say_what_there_is(pool: Pool) -> None:
    """No file appears; an unknown model, a handle that is none and an empty reason are refused."""
    dry = commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, "--dry-run", cwd=pool.root)
    unknown = commons("amend", "sums", "delta", "--kind", "withdrawn", *SAID, cwd=pool.root)
    nobody = commons("amend", "sums", "--kind", "withdrawn", "--reason", "x", "--by", "@ada", cwd=pool.root)
    silent = commons("amend", "sums", "--kind", "withdrawn", "--reason", " ", "--by", "ada", cwd=pool.root)

    assert (dry.code, unknown.code, nobody.code, silent.code) == (0, 2, 2, 2)
    assert "Results of `sums`: alpha, beta, gamma." in unknown.err
    assert amendments(pool) == ()


def test_lines_that_are_added_at_once_all_land(pool: Pool) -> None:
    """Forty writers, forty lines, each whole."""
    def add(number: int) -> None:
        append_amendment(pool.repository, Amendment(
            date="2026-11-23", kind="corrected", task="sums", reason=f"Reason {number}.", by="ada"))

    with ThreadPoolExecutor(8) as several:
        list(several.map(add, range(40)))

    assert {one.reason for one in amendments(pool)} == {f"Reason {number}." for number in range(40)}


def test_processes_that_amend_at_once_lose_nothing(pool: Pool) -> None:
    """Four commands started together add four lines."""
    with ThreadPoolExecutor(4) as several:
        ran = list(several.map(
            lambda _: commons("amend", "sums", "beta", "--kind", "corrected", *SAID, cwd=pool.root), range(4)))

    assert [one.code for one in ran] == [0] * 4
    assert len(amendments(pool)) == 4


def test_a_file_that_cannot_be_read_is_not_added_to(pool: Pool) -> None:
    """A broken line is named, and what stands there stays as it is."""
    path = pool.root / "results" / "amendments.jsonl"
    path.write_text('{"kind": "corrected"}\n')

    ran = commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, cwd=pool.root)

    assert ran.code == 1
    assert "amendments.jsonl:1" in ran.err
    assert path.read_text() == '{"kind": "corrected"}\n'


def test_a_line_reads_back_as_it_was_written(pool: Pool) -> None:
    """The short form of the file loses nothing."""
    commons("amend", "sums", "alpha", "--kind", "withdrawn", *SAID, cwd=pool.root)
    (one,) = amendments(pool)

    assert parse_amendments(to_line(one), Path("x")) == (one,)
    assert json.loads(to_line(one))["task"] == "sums"


@pytest.mark.parametrize(("old", "new", "good"), [
    (None, None, True), (None, "a\n", True), ("", "a\n", True), ("a\n", "a\n", True), ("a\n", "a\nb\nc\n", True),
    ("a\n", None, False), ("a\n", "", False), ("a\nb\n", "a\n", False), ("a\n", "b\na\n", False),
    ("a\nb\n", "b\na\n", False), ("a\n", "A\n", False), ("a\n", "a\nb", False), ("a\n", "ab\n", False),
    ("a\n", "a \nb\n", False),
])
def test_only_whole_lines_at_the_end_are_an_addition(old: str | None, new: str | None, good: bool) -> None:
    """The guard: what was there stands there, in its order, and each new line has its end."""
    fault = appended_fault(old, new, Path("results/amendments.jsonl"))

    assert only_appended(old, new) is good
    assert (fault is None) is good
    assert fault is None or fault.mend
