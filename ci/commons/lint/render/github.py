"""The report as GitHub workflow commands, which put each finding beside its line in a pull request.

GitHub shows ten annotations of each level for a step and drops the rest. So the first ten of each level become
annotations, chosen so that every rule and every file speaks before one speaks twice; the others are lines of the log.
"""

from __future__ import annotations

from collections import Counter

from commons.lint.findings import Finding, Level, Report
from commons.lint.printing import no_command
from commons.lint.registry import LEVELS
from commons.lint.render.summary import by_level, explained, fixable, in_order, level_of, summary

#: How many annotations of one level GitHub shows for one step.
SHOWN = 10

_COMMAND = {"lint": "error", "hint": "warning"}


def to_github(report: Report) -> str:
    """The report as ``::error`` and ``::warning`` lines, the rest in a folded group, then its closing sentences."""
    chosen = {level: _chosen(report, level) for level in LEVELS}
    shown = [finding for level in LEVELS for finding in chosen[level][0]]
    rest = [finding for level in LEVELS for finding in chosen[level][1]]
    lines = [*map(_command, shown), *_group(rest)]
    lines += [no_command(line) for line in (*in_order(report), *explained(report), fixable(report)) if line]
    return "\n".join([*lines, no_command(summary(report))]) + "\n"


def _chosen(report: Report, level: Level) -> tuple[list[Finding], list[Finding]]:
    """The findings of a level that become annotations, and the others."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for finding in report.findings:
        if finding.level == level:
            seen[finding.code, finding.file] += 1
            ranked.append((seen[finding.code, finding.file], finding))
    ranked.sort(key=lambda one: one[0])
    findings = [finding for _, finding in ranked]
    return findings[:SHOWN], sorted(findings[SHOWN:], key=lambda one: (one.where, one.code))


def _group(rest: list[Finding]) -> list[str]:
    if not rest:
        return []
    number = by_level(rest)
    return [
        f"GitHub shows {SHOWN} annotations of each level; these stand in the log only: {number}.",
        f"::group::{number} more",
        *(no_command(f"{_place(one)}: {one.code} ({level_of(one)}) {one.sentence} {one.mend}") for one in rest),
        "::endgroup::",
    ]


def _place(finding: Finding) -> str:
    return f"{finding.file}:{finding.where.line}" if finding.where.line else finding.file


def _command(finding: Finding) -> str:
    properties = {"file": finding.file}
    if finding.where.line:
        properties["line"] = str(finding.where.line)
    if finding.where.column:
        properties["col"] = str(finding.where.column)
    properties["title"] = finding.code if finding.sure == "certain" else f"{finding.code} ({level_of(finding)})"
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.sentence} {finding.mend} ({finding.code}, {_place(finding)})"
    return f"::{_COMMAND[finding.level]} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
