"""``commons diagnose``: a line for each task, one task in full, its history, and the hard suite."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from commons.cli.diagnose import command
from tests.analyse.frontier_pool import FIVE, NEW, OLD, drawn, five_families, measured, solved
from tests.cli.running import Ran, commons
from tests.github.lifecycle_pool import Stage

ATTACK = "::error::forged \x1b[31m ##[error]now"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A solved task with two refreshes, an ordered one with people, and one of a hostile card without results."""
    stage = Stage(tmp_path_factory.mktemp("diagnosed"))
    five_families(stage.pool)
    stage.task("solved_one")
    stage.task("ordered", human_baseline={"score": 0.95, "n": 9, "source": "a class"})
    stage.task("unseen", lifecycle={"state": "retired", "since": "2026-02-01", "reason": ATTACK})
    measured(stage.pool, solved(), "solved_one", OLD)
    measured(stage.pool, drawn((0.9, 0.8, 0.7, 0.6, 0.5)), "ordered")
    stage.merged()
    measured(stage.pool, solved(shift=30), "solved_one", NEW)
    return stage


def said(stage: Stage, *arguments: str) -> Ran:
    """Run the verb in this process, which is quicker."""
    ran = CliRunner().invoke(command, [*arguments, "--root", str(stage.root)], standalone_mode=False,
                             catch_exceptions=False)
    return Ran(ran.return_value, ran.stdout, ran.stderr)


def test_each_task_is_a_line_beside_what_its_card_says(stage: Stage) -> None:
    """Diagnosis, state, index with its interval, headroom, frontier and the reason; or why there is none."""
    ran = said(stage)
    ordered, solved_one, unseen, *closing = ran.out.replace("\n  ", " ").splitlines()

    assert ran.code == 0
    assert ordered.startswith("ordered: healthy (card: active), ")
    assert "% still open, saturation index 0.0" in ordered
    assert solved_one.startswith("solved_one: saturating (card: active), 1% still open, saturation index 0.99 (0.")
    assert unseen == "unseen: insufficient data (card: retired). 0 of 5 families of models are measured."
    (waiting,) = (line for line in closing if "waits" in line)
    assert "for example one, two, three, four, five: `commons run unseen --model one`" in waiting


def test_one_task_is_shown_in_full(stage: Stage) -> None:
    """Every number with its interval or n, headroom to people, and what the frontier is."""
    ran = said(stage, "ordered")

    said_whole = " ".join(ran.out.split())
    for words in ("The rule: reliability is at least 0.8", "Up to people: ", "n=9", "Pair by pair: ", "400 items",
                  f"Best model of each family, best first: {', '.join(FIVE)}", "Still open: "):
        assert words in said_whole, words
    assert all(len(line) <= 100 for line in ran.out.splitlines())


def test_what_a_card_says_is_never_obeyed(stage: Stage) -> None:
    """A reason of a card cannot colour a terminal or command a runner."""
    ran = said(stage, "unseen")

    assert "\x1b" not in ran.out
    assert "##[" not in ran.out
    assert not [line for line in ran.out.splitlines() if line.lstrip().startswith("::")]


def test_history_shows_the_refreshes_and_the_two_ends(stage: Stage) -> None:
    """Both refreshes with their days, and where headroom stood."""
    ran = said(stage, "solved_one", "--history")
    lines = ran.out.splitlines()

    assert lines[0] == "solved_one: 2 states of its results, the newest first"
    assert lines[1].startswith("  2026-11-20 (this checkout): saturating, 1% open, index 0.99")
    assert lines[2].startswith("  2026-10-01 (commit ")
    assert lines[3].startswith("  Headroom was 1% on 2026-10-01 (5 models measured) and is 1% on 2026-11-20 (5).")
    assert "trend, and no time to saturation is told" in " ".join(ran.out.split())


def test_a_task_without_a_frontier_has_no_history_yet(stage: Stage) -> None:
    """That nothing is held is said in words of people."""
    assert said(stage, "unseen", "--history").out.startswith("unseen: No history yet: ")


def test_machines_get_the_same(stage: Stage) -> None:
    """One document each: diagnoses, history, hard suite."""
    (one,) = json.loads(said(stage, "ordered", "--json").out)
    (past,) = json.loads(said(stage, "solved_one", "--history", "--json").out)
    hard = json.loads(said(stage, "--hard", "--json").out)

    assert (one["diagnosis"], one["families"], len(one["index_interval"])) == ("healthy", 5, 2)
    assert one["index"] == pytest.approx((1 - one["headroom"]) * (1 - one["reliability"]))
    assert [bool(refresh["commit"]) for refresh in past["refreshes"]] == [False, True]
    assert past["movement"]["first"]["day"] == "2026-10-01"
    assert [member["task"] for member in hard["members"]] == ["ordered"]


def test_the_hard_suite_says_why_others_are_not_in_it(stage: Stage) -> None:
    """A member with its best model and people's score; the others with a reason each."""
    ran = said(stage, "--hard")

    assert ran.out.startswith("The hard suite has 1 task.\n  ordered: the best model, one, has ")
    assert "people have 95% (n=9)." in " ".join(ran.out.split())
    assert "  solved_one: The card has no human baseline." in ran.out


def test_an_audit_is_said_and_used(stage: Stage) -> None:
    """The ceiling stands with its interval, and the diagnosis is judged by it."""
    ran = said(stage, "ordered", "--audit", "6/100")

    assert "94% (87.5 to 97.2) can be attained: in the card, headline.ceiling: 0.94" in " ".join(ran.out.split())


@pytest.mark.parametrize("arguments", [
    ("--hard", "ordered"), ("ordered", "--audit", "six"), ("--audit", "6/100"), ("nothing_here",),
    ("ordered", "--audit", "7/6"),
])
def test_what_cannot_be_done_is_said(stage: Stage, arguments: tuple[str, ...]) -> None:
    """Options that do not go together, a wrong audit and an unknown task end with 2 and a sentence."""
    ran = commons("diagnose", *arguments, cwd=stage.root)

    assert ran.code == 2
    assert ran.err.strip()
