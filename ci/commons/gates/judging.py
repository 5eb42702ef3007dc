"""How gates of one shape are judged: probes without skill against chance, variants of answers against full marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commons.gates.base import Judged, Place, failed, not_applicable, passed
from commons.gates.policy import CERTAIN_ITEMS
from commons.gates.trial import ProbeOutcome, Trial
from commons.gates.words import broken_grading, listed, number, percent

#: How many items a report names.
MOST_PLACES = 10


def judge_near_chance(
    trial: Trial, names: Sequence[str], source: str, who: str, mend: str | Callable[[ProbeOutcome], str], reason: str
) -> Judged:
    """The verdict over probes that must stay near chance; ``reason`` says why there are none.

    ``mend`` says what to do, or is asked what to do about the probe that scores too much.
    """
    outcomes = [found for name in names if (found := trial.outcome(name)) is not None]
    if not outcomes:
        return not_applicable(reason)
    if trial.stopped:
        return broken_grading(trial.stopped)
    broken = next((one for one in outcomes if one.stopped), None)
    if broken is not None:
        return broken_grading(broken.stopped, f"`{broken.probe.label}`")
    if trial.material.scale.kind == "likelihood":
        return not_applicable("The headline is a likelihood, for which nobody can say what chance is.")
    evidence = tuple(trial.evidence(one.probe.name, source) for one in outcomes)
    alarms = [one for one in outcomes if trial.alarm(one.probe.name)]
    if alarms:
        said = listed([f"{one.probe.label}: {_score(trial, one)}" for one in alarms])
        limit = _limit(trial, alarms[0])
        advice = mend if isinstance(mend, str) else mend(alarms[0])
        return failed(f"{who} scores too much ({said}; {limit}).", advice, *evidence, places=_places(trial, alarms[0]))
    best = max(outcomes, key=lambda one: _height(trial, one))
    sentence = f"{who} stays near chance: at most {_score(trial, best)} ({best.probe.label})."
    return passed(sentence + _small(trial, outcomes), *evidence)


def _score(trial: Trial, outcome: ProbeOutcome) -> str:
    test = trial.tests.get(outcome.probe.name)
    if test is not None:
        return percent(test.score)
    value = trial.value(outcome.probe.name)
    return "no number" if value is None else number(value)


def _height(trial: Trial, outcome: ProbeOutcome) -> float:
    test = trial.tests.get(outcome.probe.name)
    if test is not None:
        return test.score
    value = trial.value(outcome.probe.name)
    return trial.material.scale.progress(value) or 0.0 if value is not None else 0.0


def _limit(trial: Trial, outcome: ProbeOutcome) -> str:
    test = trial.tests.get(outcome.probe.name)
    return f"the limit is {percent(test.limit)}" if test else "the limit is half of the way to what right answers get"


def _small(trial: Trial, outcomes: Sequence[ProbeOutcome]) -> str:
    """What a small sample could not have shown."""
    tests = [test for one in outcomes if (test := trial.tests.get(one.probe.name)) is not None]
    smallest = min(tests, key=lambda one: one.n, default=None)
    if smallest is None or smallest.n >= 2 * CERTAIN_ITEMS.value:
        return ""
    if smallest.detectable is None:
        return f" But {smallest.n} items are too few to judge: no score at all would have failed."
    return f" But with {smallest.n} items only a score of {percent(smallest.detectable)} or more would have failed."


def _places(trial: Trial, outcome: ProbeOutcome) -> tuple[Place, ...]:
    full = trial.full_items(outcome.probe.name)
    return tuple(
        Place(item, trial.material.where(item), f"full marks for: {outcome.probe.label}") for item in full[:MOST_PLACES]
    )
