"""The proposal to call a task saturated: only after two refreshes, with its evidence."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons.cli.lifecycle import command
from commons.errors import CannotRun
from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.proposers.saturated_task import saturated_task
from commons.github.lifecycle.registry import Facts, all_proposers, propose_all
from commons.github.lifecycle.standing import Form
from commons.github.lifecycle.states_page import lifecycle_page
from commons.github.lifecycle.texts import body_of
from commons.pool.card import Card, LifecycleState
from commons.pool.validate import parse
from commons.pool.yamlfile import parse_yaml
from commons.stats.saturation.diagnosis import RULES
from tests.analyse.frontier_pool import NEW, OLD, five_families, measured, solved
from tests.github.fake_api import REPOSITORY, serving
from tests.github.fake_proposals import FakeProposals
from tests.github.lifecycle_pool import Stage

TODAY = datetime.date(2026, 12, 31)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An active task with two refreshes that show saturation, the newer one in the checkout."""
    stage = Stage(tmp_path)
    five_families(stage.pool)
    stage.task("sums")
    measured(stage.pool, solved(), started=OLD)
    stage.merged()
    measured(stage.pool, solved(shift=30), started=NEW)
    return stage


def facts(stage: Stage) -> Facts:
    """What is known of the pool."""
    tasks, broken = stage.pool.repository.tasks()
    assert not broken
    return Facts(stage.pool.repository, TODAY, tuple(tasks))


def proposed(stage: Stage) -> list[Proposal]:
    """What is proposed."""
    return list(saturated_task(facts(stage)))


def test_two_refreshes_propose_the_card_with_its_reason(stage: Stage) -> None:
    """The state, its day and the numbers change, every other byte of the card stays, and its owner is asked."""
    (one,) = proposed(stage)
    (change,) = one.files
    before, after = (parse(Card, parse_yaml(text, Path("card.yaml"))) for text in (change.old or "", change.new))

    assert (one.slug, one.asks, one.since) == ("saturated-task--sums", ("ada",), datetime.date(2026, 11, 20))
    assert (after.lifecycle.state, after.lifecycle.since) == (LifecycleState.SATURATED, TODAY)
    assert after.lifecycle.successor is None
    for words in ("saturation index 0.99 (95% interval 0.", " 1% headroom on 2026-11-20", "on 2026-10-01"):
        assert words in (after.lifecycle.reason or ""), words
    assert before == after.model_copy(update={"lifecycle": before.lifecycle})


def test_the_evidence_is_a_table_of_both_refreshes(stage: Stage) -> None:
    """Each number stands with its interval, the frontier is named, and the pull request can be read as it is."""
    (one,) = proposed(stage)
    rows = [line for line in one.body.splitlines() if line.startswith("| 2026-")]

    assert [row[2:12] for row in rows] == ["2026-11-20", "2026-10-01"]
    assert "99.2% (97.8 to 99.7), n=400" in rows[0]
    assert "0 of 10" in rows[0]
    assert "`three`" in rows[0]
    assert one.body in body_of(one, Form.PULL)


def test_one_refresh_proposes_nothing(stage: Stage) -> None:
    """The first time decides nothing."""
    (stage.root / ".git").rename(stage.root / "elsewhere")

    assert proposed(stage) == []


@pytest.mark.parametrize("state", ["draft", "saturated", "retired"])
def test_only_active_tasks_are_proposed(stage: Stage, state: str) -> None:
    """What is declared already, and what does not count yet, is left alone."""
    card = stage.root / "tasks/sums/card.yaml"
    card.write_text(card.read_text().replace("state: active", f"state: {state}\n  reason: because"))

    assert proposed(stage) == []


def test_a_card_that_no_program_should_edit_gets_an_issue(stage: Stage) -> None:
    """The reason to write by hand stands in the text."""
    card = stage.root / "tasks/sums/card.yaml"
    card.write_text(card.read_text().replace("lifecycle:\n", "lifecycle:\n  reason: >-\n    still\n    new\n"))
    (one,) = proposed(stage)

    assert one.files == ()
    assert "By hand: the state `saturated`" in one.body
    assert "saturation index 0.99" in one.body


def test_without_numpy_it_says_so_and_stops_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A light install cannot compute it: this proposer fails with a sentence, and the others go on."""
    for name in ("commons.analyse.refreshes", "commons.analyse.diagnosis"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(CannotRun, match="numpy"):
        proposed(stage)
    mine = tuple(one for one in all_proposers() if one.name in {"saturated-task", "owners-file"})
    found = propose_all(mine, facts(stage))

    assert set(found.failed) == {"saturated-task"}
    assert [one.kind for one in found.proposals] == ["owners-file"]


def test_the_page_names_every_rule_with_its_numbers() -> None:
    """LIFECYCLE.md is made from the rules that diagnose, so no number stands twice."""
    page = lifecycle_page()

    for rule in RULES:
        assert f"| {rule.short} | `{rule.name.value}` | {rule.when} |" in page
    assert "at least 7 days apart" in " ".join(page.split())


def test_the_verb_shows_what_it_would_propose(stage: Stage) -> None:
    """``commons lifecycle --only saturated-task`` derives, computes and prints it, and writes nothing."""
    stage.merged()
    with serving(FakeProposals(remote=stage.remote)) as fake:
        given = ["--root", str(stage.root), "--repository", REPOSITORY, "--today", "2026-12-31",
                 "--only", "saturated-task"]
        ran = CliRunner().invoke(command, given, standalone_mode=False, catch_exceptions=False,
                                 env={"GITHUB_API_URL": fake.url, "GITHUB_TOKEN": "a-token"})

    assert ran.stdout.startswith("open pull request: saturated-task--sums\n")
    assert "+  state: saturated" in ran.stdout
    assert stage.pushed() == set()
