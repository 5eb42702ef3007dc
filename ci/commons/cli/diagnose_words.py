"""A diagnosis as lines for people and as a document for machines. Whoever prints the lines makes them safe."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.diagnosis import PROPORTION, Audit, Frontier, TaskDiagnosis
from commons.analyse.hard import HardSuite
from commons.analyse.refreshes import Refresh
from commons.stats.saturation.policy import FAMILIES
from commons.stats.saturation.trend import Trend


def line(one: TaskDiagnosis) -> str:
    """A task on one line: its diagnosis beside its card's state, the index, headroom, frontier and reason."""
    parts = [f"{one.task}: {one.diagnosis.name.value} (card: {one.lifecycle.state.value})"]
    best = one.frontier
    if best is not None and best.index is not None and one.families >= FAMILIES:
        parts.append(f"saturation index {_index(one)}, headroom {best.index.headroom:.1%}, "
                     f"frontier {len(best.models)} models")
    return ", ".join(parts) + f". {one.diagnosis.reasons[0]}"


def in_full(one: TaskDiagnosis) -> Iterator[str]:
    """Everything that is known of one task, a line each."""
    since = one.lifecycle.since.isoformat()
    yield f"{one.task}: {one.diagnosis.name.value}"
    yield f"  The card says {one.lifecycle.state.value} since {since}" + (
        f": {one.lifecycle.reason}" if one.lifecycle.reason else ".")
    if one.lifecycle.successor:
        yield f"  Successor: {one.lifecycle.successor}"
    yield f"  Because {one.diagnosis.rule}:"
    yield from (f"  - {reason}" for reason in one.diagnosis.reasons)
    yield f"  Measured: {_count(one.models, 'model')} of {_count(one.families, 'family', 'families')}."
    if one.frontier is not None:
        yield from (f"  {text}" for text in _frontier_lines(one, one.frontier))
    yield from (f"  Mend: {text}" for text in one.mends)


def _frontier_lines(one: TaskDiagnosis, best: Frontier) -> Iterator[str]:
    yield f"Frontier, best first: {', '.join(best.models)} (newest result of {best.day.isoformat()})."
    ends = best.top.interval
    known = f", 95% interval {_value(one, ends[0])} to {_value(one, ends[1])}" if ends else f", {best.top.method}"
    yield f"Best score: {_value(one, best.top.value)}{known}, {_count(best.scores.shape[1], 'item')}."
    if one.families < FAMILIES:
        return
    if best.index is not None:
        yield f"Saturation index: {_index(one)}; 0 is room or a repeatable order, 1 is neither."
        yield f"Headroom to the ceiling: {best.index.headroom:.1%} of the way from guessing."
    if one.baseline is None:
        yield "Headroom to people: unknown, for the card has no human baseline."
    elif best.human is not None:
        above = "; the best model beats people" if best.human < 0 else ""
        yield (f"Headroom to people: {best.human:.1%} of the way from guessing to {_value(one, one.baseline.score)} "
               f"(n={one.baseline.n}){above}.")
    yield f"Reliability of the frontier's order: {best.reliability:.2f}."
    apart = best.separability
    if apart is not None:
        yield f"Pairs told apart: {apart.separated} of {apart.pairs} ({apart.pair_method})."
        yield f"Test that all are equally good: p = {apart.omnibus:.2g} ({apart.omnibus_method})."
        yield f"Items on which the whole frontier scores the same: {apart.exhausted:.0%}."


def audit_line(audit: Audit) -> str:
    """What an audit of random items says of the ceiling."""
    low, high = audit.interval
    return (f"After the audit ({audit.wrong} of {audit.looked_at} items had a wrong key) {audit.ceiling:.1%} can be "
            f"attained (95% interval {low:.1%} to {high:.1%}): in the card, headline.ceiling: {audit.ceiling:.4g}")


