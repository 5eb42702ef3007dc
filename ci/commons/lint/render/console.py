"""The report for a terminal: by file, each finding with its code and its mend."""

from __future__ import annotations

from itertools import groupby

from commons.lint.findings import Finding, Report
from commons.lint.render.summary import in_order, summary


def to_console(report: Report) -> str:
    """The report as plain text."""
    blocks = []
    for file, findings in groupby(report.findings, key=lambda one: one.file):
        blocks.append("\n".join([file, *(_lines(finding) for finding in findings)]))
    if clean := in_order(report):
        blocks.append("\n".join(clean))
    if report.findings:
        codes = sorted({finding.code for finding in report.findings})
        blocks.append(f"{summary(report)}\nMore about a code: commons lint --explain {codes[0]}")
    elif len(report.checked) != 1:
        blocks.append(summary(report))
    return "\n\n".join(blocks) + "\n"


def _lines(finding: Finding) -> str:
    line, column = finding.where.line, finding.where.column
    place = f"{line}:{column}" if column else str(line) if line else "-"
    level = "" if finding.level == "lint" else " (hint)"
    return f"  {place:<7} {finding.code}{level} {finding.sentence}\n          mend: {finding.mend}"
