"""Checks in Markdown, for a comment or a job's summary: the verdict first, then each gate with its evidence.

Contributed text is made harmless as lint's Markdown makes it: nothing of a task can format, link or call people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.gates.base import GateReport, GateState
from commons.gates.check import CheckReport, Verdict
from commons.gates.render.lines import cost_line, evidence_line, place_line, worth_lines
from commons.lint.findings import plain
from commons.lint.render.markdown import MAX_CHARACTERS, inert
from commons.lint.render.markdown import to_markdown as lint_to_markdown

_MARK = {GateState.PASSED: "passed", GateState.FAILED: "**failed**", GateState.NOT_APPLICABLE: "not applicable",
         GateState.COULD_NOT_RUN: "**could not run**"}
_HEAD = {Verdict.READY: "Ready", Verdict.NOT_READY: "Not ready", Verdict.CANNOT_SAY: "Cannot say"}


def to_markdown(reports: Sequence[CheckReport]) -> str:
    """The checks, cut at the length that a comment may have; what is left out is said."""
    room = MAX_CHARACTERS // max(1, len(reports)) - 200
    return "\n".join(_cut(list(_lines(report)), room) for report in reports)


def _cut(lines: list[str], room: int) -> str:
    kept, length = 0, 0
    for line in lines:
        length += len(line) + 1
        if length > room:
            break
        kept += 1
    rest = len(lines) - kept
    closing = [f"\n{rest} more lines: the whole report is in the log."] if rest else []
    return "\n".join([*lines[:kept], *closing]) + "\n"


def _lines(report: CheckReport) -> Iterator[str]:
    yield f"## {_text(report.name)}: {_HEAD[report.verdict]}"
    yield ""
    yield _text(report.sentence)
    yield ""
    yield "| | Gate | What it found |"
    yield "|---|---|---|"
    yield from (f"| {_MARK[gate.state]} | {gate.name} | {_text(gate.sentence)} |" for gate in report.gates)
    for gate in report.gates:
        if gate.state in {GateState.FAILED, GateState.COULD_NOT_RUN} and (gate.mend or gate.places):
            yield from _failure(gate)
    if report.worth is not None:
        yield ""
        yield "### What the task is worth"
        yield ""
        yield from (f"- {name}: {_text(sentence)}" for name, sentence in worth_lines(report.worth))
    yield ""
    yield "### Lint"
    yield ""
    yield from lint_to_markdown(report.lint).rstrip("\n").split("\n")
    yield from _evidence(report)


def _failure(gate: GateReport) -> Iterator[str]:
    yield ""
    yield f"**{gate.name}**: {_text(gate.mend)}"
    if gate.places:
        yield ""
        yield from (f"- {_text(place_line(place))}" for place in gate.places)


def _evidence(report: CheckReport) -> Iterator[str]:
    """Every number, folded away."""
    numbers = [f"- {gate.name}: {_text(evidence_line(one))}" for gate in report.gates for one in gate.evidence]
    costs = [f"- {_text(cost_line(one))}" for one in (report.worth.costs if report.worth else ())]
    for title, lines in (("The evidence of each gate", numbers), ("The cost for each model", costs)):
        if lines:
            yield ""
            yield f"<details><summary>{title}</summary>"
            yield ""
            yield from lines
            yield ""
            yield "</details>"


def _text(text: str) -> str:
    return inert(plain(text))
