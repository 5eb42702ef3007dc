"""The report for a terminal: by file, each finding with its code and its mend."""

from __future__ import annotations

from itertools import groupby

from commons.lint.findings import Finding, Report
from commons.lint.printing import no_command
from commons.lint.render.summary import explained, fixable, in_order, level_of, summary


def to_console(report: Report) -> str:
    """The report as plain text."""
    blocks = []
    for file, findings in groupby(report.findings, key=lambda one: one.file):
        blocks.append("\n".join([file, *(_lines(finding) for finding in findings)]))
    if clean := in_order(report):
        blocks.append("\n".join(clean))
    if away := explained(report):
        blocks.append("\n  ".join(away))
    if report.findings:
        code = min((one.level != "lint", one.code) for one in report.findings)[1]
        closing = [summary(report), fixable(report), f"More about a code: commons lint --explain {code}"]
        blocks.append("\n".join(line for line in closing if line))
    elif len(report.checked) != 1:
        blocks.append(summary(report))
    return "\n".join(no_command(line) for line in "\n\n".join(blocks).split("\n")) + "\n"


def _lines(finding: Finding) -> str:
    line, column = finding.where.line, finding.where.column
    place = f"{line}:{column}" if column else str(line) if line else "-"
    level = "" if finding.level == "lint" else f" ({level_of(finding)})"
    return f"  {place:<7} {finding.code}{level} {finding.sentence}\n          mend: {finding.mend}"
