"""What the trial reports: gates with their evidence, the plan, and what the task would add to the pool."""

from __future__ import annotations

from collections.abc import Iterator

from commons.gates.base import Evidence as GateEvidence
from commons.gates.render.lines import dollars, evidence_line
from commons.gates.words import number, percent, points
from commons.github.comment_head import NO, UNKNOWN, YES
from commons.github.judgement import Judgement, unverified
from commons.github.report import Check, Evidence, Gate, PlanReport, Worth
from commons.github.situation import Arrival, Situation
from commons.github.words import amount, code, cut, inline, listed
from commons.plan.cells import Reason
from commons.plan.words import duration

_MARKS = {"passed": YES, "failed": NO, "not applicable": "➖", "could not run": UNKNOWN}
_PLACES = 5


def gates(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """The gates of each task: failures in the open, everything folded away."""
    trial = situation.trial
    if trial.arrival is Arrival.NOT_NEEDED:
        return []
    title = "### Gates: unverified" if unverified(situation) else "### Gates"
    lines = [title, ""]
    if trial.arrival is not Arrival.PRESENT or trial.report is None:
        return [*lines, _absent(situation)]
    if trial.problem:
        lines += [f"The trial says: {inline(trial.problem)}", ""]
    if trial.doubts:
        lines += [_doubts(situation), "", *cut((f"- {inline(one)}" for one in trial.doubts), limit, "reason"), ""]
    for task in situation.tried[:limit]:
        told = trial.report.of(task.name)
        if told is None or told.check is None:
            why = inline(told.problem) if told and told.problem else "the trial did not reach it."
            lines += [f"{code(task.name)}: {why}", ""]
        else:
            lines += [*_check(task.name, told.check, limit), ""]
    if (more := len(situation.tried) - limit) > 0:
        lines.append(f"And {amount(more, 'more task')}.")
    return lines


def _absent(situation: Situation) -> str:
    trial = situation.trial
    if trial.arrival is Arrival.PENDING:
        return "The trial of this commit has not ended; this comment says more when it has."
    if trial.arrival is Arrival.UNREADABLE:
        return f"The report of the trial is not of the format, and nothing of it is believed: {inline(trial.problem)}"
    return "The trial left no report. Its log says why; a contribution from outside waits until a maintainer starts it."


def _doubts(situation: Situation) -> str:
    if situation.vouched:
        return f"{code(situation.vouched)} confirms these gates for exactly this commit, although:"
    return "What follows is what the trial reports. It is not verified, and earns no green status, because:"


def _check(name: str, check: Check, limit: int) -> list[str]:
    states = [gate.state for gate in check.gates]
    counts = listed([f"{states.count(state):,} {word}" for state, word in
                     (("failed", "failed"), ("could not run", "could not run"), ("passed", "passed"),
                      ("not applicable", "not applicable")) if state in states])
    tried = f", tried on {check.tried:,} of {amount(check.items, 'item')}" if check.items else ""
    lines = [f"{code(name)}: {counts or 'no gate was reached'}{tried}."]
    open_gates = [gate for gate in check.gates if gate.state == "failed"]
    idle = [gate for gate in check.gates if gate.state == "could not run"]
    if idle and len({gate.sentence for gate in idle}) == 1:
        lines += ["", f"- {UNKNOWN} {amount(len(idle), 'gate')} could not run: {inline(idle[0].sentence)} "
                      f"{inline(idle[0].mend)}".rstrip()]
    else:
        open_gates += idle
    shown = [line for gate in open_gates[:limit] for line in _failure(gate)]
    lines += ["", *shown] if shown else []
    rest = [_folded(gate) for gate in check.gates]
    if rest:
        lines += ["", "<details>", "<summary>Every gate with its evidence</summary>", "",
                  *cut(rest, max(limit, 5), "gate"), "", "</details>"]
    return lines


def _failure(gate: Gate) -> Iterator[str]:
    yield f"- {_MARKS[gate.state]} {code(gate.name)}: {inline(gate.sentence)} {inline(gate.mend)}".rstrip()
    yield from (f"  - {inline(_evidence(one))}" for one in gate.evidence[:20] if one.alarm)
    for place in gate.places[:_PLACES]:
        where = f"{place.path}:{place.line}" if place.line else place.path
        note = f": {inline(place.note)}" if place.note else ""
        yield f"  - item {code(place.item)} at {code(where, 120)}{note}"
    if len(gate.places) > _PLACES:
        yield f"  - and {amount(len(gate.places) - _PLACES, 'more item')}"


def _folded(gate: Gate) -> str:
    evidence = "; ".join(inline(_evidence(one)) for one in gate.evidence[:3])
    more = f"; and {amount(len(gate.evidence) - 3, 'more number')}" if len(gate.evidence) > 3 else ""
    return f"- {_MARKS[gate.state]} {code(gate.name)}: {inline(gate.sentence)}" + (f" ({evidence}{more})" if evidence
                                                                                  else "")


def _evidence(one: Evidence) -> str:
    return evidence_line(GateEvidence(one.label, one.number, one.interval, one.n, one.threshold, one.threshold_source,
                                      one.p, one.alarm, one.note))


def plan(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """What a merge would have run."""
    report = situation.trial.report
    if report is None or report.plan is None:
        return []
    told = report.plan
    doubt = ", unverified" if unverified(situation) else ""
    lines = ["### What a merge would run", "", f"As the trial reports{doubt}, for {_models(told)}:", ""]
    stale = [one for one in told.reasons if one.reason is not Reason.NEW]
    why = f" ({listed([f'{one.cells:,} {one.reason.value}' for one in stale])})" if stale else ""
    lines.append(f"- cells: {told.new:,} new, {told.cells - told.new:,} stale{why}, {told.kept:,} kept as they are")
    if told.cells:
        out = f" and up to {told.tokens_out:,} out" if told.tokens_out else ""
        lines.append(f"- to send: {amount(told.requests, 'request')}, about {told.tokens_in:,} tokens in{out}")
        lines.append(f"- cost: {dollars(told.dollars)}, about {duration(told.seconds)} of computing")
    return [*lines, *cut((f"- cannot exist: {amount(one.cells, 'cell')}, because {inline(one.why)}"
                          for one in told.inapplicable), limit, "reason")]


def _models(told: PlanReport) -> str:
    return f"the {amount(len(told.models), 'model')} that cost no money" if told.models else "no model"


def worth(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """How hard each task is, what it can show, and what of it the pool has already."""
    report = situation.trial.report
    lines: list[str] = []
    for task in situation.tried[:limit]:
        told = report.of(task.name) if report else None
        if told and told.check and told.check.worth:
            found = list(_worth(told.check.worth))
            lines += [f"- {code(task.name)}: {found[0]}", *(f"  - {one}" for one in found[1:])] if found else []
    return ["### What it would add", "", *lines] if lines else []


def _worth(one: Worth) -> Iterator[str]:
    if one.difficulty is None:
        yield "how hard it is, the first results will say"
    else:
        hard = one.difficulty
        yield (f"difficulty: mean {number(hard.mean)} over {amount(hard.models, 'model')}, from {number(hard.lowest)} "
               f"to {number(hard.highest)}")
    if one.overlaps is not None:
        shared = [f"{code(other.task)} ({percent(other.share)} of its items)" for other in one.overlaps[:5]]
        more = f" and {len(one.overlaps) - 5:,} more" if len(one.overlaps) > 5 else ""
        yield f"redundancy: shares items with {listed(shared)}{more}" if shared else (
            "redundancy: shares no items with the other tasks of the pool")
    if one.power is not None:
        power = one.power
        claim = f"; the card claims {points(power.claimed)}"
        yield f"can show: a difference of {points(min(1.0, power.independent))} between two models{claim}"
    if one.artefact is not None:
        above = "above" if one.artefact.excess >= 0 else "below"
        yield (f"without skill: {inline(one.artefact.probe)} comes to {percent(abs(one.artefact.excess))} {above} "
               "chance")

