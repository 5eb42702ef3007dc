"""The low-risk lane, condition by condition, and the sign-off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commons.github.policy import CONDITIONS, LaneFacts, decide
from commons.github.policy_signoff import BLANK, sign_off
from tests.builders import REPOSITORY_ROOT

#: An owner mends two rows of a hundred; everything is green.
FIX = LaneFacts(
    author="Ana", owners=(("ana", "bo"),), outside=0, parts=frozenset({"data", "card"}), new_or_deleted=0,
    special_files=0, lint_clean=True, gates_green=True, gates_verified=True, meaning_changed=True, version_raised=True,
    terms_changed=False, rows_changed=2, rows=100, draft=False, first_time=False, behind=False, conflicts=False,
    changes_requested=False, signed_off=True, above_limit=False, held=False, lane_open=True,
)

REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("lane_is_open", {"lane_open": False}),
    ("gates_are_verified", {"gates_verified": False}),
    ("gates_are_green", {"gates_green": False}),
    ("lint_is_clean", {"lint_clean": False}),
    ("only_task_folders_are_touched", {"outside": 1}),
    ("author_owns_every_task", {"owners": (("ana",), ("bo",))}),
    ("author_owns_every_task", {"owners": ()}),
    ("no_task_is_new_or_deleted", {"new_or_deleted": 1}),
    ("only_data_and_words_change", {"parts": frozenset({"data", "hooks"})}),
    ("only_data_and_words_change", {"parts": frozenset({"config"})}),
    ("no_special_files", {"special_files": 1}),
    ("meaning_is_declared", {"version_raised": False}),
    ("terms_are_unchanged", {"terms_changed": True}),
    ("few_rows_change", {"rows_changed": 11}),
    ("few_rows_change", {"rows_changed": 21, "rows": 10_000}),
    ("is_no_draft", {"draft": True}),
    ("author_was_merged_before", {"first_time": True}),
    ("author_is_within_the_limit", {"above_limit": True}),
    ("is_signed_off", {"signed_off": False}),
    ("base_is_fresh", {"behind": True}),
    ("base_is_fresh", {"conflicts": True}),
    ("nobody_asked_for_changes", {"changes_requested": True}),
    ("nobody_holds_it", {"held": True}),
]


def test_an_owners_small_fix_with_green_gates_may_merge_itself() -> None:
    """Where every condition holds, nothing fails."""
    assert decide(FIX).may_merge_itself


def test_words_alone_need_no_new_version() -> None:
    """A typo in a README changes no meaning."""
    words = replace(FIX, parts=frozenset({"readme"}), meaning_changed=False, version_raised=False, rows_changed=0)

    assert decide(words).may_merge_itself


@pytest.mark.parametrize(("name", "changes"), REFUSALS, ids=[f"{name}-{index}" for index, (name, _) in
                                                           enumerate(REFUSALS)])
def test_one_condition_that_fails_refuses_and_is_named_alone(name: str, changes: dict[str, Any]) -> None:
    """Each condition refuses by itself, and the decision says which one it was."""
    decision = decide(replace(FIX, **changes))

    assert not decision.may_merge_itself
    assert [one.name for one in decision.failing] == [name]
    assert decision.failing[0].words.endswith(".")


def test_every_condition_is_tried() -> None:
    """A condition without a case here could be always true."""
    assert {name for name, _ in REFUSALS} == {one.name for one in CONDITIONS}


def test_what_is_not_known_refuses() -> None:
    """Facts that nobody filled in fail every condition but those that nothing can speak against."""
    assert {one.name for one in decide(LaneFacts()).failing} == {one.name for one in CONDITIONS}


@pytest.mark.parametrize("body", [
    "Mends two items.\n\nSigned-off-by: @ana-perez", "signed-off-by: ANA-PEREZ\r\n",
    "Signed-off-by: Ana Perez <ana@example.org>", "Signed-off-by: @\nSigned-off-by: @ana-perez",
])
def test_a_sign_off_counts_however_it_is_written(body: str) -> None:
    """A handle or a name with an address, in any case."""
    assert sign_off(body, "ana-perez").given


@pytest.mark.parametrize(("body", "problem"), [
    (None, "Nobody says"), ("", "Nobody says"), ("I agree.", "Nobody says"), ("Signed-off-by: @", "has no name"),
    ("Signed-off-by: @your-handle", "has no name"), ("Signed-off-by: @bo", "somebody else's"),
    ("<!-- Signed-off-by: @ana-perez -->", "Nobody says"), ("<!-- Signed-off-by: @ana-perez", "Nobody says"),
    ("```\nSigned-off-by: @ana-perez\n```", "Nobody says"), ("> Signed-off-by: @ana-perez", "Nobody says"),
    ("not Signed-off-by: @ana-perez", "Nobody says"), ("Signed-off-by: name <a@b>", "somebody else's"),
])
def test_a_sign_off_that_is_missing_blank_quoted_or_anothers_does_not_count(body: str | None, problem: str) -> None:
    """The problem is said, with the line to write."""
    found = sign_off(body, "ana-perez")

    assert not found.given
    assert problem in found.problem
    assert found.mend.endswith("Signed-off-by: @ana-perez")


def test_the_template_waits_to_be_signed() -> None:
    """The template as it is counts for nobody; with a handle at its end it counts."""
    template = (REPOSITORY_ROOT / ".github" / "pull_request_template.md").read_text(encoding="utf-8")

    assert template.rstrip().endswith(BLANK)
    assert sign_off(template, "ana-perez").problem == "The sign-off has no name."
    assert sign_off(template.rstrip() + "ana-perez", "ana-perez").given


def test_a_hostile_body_is_read_in_no_time_that_matters() -> None:
    """Long runs of openings and spaces are only cut and searched once."""
    for text in ("<!--" * 50_000, "```\n" * 50_000, "Signed-off-by:" + " " * 60_000, "Signed-off-by: " + "a " * 30_000):
        assert not sign_off(text, "ana-perez").given
