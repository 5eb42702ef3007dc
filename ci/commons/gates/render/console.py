"""Checks for a terminal: lint, a line for each gate, what the author learns, and the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.gates.base import GateReport, GateState
from commons.gates.check import CheckReport
from commons.gates.render.lines import evidence_line, place_line, worth_lines
from commons.lint.printing import safe_whole
from commons.lint.render.console import to_console as lint_to_console

#: How many items a gate names on a terminal; the other formats name all that it has.
MOST_PLACES = 5
_MARK = {GateState.PASSED: "passed", GateState.FAILED: "FAILED", GateState.NOT_APPLICABLE: "-",
         GateState.COULD_NOT_RUN: "NOT RUN"}


def to_console(reports: Sequence[CheckReport]) -> str:
    """The checks as plain text."""
    return "\n\n".join("\n".join(_lines(report)) for report in reports) + "\n"


def _lines(report: CheckReport) -> Iterator[str]:
    yield f"{report.name}"
    yield ""
    yield from (f"  {line}" if line else "" for line in lint_to_console(report.lint).rstrip("\n").split("\n"))
    yield ""
    tried = f" on {report.tried} of {report.items} items" if report.items else ""
    yield f"  Gates{tried} ({report.seconds:.1f} s{', without the sandbox' if report.trusted else ''})"
    reasons = {gate.sentence for gate in report.gates if gate.state is GateState.COULD_NOT_RUN}
    if len(reasons) == 1 and all(gate.state is GateState.COULD_NOT_RUN for gate in report.gates):
        yield f"    {_MARK[GateState.COULD_NOT_RUN]:<8} all {len(report.gates)} gates: {safe_whole(reasons.pop())}"
        yield from _mend(report.gates[0])
    else:
        width = max((len(gate.name) for gate in report.gates), default=0)
        for gate in report.gates:
            yield from _gate(gate, width)
    if report.worth is not None:
        yield ""
        yield "  What the task is worth"
        yield from (f"    {name:<13} {safe_whole(sentence)}" for name, sentence in worth_lines(report.worth))
    yield ""
    yield f"  Verdict: {safe_whole(report.sentence)}"


def _gate(gate: GateReport, width: int) -> Iterator[str]:
    yield f"    {_MARK[gate.state]:<8} {gate.name:<{width}}  {safe_whole(gate.sentence)}"
    if gate.state is GateState.FAILED:
        yield from (f"               {safe_whole(evidence_line(one))}" for one in gate.evidence if one.alarm)
    if gate.state in {GateState.FAILED, GateState.COULD_NOT_RUN}:
        yield from (f"             {safe_whole(place_line(place))}" for place in gate.places[:MOST_PLACES])
        if len(gate.places) > MOST_PLACES:
            yield f"             and {len(gate.places) - MOST_PLACES} more lines"
        yield from _mend(gate)


def _mend(gate: GateReport) -> Iterator[str]:
    if gate.mend:
        yield f"             mend: {safe_whole(gate.mend)}"
