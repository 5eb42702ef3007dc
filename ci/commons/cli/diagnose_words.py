"""A diagnosis as lines for people and as a document for machines. Whoever prints the lines makes them safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.analyse.diagnosis import Audit, TaskDiagnosis
from commons.analyse.frontier import Frontier
from commons.analyse.hard import HardSuite
from commons.analyse.mends import more_families
from commons.analyse.refreshes import Refresh
from commons.cli.saying import measured, value_said, wrapped
from commons.pool.card import PROPORTION
from commons.pool.models import Model
from commons.stats.saturation.movement import End, Movement
from commons.stats.saturation.policy import ALPHA, FAMILIES
from commons.stats.saturation.separability import Separability


def line(one: TaskDiagnosis) -> Iterator[str]:
    """A task shortly: its diagnosis beside its card's state, the headroom and the index, and the reason."""
    told = [f"{one.task}: {one.diagnosis.name.value} (card: {one.lifecycle.state.value})"]
    best = one.frontier
    if best is not None and best.index is not None and one.families >= FAMILIES:
        told.append(f"{_percent(best.index.headroom)} still open, saturation index {_index(one)}")
    yield from wrapped(f"{', '.join(told)}. {one.diagnosis.reason}")


def closing(found: Sequence[TaskDiagnosis], known: Sequence[Model]) -> Iterator[str]:
    """What to do next about all of these tasks, once."""
    waiting = [one for one in found if one.families < FAMILIES]
    if waiting:
        first = max(waiting, key=lambda one: one.families)
        alike = all(one.families == first.families for one in waiting)
        count = _count(len(waiting), "task waits", "tasks wait")
        said = (f"{count} for models of more families{'' if alike else f'; nearest is {first.task}'}. "
                f"{more_families(first.task, first.measured_families, known)}")
        yield ""
        yield from wrapped(said)
    if len(waiting) < len(found):
        yield ""
        yield "What would mend a task: commons diagnose TASK"


def in_full(one: TaskDiagnosis) -> Iterator[str]:
    """Everything that is known of one task: the diagnosis and what would mend it first, the methods last."""
    since, given = one.lifecycle.since.isoformat(), one.lifecycle.reason
    yield f"{one.task}: {one.diagnosis.name.value}"
    rule = "" if one.families < FAMILIES else f" (The rule: {one.diagnosis.rule}.)"
    yield from wrapped(f"{one.diagnosis.reason}{rule}", "  ")
    for text in one.diagnosis.missing:
        yield from wrapped(text, "  ")
    for text in one.mends:
        yield from wrapped(f"Mend: {text}", "  ")
    yield from wrapped(f"The card says {one.lifecycle.state.value} since {since}{f': {given}' if given else '.'}", "  ")
    if one.lifecycle.successor:
        yield f"  Successor: {one.lifecycle.successor}"
    yield f"  Measured: {_count(one.models, 'model')} of {_count(one.families, 'family', 'families')}."
    if one.frontier is not None:
        for text in _frontier_lines(one, one.frontier):
            yield from wrapped(text, "  ")


def _frontier_lines(one: TaskDiagnosis, best: Frontier) -> Iterator[str]:
    yield (f"Best model of each family, best first: {', '.join(best.models)} (newest result of "
           f"{best.day.isoformat()}).")
    yield (f"Best score: {measured(best.top.value, best.top.interval, one.headline.unit)}, "
           f"{_count(best.scores.shape[1], 'item')}.")
    if one.families < FAMILIES:
        return
    yield from _room(one, best)
    yield (f"Reliability of their order: {best.reliability:.2f} (0: it is luck, 1: it would repeat on items like "
           "these).")
    if best.index is not None:
        yield (f"Saturation index: {_index(one)}; high only where the way to the ceiling is nearly used up and the "
               "order of the best models is luck.")
    if best.separability is not None:
        yield from _apart(best.separability)


def _room(one: TaskDiagnosis, best: Frontier) -> Iterator[str]:
    """Headroom to the ceiling and to people."""
    unit = one.headline.unit
    if best.index is not None and best.scale is not None:
        sign = 1.0 if best.higher_is_better else -1.0
        low, high = (value_said(sign * end, unit) for end in (best.scale.chance, best.scale.ceiling))
        yield (f"Still open: {_percent(best.index.headroom)} of the way from guessing ({low}) to the ceiling ({high}); "
               f"at most {_percent(best.index.headroom_most)}.")
    if one.baseline is None:
        yield "Up to people: unknown, for the card has no human baseline."
    elif best.human is not None:
        people = f"people ({value_said(one.baseline.score, unit)}, n={one.baseline.n})"
        if best.human < 0:
            yield f"Up to people: nothing; the best model beats {people}."
        else:
            yield f"Up to people: {_percent(best.human)} of the way from guessing to {people} is open."