def history_lines(task: str, held: tuple[Refresh, ...], moved: Trend) -> Iterator[str]:
    """The refreshes of a task, the newest first, and how headroom moved."""
    if not held:
        yield f"{task}: no refresh is held; one takes models of {FAMILIES} families."
        return
    yield f"{task}: {_count(len(held), 'refresh', 'refreshes')}, the newest first"
    for one in held:
        best, where = one.diagnosis.frontier, f"commit {one.commit[:10]}" if one.commit else "this checkout"
        if best is not None:
            index = f", index {_index(one.diagnosis)}, headroom {best.index.headroom:.1%}" if best.index else ""
            yield f"  {best.day.isoformat()} ({where}): {one.diagnosis.diagnosis.name.value}{index}"
    yield f"  {moved.words}"


def hard_lines(suite: HardSuite) -> Iterator[str]:
    """The hard suite, and why the other tasks are not in it."""
    yield f"The hard suite has {_count(len(suite.members), 'task')}."
    for one in suite.members:
        ends, sign = one.metric.interval, one.unit == PROPORTION
        shown = " to ".join(_number(end, share=sign) for end in ends or ())
        value, human = _number(one.metric.value, share=sign), _number(one.human, share=sign)
        yield (f"  {one.task}: the best model, {one.best}, has {value} (95% interval {shown}, n={one.metric.n}); "
               f"people have {human} (n={one.people}).")
    if suite.left_out:
        yield "Not in it:"
    yield from (f"  {one.task}: {one.reason}" for one in suite.left_out)


def as_data(one: TaskDiagnosis) -> dict[str, object]:
    """A diagnosis as a JSON document."""
    best, told = one.frontier, one.evidence
    return {
        "task": one.task, "diagnosis": one.diagnosis.name.value, "rule": one.diagnosis.rule,
        "reasons": list(one.diagnosis.reasons), "mends": list(one.mends),
        "lifecycle": one.lifecycle.model_dump(mode="json"), "models": one.models, "families": one.families,
        "index": told.index, "index_interval": _pair(told.index_interval), "headroom": told.headroom,
        "headroom_to_people": best.human if best else None, "reliability": told.reliability,
        "frontier": _frontier_data(best) if best else None,
    }


def _frontier_data(best: Frontier) -> dict[str, object]:
    apart = best.separability
    told: dict[str, object] = {} if apart is None else {
        "omnibus_p": apart.omnibus, "omnibus_method": apart.omnibus_method, "pairs": apart.pairs,
        "pairs_separated": apart.separated, "pair_method": apart.pair_method, "items_exhausted": apart.exhausted,
    }
    return {"models": list(best.models), "day": best.day.isoformat(), "items": int(best.scores.shape[1]),
            "top": best.top.value, "top_interval": _pair(best.top.interval), **told}


def trend_data(moved: Trend) -> dict[str, object]:
    """A trend as a JSON document."""
    return {"slope_per_quarter": moved.slope, "slope_interval": _pair(moved.interval),
            "quarters_to_saturation": moved.quarters, "words": moved.words}


def hard_data(suite: HardSuite) -> dict[str, object]:
    """The hard suite as a JSON document."""
    members = [{"task": one.task, "best": one.best, "value": one.metric.value, "n": one.metric.n,
                "interval": _pair(one.metric.interval), "human": one.human, "people": one.people}
               for one in suite.members]
    return {"members": members, "left_out": [{"task": one.task, "reason": one.reason} for one in suite.left_out]}


def _index(one: TaskDiagnosis) -> str:
    ends = one.evidence.index_interval
    known = f" (95% interval {ends[0]:.2f} to {ends[1]:.2f})" if ends else " (no interval)"
    return "unknown" if one.evidence.index is None else f"{one.evidence.index:.2f}{known}"


def _value(one: TaskDiagnosis, value: float) -> str:
    unit = one.headline.unit
    return _number(value, share=True) if unit == PROPORTION else f"{value:.4g} {unit}"


def _number(value: float, *, share: bool) -> str:
    return f"{100 * value:.1f}%" if share else f"{value:.4g}"


def _pair(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else list(ends)


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
