"""The SARIF document has what the standard and GitHub's code scanning ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commons.errors import Where
from commons.lint.findings import Checked, Finding, Fix, Report
from commons.lint.registry import all_rules
from commons.lint.render.sarif import to_sarif

X = Path("tasks/x")
LINT = Finding("D007", "lint", "The gold 3 is too large.", Where(X / "data/test.jsonl", 7), "Write 1.",
               fix=Fix(Where(X / "data/test.jsonl", 7), "3", "1"))
HINT = Finding("S002", "hint", "This code needs review.", Where(X / "ä b.py"), "Nothing.", sure="likely")
AWAY = replace(LINT, where=Where(X / "data/test.jsonl", 9, 4), suppressed="As in the source.")
REPORT = Report((LINT, HINT), (Checked("task", X, "9 items"),), (AWAY,))


def run_of(report: Report) -> dict[str, Any]:
    """The one run of a report's document."""
    document = json.loads(to_sarif(report))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    run, = document["runs"]
    return run


def test_the_driver_brings_every_rule_with_its_page() -> None:
    """Each registered rule is there once, with title, level and page in Markdown."""
    driver = run_of(REPORT)["tool"]["driver"]

    assert driver["name"]
    assert driver["version"]
    assert [one["id"] for one in driver["rules"]] == [rule.code for rule in all_rules()]
    for one, rule in zip(driver["rules"], all_rules(), strict=True):
        assert one["shortDescription"]["text"] == rule.title
        assert one["fullDescription"]["text"]
        assert one["help"]["text"]
        assert "## How to mend it" in one["help"]["markdown"]
        assert one["defaultConfiguration"]["level"] == ("error" if rule.level == "lint" else "note")


def test_results_point_to_their_rules_and_places() -> None:
    """A lint is an error, a hint a note; places are URIs below the root, with line and column where they are known."""
    run = run_of(REPORT)
    lint, hint, away = run["results"]

    assert [one["level"] for one in (lint, hint, away)] == ["error", "note", "error"]
    for one in (lint, hint, away):
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    assert lint["message"]["text"] == "The gold 3 is too large. Write 1."
    assert lint["properties"] == {"fixable": True, "sure": "certain"}
    assert hint["properties"] == {"fixable": False, "sure": "likely"}
    places = [one["locations"][0]["physicalLocation"] for one in (lint, hint, away)]
    assert places[0]["artifactLocation"] == {"uri": "tasks/x/data/test.jsonl", "uriBaseId": "%SRCROOT%"}
    assert places[1]["artifactLocation"]["uri"] == "tasks/x/%C3%A4%20b.py"
    assert [one["region"] for one in places] == [
        {"startLine": 7}, {"startLine": 1}, {"startLine": 9, "startColumn": 4}]
    assert places[0]["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
    assert run["columnKind"] == "unicodeCodePoints"


def test_explained_findings_are_suppressed_with_their_reason() -> None:
    """Only what a card explains is suppressed, and the reason is its justification."""
    lint, hint, away = run_of(REPORT)["results"]

    assert "suppressions" not in lint
    assert "suppressions" not in hint
    assert away["suppressions"] == [
        {"kind": "external", "justification": "As in the source."}]


def fingerprints(*findings: Finding) -> list[str]:
    """The fingerprints of these findings, in one report."""
    return [one["partialFingerprints"]["commonsLint/v1"] for one in run_of(Report(findings, ()))["results"]]


def test_a_fingerprint_stays_when_lines_move() -> None:
    """A finding is the same one some lines further down, also where its sentence names another line."""
    named = replace(LINT, code="D006", sentence="The id `a` stands on line 3 already.")
    moved = replace(named, where=Where(named.where.path, 70, 2), sentence="The id `a` stands on line 66 already.")

    assert fingerprints(LINT) == fingerprints(replace(LINT, where=Where(LINT.where.path, 70)))
    assert fingerprints(named) == fingerprints(moved)


@pytest.mark.parametrize("change", [{"code": "D009"}, {"sentence": "The gold 4 is too large."}, {"item": "a"},
                                    {"where": Where(X / "data/dev.jsonl", 7)}])
def test_a_fingerprint_tells_findings_apart(change: dict[str, Any]) -> None:
    """Another rule, file, item or sentence is another finding."""
    assert fingerprints(LINT) != fingerprints(replace(LINT, **change))


def test_equal_findings_have_fingerprints_of_their_own() -> None:
    """Two findings that differ only in their line are counted apart."""
    found = fingerprints(LINT, replace(LINT, where=Where(LINT.where.path, 8)))

    assert len(set(found)) == 2
    assert found[0].partition(":")[0] == found[1].partition(":")[0]


def test_a_name_that_is_no_text_becomes_a_uri() -> None:
    """A file name of bytes that are no UTF-8 is percent-encoded, and the document stays one."""
    broken = replace(LINT, where=Where(X / "a\udcff:b%.jsonl", 1))

    place = run_of(Report((broken,), ()))["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "tasks/x/a%FF%3Ab%25.jsonl"


def test_an_empty_report_is_a_whole_document() -> None:
    """Nothing found is an empty list of results, which closes old alerts."""
    assert run_of(Report((), ()))["results"] == []
