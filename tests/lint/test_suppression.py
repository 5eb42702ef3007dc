"""A card may explain findings away, by code, with a reason, for named items; what explains nothing is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.findings import Report
from commons.lint.runner import lint_task
from commons.lint.suppression import may_suppress
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit, line_of

ROWS = "data/test.jsonl"


def with_entries(pool: Path, *entries: str) -> Report:
    """Lint a task of which the items test-2 and test-3 have no canary, with these entries of ``suppress``."""
    folder = pool / "tasks" / MC
    rows = (folder / ROWS).read_text(encoding="utf-8").splitlines(keepends=True)
    rows[:2] = [row.replace("eval-commons:", "eval-communs:") for row in rows[:2]]
    (folder / ROWS).write_text("".join(rows), encoding="utf-8")
    Edit("card.yaml", "ai_use: none", "ai_use: none\nsuppress:\n" + "\n".join(f"  - {one}" for one in entries)).apply(
        folder
    )
    return lint_task(folder)


def test_a_finding_is_explained_away_for_the_whole_task(pool: Path) -> None:
    """An entry without items covers every finding of its code, and its reason goes with each."""
    report = with_entries(pool, '{code: D005, reason: "an old canary stays"}')

    assert report.findings == ()
    assert not report.blocking
    assert [(one.code, one.item, one.suppressed) for one in report.suppressed] == [
        ("D005", "test-2", "an old canary stays"), ("D005", "test-3", "an old canary stays"),
    ]  # fmt: skip


def test_a_finding_is_explained_away_for_named_items_only(pool: Path) -> None:
    """An entry with items leaves the same finding of every other item standing."""
    report = with_entries(pool, '{code: D005, reason: "an old canary stays", items: [test-3]}')

    assert [(one.code, one.item) for one in report.findings] == [("D005", "test-2")]
    assert [(one.code, one.item) for one in report.suppressed] == [("D005", "test-3")]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ('{code: D007, reason: "none"}', "The card explains a finding D007 that does not exist."),
        ('{code: S001, reason: "trust me"}', "Findings of S001 cannot be explained away."),
        ('{code: D005, reason: "old", items: [test-2, test-3, test-7]}',
         "The card explains D005 for items without such a finding: test-7."),
    ],
)
def test_an_entry_that_explains_nothing_is_a_finding(pool: Path, entry: str, sentence: str) -> None:
    """An idle entry is a C013 at its line in the card."""
    report = with_entries(pool, entry)

    idle = [one for one in report.findings if one.code == "C013"]
    assert [one.sentence for one in idle] == [sentence]
    assert idle[0].where.line == line_of(pool / "tasks" / MC / "card.yaml", "- {code:")
    assert report.blocking


def test_what_keeps_others_safe_cannot_be_explained_away(pool: Path) -> None:
    """A template that reaches for Python stays a finding, whatever the card says."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", "{{question}}", "{{question.__class__}}").apply(folder)
    Edit("card.yaml", "ai_use: none", 'ai_use: none\nsuppress: [{code: S003, reason: "needed"}]').apply(folder)

    report = lint_task(folder)

    assert {one.code for one in report.findings} == {"C013", "S003"}
    assert report.suppressed == ()
    assert [may_suppress(code) for code in ("S003", "T001", "R003", "D018", "D011", "S002")] == [
        False, False, False, False, True, True,
    ]  # fmt: skip
