"""From the situation of a pull request to the lane's facts: what is known is taken over, what is not refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commons.github.policy import decide
from commons.github.policy_facts import FREE, Beside, CardPair, lane_facts, terms_changed
from commons.github.report import TrialReport
from commons.github.situation import (
    Area,
    Arrival,
    ChangedFile,
    Freshness,
    Kind,
    LintHere,
    PullRequest,
    RowChanges,
    Situation,
    TaskChange,
    Trial,
)
from commons.pool.card import Card
from tests.publish.synthetic import card

OLD = Card.model_validate(card())
NEW = OLD.model_copy(update={"comparability_version": 2})
TASK = TaskChange("sums", Kind.CHANGED, parts=("data", "card"), owners=("ana",), rows=RowChanges(counts=(0, 2, 0)))
FILES = (ChangedFile("tasks/sums/data/test.jsonl", Kind.CHANGED, Area.TASKS),)


@pytest.fixture
def fix(monkeypatch: pytest.MonkeyPatch) -> Situation:
    """An owner mends two rows; the trial's report is here, nobody doubts it, and the comment says that it is ready."""
    from commons.github import policy_facts
    from commons.github.judgement import Judgement, Verdict, Who

    monkeypatch.setattr(policy_facts, "judge", lambda _: Judgement(Verdict.READY, "", Who.MAINTAINERS))
    report = TrialReport.model_construct()
    return Situation(PullRequest(7, "Fix", "ana", "a" * 40), FILES, (TASK,), lint=LintHere(),
                     trial=Trial(Arrival.PRESENT, report))


BESIDE = Beside("Signed-off-by: @ana", frozenset(), {"sums": CardPair(OLD, NEW, (100,))}, conflicts=False,
                changes_requested=False, above_limit=False, lane_open=True)


def failing(situation: Situation, beside: Beside = BESIDE) -> set[str]:
    """The conditions that do not hold."""
    return {one.name for one in decide(lane_facts(situation, beside)).failing}


def test_an_owners_fix_passes(fix: Situation) -> None:
    """With everything known and right, nothing fails."""
    assert failing(fix) == set()


@pytest.mark.parametrize(("changes", "name"), [
    ({"trial": Trial(Arrival.PRESENT, None, doubts=("edited",))}, "gates_are_verified"),
    ({"files": (*FILES, ChangedFile("ci/x.py", Kind.CHANGED, Area.PROGRAM))}, "only_task_folders_are_touched"),
    ({"tasks": (replace(TASK, owners=("bo",)),)}, "author_owns_every_task"),
    ({"tasks": (replace(TASK, parts=("hooks",)),)}, "only_data_and_words_change"),
    ({"tasks": (replace(TASK, rows=None),)}, "few_rows_change"),
    ({"files": (*FILES, replace(FILES[0], path="tasks/sums/data/key.txt"))}, "few_rows_change"),
    ({"tasks": (replace(TASK, kind=Kind.RENAMED),)}, "no_task_is_new_or_deleted"),
    ({"freshness": Freshness(both=("tasks/sums/card.yaml",))}, "base_is_fresh"),
    ({"lint": LintHere(ran=False)}, "lint_is_clean"),
    ({"pull": PullRequest(7, "Fix", "ana", "a" * 40, draft=True)}, "is_no_draft"),
    ({"pull": PullRequest(7, "Fix", "ana", "a" * 40, first_time=True)}, "author_was_merged_before"),
    ({"files": (replace(FILES[0], special="link"),)}, "no_special_files"),
])
def test_what_the_situation_says_reaches_its_condition(fix: Situation, changes: dict[str, Any], name: str) -> None:
    """Each fact refuses through the condition that is about it."""
    assert failing(replace(fix, **changes)) == {name}


@pytest.mark.parametrize(("changes", "name"), [
    ({"body": "hello"}, "is_signed_off"), ({"labels": frozenset({"Hold"})}, "nobody_holds_it"),
    ({"conflicts": True}, "base_is_fresh"), ({"lane_open": False}, "lane_is_open"),
    ({"cards": {"sums": CardPair(OLD, OLD, (100,))}}, "meaning_is_declared"),
    ({"cards": {"sums": CardPair(OLD, NEW.model_copy(update={"owners": ["ana", "eve"]}), (100,))}},
     "terms_are_unchanged"),
    ({"cards": {"sums": CardPair(OLD, NEW, (10,))}}, "few_rows_change"),
    ({"cards": {"sums": CardPair(OLD, NEW, (10_000, 10))}}, "few_rows_change"),
    ({"cards": {"sums": CardPair(OLD, NEW, (10_000, 0))}}, "few_rows_change"),
])
def test_what_is_known_beside_it_reaches_its_condition(fix: Situation, changes: dict[str, Any], name: str) -> None:
    """The sign-off, labels, cards and GitHub's word."""
    assert failing(fix, replace(BESIDE, **changes)) == {name}


def test_a_task_whose_cards_are_not_known_is_not_merged(fix: Situation) -> None:
    """Nothing is taken for unchanged because nobody looked."""
    assert {"terms_are_unchanged", "meaning_is_declared"} <= failing(fix, replace(BESIDE, cards={}))


def test_every_field_of_a_card_is_free_or_a_term() -> None:
    """The free fields exist; whatever else a card holds, or will hold, is a term."""
    assert set(Card.model_fields) > FREE
    assert not terms_changed(OLD, OLD.model_copy(update={"title": "Other", "comparability_version": 3}))
    for name in ("owners", "licence", "publish", "headline", "canary", "lifecycle", "known_broken"):
        assert terms_changed(OLD, OLD.model_copy(update={name: None})), name
