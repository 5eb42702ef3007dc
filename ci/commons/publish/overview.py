"""The state of the pool in counts: pairs, diagnoses, domains, languages, and on how many tasks the best is settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from commons.publish.places import task_top
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState, State
from commons.publish.survey.entry import TaskEntry

UNKNOWN = "not diagnosed"


@dataclass(frozen=True)
class Claim:
    """On how many tasks one model is clearly the best, the best cannot be told apart, and nothing is ordered."""

    models: int
    tasks: int
    settled: int
    tied: int
    unordered: int


@dataclass(frozen=True)
class Tally:
    """How much of the table is there, over all pairs that can exist."""

    measured: int
    stale: int
    other: int
    applicable: int

    @property
    def bar(self) -> tuple[tuple[str, float, float], ...]:
        """Kind, start and length of each part, in hundredths."""
        parts, start = [], 0.0
        rest = self.applicable - self.measured - self.stale - self.other
        for kind, number in (("scored", self.measured), ("model_fault", self.stale + self.other), ("not_run", rest)):
            width = 100 * number / max(1, self.applicable)
            parts.append((kind, start, width))
            start += width
        return tuple(parts)


@dataclass(frozen=True)
class Overview:
    """The pool in counts, each list by its commonest."""

    claim: Claim
    tally: Tally
    diagnoses: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    run: int
    unrun: int


def overview(snapshot: Snapshot) -> Overview:
    """Count everything once."""
    states = Counter(_kind(state) for survey in snapshot.surveys.values() for state in survey.states)
    names = {one.id: one.name for one in snapshot.models}
    tops = [top for task in snapshot.tasks if (top := task_top(snapshot.surveys[task.name].ranks, names))]
    settled = sum(top.best == 1 for top in tops)
    ran = sum(snapshot.was_run(model) for model in snapshot.models)
    cards = [task.card for task in snapshot.tasks]
    return Overview(
        Claim(ran, len(cards), settled, len(tops) - settled, len(cards) - len(tops)),
        Tally(states["measured"], states["stale"], states["other"],
              sum(states.values()) - states["inapplicable"]),
        _commonest(diagnosis(snapshot, task) for task in snapshot.tasks),
        _commonest(card.domain for card in cards),
        _commonest(tag for card in cards for tag in card.languages),
        ran, len(snapshot.models) - ran,
    )


def diagnosis(snapshot: Snapshot, task: TaskEntry) -> str:
    """What a task's numbers say of it."""
    found = snapshot.surveys[task.name].saturation
    return found.name if found else UNKNOWN


def _kind(state: CellState) -> str:
    if state.counts:
        return "measured"
    if state.stale:
        return "stale"
    if state.state is State.INAPPLICABLE:
        return "inapplicable"
    return "missing" if state.state is State.MISSING else "other"


def _commonest(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda one: (-one[1], one[0])))
