"""Rules about the card's values: near misses that must stay silent, and situations that one edit cannot show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from commons.lint.findings import Finding
from commons.lint.licences import licence_mend
from commons.lint.registry import all_rules
from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, ROLLING, Edit

MC, GEN, LL, ROLL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING
CARD = [rule for rule in all_rules() if rule.code[0] == "C"]


def findings(pool: Path, task: str, edits: Sequence[Edit]) -> tuple[Finding, ...]:
    """What the rules about the card find after some edits."""
    for edit in edits:
        edit.apply(pool / "tasks" / task)
    return lint_task(pool / "tasks" / task, rules=CARD).findings


def card(old: str, new: str) -> Edit:
    """An edit of the card."""
    return Edit("card.yaml", old, new)


def added(text: str) -> Edit:
    """Keys that the correct card leaves out."""
    return card("shuffle_seed: 7", f"{text}\nshuffle_seed: 7")


@pytest.mark.parametrize(("task", "edit"), [
    (MC, card("CC-BY-4.0", "MIT OR Apache-2.0")),
    (MC, card("CC-BY-4.0", "MIT OR LicenseRef-Ward")),
    (MC, card("CC-BY-4.0", "GPL-2.0-only WITH Classpath-exception-2.0")),
    (MC, card("CC-BY-4.0", "cc-by-4.0")),
    (MC, card("[en]", "[en-GB]")),
    (MC, card("[en]", "[en, zh-Hans, es-419, pcm, yue, fil]")),
    (MC, card("chance: 0.333", "chance: 0.34")),
    (MC, card("chance: 0.333", "chance: 0.3333333")),
    (GEN, card("chance: null", "chance: 0.0")),
    (GEN, card("smallest_difference: 0.9", "smallest_difference: 0.79")),
    (ROLL, card("smallest_difference: 0.9", "smallest_difference: 0.01")),
    (MC, added("human_baseline: {score: 1.0, n: 3, source: measured on the ward}")),
    (GEN, card("  chance: null", "  chance: 0.1\n  ceiling: 0.9")),
    (MC, added("fields: {question: question, choices: choices, gold: answer}")),
    (LL, card("type: none", "type: text")),
    (GEN, card("type: number", "type: text")),
    (GEN, card("type: number", "type: code")),
    (MC, added("known_broken: [{item: test-2, reason: two answers}]")),
    (MC, added("generator: README.md")),
    (MC, card("  state: draft", "  successor: dose_words\n  state: draft")),
    (MC, card("ai_use: none", "ai_use: None.")),
    (MC, card("known_biases: small numbers only", "known_biases: none")),
    (MC, card("annotators: one person", "annotators: the owner and one other nurse")),
    (MC, card("by hand", "by hand; see the to-do list <https://example.org/list>")),
    (MC, card("domain: medicine", "domain: general")),
])  # fmt: skip
def test_near_misses_stay_silent(pool: Path, task: str, edit: Edit) -> None:
    """What is in order, and only resembles a defect, is not reported."""
    assert findings(pool, task, [edit]) == ()


@pytest.mark.parametrize(("written", "meant"), [
    ("CC BY 4.0", "CC-BY-4.0"), ("Apache 2.0", "Apache-2.0"), ("Apache License, Version 2.0", "Apache-2.0"),
    ("the MIT license", "MIT"), ("MIT License", "MIT"), ("public domain", "CC0-1.0"), ("CC-BY-SA", "CC-BY-SA-4.0"),
    ("cc-by-nc 4.0", "CC-BY-NC-4.0"), ("GPLv3", "GPL-3.0-only"), ("BSD 3 clause", "BSD-3-Clause"),
])  # fmt: skip
def test_licences_as_people_write_them(written: str, meant: str) -> None:
    """A common name leads to the identifier that is meant."""
    assert f"`{meant}`" in licence_mend(written)


def test_a_licence_with_blanks_is_one_finding_with_its_mend(pool: Path) -> None:
    """What a physician writes, "CC BY 4.0", is reported once, by the rule on wrong values, with the right name."""
    (found,) = findings(pool, MC, [card("CC-BY-4.0", "CC BY 4.0")])

    assert found.code == "C003"
    assert "`CC-BY-4.0`" in found.mend


def test_several_right_choices_raise_chance(pool: Path) -> None:
    """Guessing hits two of three right choices twice as often as one."""
    path = pool / "tasks" / MC / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["answer"] = [0, 1]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    (found,) = findings(pool, MC, [])

    assert (found.code, found.mend) == ("C009", "Write `chance: 0.667`.")


def test_chance_of_a_hook_is_not_known(pool: Path) -> None:
    """Where process_results grades, nobody can reckon chance from the choices."""
    edits = [card("chance: 0.333", "chance: 0.5"),
             Edit(f"{MC}.yaml", "metadata:", "process_results: !function hooks.grade\nmetadata:")]

    assert findings(pool, MC, edits) == ()


def test_clusters_count_and_not_items(pool: Path) -> None:
    """Items of one source are one piece of evidence: with one cluster of six, a claim of 0.85 cannot be kept."""
    (found,) = findings(pool, GEN, [added("fields: {cluster: note}"), card("difference: 0.9", "difference: 0.85")])

    assert found.code == "C010"
    assert "1 clusters of items cannot" in found.sentence


def test_a_claim_is_answered_with_both_numbers(pool: Path) -> None:
    """The sentence gives what six items show between independent models, and at the very best."""
    (found,) = findings(pool, GEN, [card("smallest_difference: 0.9", "smallest_difference: 0.6")])

    assert "80.9 points between models that err independently, and 56.7 points at the very best" in found.sentence


def test_single_golds_of_another_type_are_named_by_line(pool: Path) -> None:
    """One answer in words among numbers is reported at its row."""
    edit = Edit("data/test.jsonl", '"answer": "7 mg"', '"answer": "seven"')

    (found,) = findings(pool, GEN, [edit])

    assert (found.code, found.where.line) == ("C016", 3)


@pytest.mark.parametrize("gold", ["-3.5", "1,200", "1 200 kg", "12 %", "$4.50", "3/4", "1e-5", ".5", "−2", "10:30 h"])
def test_numbers_as_people_write_them(pool: Path, gold: str) -> None:
    """Signs, groups, units and fractions make no number into a text."""
    edit = Edit("data/test.jsonl", '"answer": "7 mg"', f'"answer": "{gold}"')

    assert findings(pool, GEN, [edit]) == ()


def test_json_and_patterns_must_be_readable(pool: Path) -> None:
    """An answer type of json or regex holds for every answer."""
    path = pool / "tasks" / GEN / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for index, row in enumerate(rows):
        row["answer"] = '{"mg": 5}' if index else '{"mg": 5'
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    (found,) = findings(pool, GEN, [card("type: number", "type: json")])

    assert (found.code, found.where.line) == ("C016", 1)


def test_suppressed_items_must_exist(pool: Path) -> None:
    """A suppression of a mistyped item suppresses nothing."""
    edit = added("suppress: [{code: D010, reason: meant so, items: [test-2, tset-3]}]")

    found = [one for one in findings(pool, MC, [edit]) if one.code == "C017"]

    assert [one.mend for one in found] == ["Did you mean `test-3`?"]