def _apart(apart: Separability) -> Iterator[str]:
    """What tells the best models apart, all together and pair by pair."""
    differ = apart.omnibus <= ALPHA
    yield (f"All together: the best models {'differ' if differ else 'may be equally good'} (p = {apart.omnibus:.2g}; "
           f"{apart.omnibus_method}, one test of all at once).")
    hint = ("; that takes more than to show that not all are equal, since each of the pairs has to stand by itself"
            if differ and not apart.separated else "")
    yield f"Pair by pair: {apart.separated} of {apart.pairs} pairs told apart ({apart.pair_method}){hint}."
    yield f"Items on which all of them score the same: {_percent(apart.exhausted)}."


def audit_line(audit: Audit) -> Iterator[str]:
    """What an audit of random items says of the ceiling."""
    yield from wrapped(f"After the audit ({audit.wrong} of {audit.looked_at} items had a wrong gold) at most "
                       f"{measured(audit.ceiling, audit.interval, PROPORTION)} can be attained: in the card, "
                       f"headline.ceiling: {audit.ceiling:.4g}")


def history_lines(task: str, held: tuple[Refresh, ...], moved: Movement) -> Iterator[str]:
    """The refreshes of a task, the newest first, and where headroom stood at both ends."""
    if not held:
        yield from wrapped(f"{task}: No history yet: it begins when models of {FAMILIES} families are measured.")
        return
    yield f"{task}: {_count(len(held), 'state', 'states')} of its results, the newest first"
    for one in held:
        best, where = one.diagnosis.frontier, f"commit {one.commit[:10]}" if one.commit else "this checkout"
        if best is not None:
            index = f", {_percent(best.index.headroom)} open, index {_index(one.diagnosis)}" if best.index else ""
            yield from wrapped(f"{best.day.isoformat()} ({where}): {one.diagnosis.diagnosis.name.value}{index}", "  ")
    yield from wrapped(moved.words, "  ")


def hard_lines(suite: HardSuite) -> Iterator[str]:
    """The hard suite, and why the other tasks are not in it."""
    yield f"The hard suite has {_count(len(suite.members), 'task')}."
    for one in suite.members:
        yield from wrapped(
            f"{one.task}: the best model, {one.best}, has {measured(one.metric.value, one.metric.interval, one.unit)}, "
            f"n={one.metric.n}; people have {value_said(one.human, one.unit)} (n={one.people}).", "  ")
    if suite.left_out:
        yield "Not in it:"
    for left in suite.left_out:
        yield from wrapped(f"{left.task}: {left.reason}", "  ")


def as_data(one: TaskDiagnosis) -> dict[str, object]:
    """A diagnosis as a JSON document."""
    best, told = one.frontier, one.evidence
    return {
        "task": one.task, "diagnosis": one.diagnosis.name.value, "rule": one.diagnosis.rule,
        "reasons": list(one.diagnosis.reasons), "mends": list(one.mends),
        "lifecycle": one.lifecycle.model_dump(mode="json"), "models": one.models, "families": one.families,
        "index": told.index, "index_interval": _pair(told.index_interval), "headroom": told.headroom,
        "headroom_most": told.headroom_most, "telling": told.telling, "over_ceiling": told.over_ceiling,
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


def movement_data(moved: Movement) -> dict[str, object]:
    """Both ends of headroom as a JSON document."""
    return {"first": _end(moved.first), "last": _end(moved.last), "words": moved.words}


def _end(end: End | None) -> dict[str, object] | None:
    return None if end is None else {"day": end.day.isoformat(), "headroom": end.headroom, "models": end.models}


def hard_data(suite: HardSuite) -> dict[str, object]:
    """The hard suite as a JSON document."""
    members = [{"task": one.task, "best": one.best, "value": one.metric.value, "n": one.metric.n,
                "interval": _pair(one.metric.interval), "human": one.human, "people": one.people}
               for one in suite.members]
    return {"members": members, "left_out": [{"task": one.task, "reason": one.reason} for one in suite.left_out]}


def _index(one: TaskDiagnosis) -> str:
    ends = one.evidence.index_interval
    known = f" ({ends[0]:.2f} to {ends[1]:.2f})" if ends else " (no interval)"
    return "unknown" if one.evidence.index is None else f"{one.evidence.index:.2f}{known}"


def _percent(share: float) -> str:
    return value_said(share, PROPORTION)


def _pair(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else list(ends)


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
