"""Saturation and lifecycle: what each card declares, beside what the ledger says of the task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from commons.analyse.entering import Rules, entering
from commons.analyse.hard import HardMember, judge
from commons.analyse.weights import WEIGHTS, why_weightless
from commons.errors import BadFile
from commons.pool.card import LifecycleState
from commons.publish.addresses import LIFECYCLE, task_path
from commons.publish.judge import VALUE_FAULTS
from commons.publish.listing import Leaf, leaves
from commons.publish.maps import scale_to_ceiling
from commons.publish.numbers import count, percent
from commons.publish.pages import Page, pool_pages
from commons.publish.plots.drawing import Estimate
from commons.publish.plots.headroom import Headroom, Standing, headroom
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.survey.survey import Saturation
from commons.stats.saturation import policy
from commons.stats.saturation.diagnosis import RULES
from commons.stats.saturation.diagnosis import Rule as DiagnosisRule

#: Tasks on one page, each with its bar of headroom.
TASKS = 40

MEANINGS = {
    LifecycleState.DRAFT: "Measured and shown, and still being proved. It weighs nothing.",
    LifecycleState.ACTIVE: "It counts.",
    LifecycleState.SATURATED: "Solved: kept, shown and measured, and no longer counted.",
    LifecycleState.RETIRED: "No longer meant to be used. Its results stay.",
}


@dataclass(frozen=True)
class Line:
    """One task: what its card declares and what is computed. Numbers are written, or why there is none."""

    task: TaskEntry
    saturation: Saturation | None
    headroom: str
    index: str
    reliability: str
    has_successor: bool

    @property
    def state(self) -> LifecycleState:
        """The declared state."""
        return self.task.card.lifecycle.state


@dataclass(frozen=True)
class LifecycleView:
    """A page of tasks in sections by declared state; the first page also says what the words mean."""

    leaf: Leaf[Line]
    sections: tuple[tuple[LifecycleState, tuple[Line, ...]], ...]
    counts: tuple[tuple[LifecycleState, str, float, int], ...]
    diagnoses: tuple[tuple[str, int], ...]
    plot: Headroom | None
    rules: tuple[DiagnosisRule, ...]
    policy: object
    hard: tuple[HardMember, ...]


@pool_pages
class Lifecycle:
    """Every task with its declared state and its diagnosis."""

    name = "lifecycle"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """As many pages as the tasks need, by declared state and name."""
        order = list(LifecycleState)
        lines = sorted((_line(snapshot, task) for task in snapshot.tasks),
                       key=lambda one: (order.index(one.state), one.task.name))
        hard = tuple(_hard(snapshot))
        for leaf in leaves(LIFECYCLE, lines, TASKS):
            yield Page(leaf.here, "Saturation and lifecycle", "Which tasks still measure, which are solved, and why.",
                       "lifecycle.html", partial(_view, lines, leaf, hard), as_of=snapshot.as_of)


def _line(snapshot: Snapshot, task: TaskEntry) -> Line:
    found = snapshot.surveys[task.name].saturation
    index = ""
    if found and found.index is not None:
        ends = found.index_interval
        index = f"{found.index:.2f}" + (f" (95% interval {ends[0]:.2f} to {ends[1]:.2f})" if ends else "")
    successor = task.card.lifecycle.successor
    return Line(
        task, found, f"{percent(found.headroom)}%" if found and found.headroom is not None else _unjudged(task, found),
        index or _unjudged(task, found),
        f"{found.reliability:.2f}" if found and found.reliability is not None else "",
        successor is not None and successor in snapshot.by_name,
    )


def _unjudged(task: TaskEntry, found: Saturation | None) -> str:
    """Why a task has no headroom, or no index, in few words."""
    if found is None:
        return "not computed"
    if found.families < policy.FAMILIES:
        return f"not judged: {count(found.families)} of {count(policy.FAMILIES)} families"
    return "not known" if scale_to_ceiling(task.card.headline) else "no scale: its card names no chance or no ceiling"


def _view(lines: list[Line], leaf: Leaf[Line], hard: tuple[HardMember, ...]) -> LifecycleView:
    names = [one.saturation.name if one.saturation else "not computed" for one in lines]
    return LifecycleView(
        leaf=leaf,
        sections=tuple((state, tuple(some)) for state, some in groupby(leaf.entries, key=lambda one: one.state)),
        counts=tuple((state, MEANINGS[state], WEIGHTS[state], sum(one.state is state for one in lines))
                     for state in LifecycleState),
        diagnoses=tuple((name, names.count(name)) for name in sorted(set(names))),
        plot=headroom("headroom", [standing(one.task, one.saturation) for one in leaf.entries]) if leaf.entries
        else None,
        rules=RULES, policy=policy, hard=hard,
    )


def standing(task: TaskEntry, found: Saturation | None) -> Standing:
    """A task's bar of headroom."""
    headline, human = task.card.headline, task.card.human_baseline
    best = Estimate(found.value, found.interval) if found and found.value is not None else None
    return Standing(task.card.title, task_path(task.name), best, headline.unit, headline.chance, headline.ceiling,
                    human.score if human else None, headline.direction == "higher")


def _hard(snapshot: Snapshot) -> Iterator[HardMember]:
    """The members of the hard suite. Cells are read again only of tasks that could be members."""
    rules = Rules(snapshot.models, snapshot.amendments, snapshot.frame.drifts)
    for task in snapshot.tasks:
        human, found = task.card.human_baseline, snapshot.surveys[task.name].saturation
        if human is None or human.n < policy.HARD_PEOPLE or why_weightless(task.card):
            continue
        if found is None or found.families < policy.HARD_FAMILIES or (task.items or 0) < policy.HARD_ITEMS:
            continue
        try:
            opened = snapshot.pool.task(snapshot.pool.tasks_folder / task.name)
            judged = judge(entering(snapshot.pool, opened, rules))
        except (BadFile, *VALUE_FAULTS):
            continue
        if isinstance(judged, HardMember):
            yield judged
