"""The report as GitHub workflow commands, which put each finding beside its line in a pull request.

GitHub shows ten annotations of each level for a step and drops the rest, so lints come first and each message names
its file: the log keeps them all.
"""

from __future__ import annotations

from commons.lint.findings import Finding, Report
from commons.lint.render.summary import in_order, summary

_COMMAND = {"lint": "error", "hint": "warning"}


def to_github(report: Report) -> str:
    """The report as ``::error`` and ``::warning`` lines, then its closing sentence."""
    findings = sorted(report.findings, key=lambda one: one.level != "lint")
    return "\n".join([*map(_line, findings), *in_order(report), summary(report)]) + "\n"


def _line(finding: Finding) -> str:
    properties = {"file": finding.file}
    if finding.where.line:
        properties["line"] = str(finding.where.line)
    if finding.where.column:
        properties["col"] = str(finding.where.column)
    properties["title"] = finding.code
    place = f"{finding.file}:{finding.where.line}" if finding.where.line else finding.file
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.sentence} {finding.mend} ({finding.code}, {place})"
    return f"::{_COMMAND[finding.level]} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
