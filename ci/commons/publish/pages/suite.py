"""A suite's page: its rule in words, each model's aggregate with its place as a range, and its members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from commons.analyse.suite_numbers import CORRECTED
from commons.analyse.suites import SuiteTask
from commons.pool.card import PROPORTION
from commons.pool.suites import Suite
from commons.publish.addresses import state_path, suite_path, task_path
from commons.publish.facts import Number
from commons.publish.pages import Page, pool_pages
from commons.publish.ranking import Ranking, ranking_of, suite_key
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.suite_rules import RULES
from commons.stats.across.normalise import Uncorrected


@dataclass(frozen=True)
class Member:
    """One member. ``share`` is its share of the weight, None where it has none, and then ``why`` says why.

    ``entry`` is None where it is no task of this pool. ``metric`` is named where it is not the task's headline.
    """

    name: str
    entry: TaskEntry | None
    share: float | None
    why: str
    metric: str
    models: int


@dataclass(frozen=True)
class Part:
    """A member that the means stand over: its title, its page where it has one, and in what metric and unit it counts.

    ``metric`` says where scores are taken as they count: as shares of the way from chance to the ceiling.
    """

    title: str
    href: str
    metric: str
    unit: str


@dataclass(frozen=True)
class PartScore:
    """What one member gives to a model's mean, and the cell that it comes from; None and empty where there is none."""

    number: Number | None
    href: str


@dataclass(frozen=True)
class SuiteView:
    """The suite with what is known of it; ``rule`` says in words how tasks become one number.

    ``outside`` are the members that the harness has built in and that have no cell here. ``parts`` are the members that
    the means stand over, ``scores`` by model what each gives; empty where they are too many to show.
    """

    suite: Suite
    rule: str
    ranking: Ranking
    members: tuple[Member, ...]
    outside: tuple[str, ...]
    parts: tuple[Part, ...]
    scores: Mapping[str, tuple[PartScore, ...]]


@pool_pages
class SuitePages:
    """One page for each suite."""

    name = "suite"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each suite."""
        for suite in snapshot.frame.suites:
            description = f"{suite.title}: each model's number over its tasks, with its interval and place."
            yield Page(suite_path(suite.group), suite.title, description, "suite.html",
                       partial(_view, snapshot, suite), as_of=snapshot.as_of, key=suite_key(snapshot, suite))


def _view(snapshot: Snapshot, suite: Suite) -> SuiteView:
    ranking = ranking_of(snapshot, suite)
    tasks = {task.name: task for task in ranking.tasks}
    weights = ranking.numbers.weights if ranking.numbers else {}
    total = sum(weights.values())
    own = suite.built_in
    members = []
    for name in suite.names:
        task = tasks.get(name)
        if name not in own or (task is not None and task.scores):
            share = weights[name] / total if total > 0 and weights.get(name, 0.0) > 0 else None
            members.append(Member(
                name, snapshot.by_name.get(name), share, _why(name, snapshot, task) if share is None else "",
                task.metric.removesuffix(",none") if task is not None and task.headline else "",
                len(task.scores) if task is not None else 0))
    shown = {member.name for member in members}
    return SuiteView(suite, RULES[suite.rule], ranking, tuple(members),
                     tuple(name for name in suite.names if name not in shown),
                     tuple(_part(snapshot, suite, task) for task in ranking.parts), _scores(snapshot, ranking))


def _part(snapshot: Snapshot, suite: Suite, task: SuiteTask) -> Part:
    known, metric = task.name in snapshot.by_name, task.metric.removesuffix(",none")
    corrected = suite.rule == CORRECTED
    return Part(
        snapshot.by_name[task.name].card.title if known else task.name, task_path(task.name) if known else "",
        f"{metric}, of the way from chance to the ceiling" if corrected else metric,
        PROPORTION if corrected else task.unit,
    )


def _scores(snapshot: Snapshot, ranking: Ranking) -> Mapping[str, tuple[PartScore, ...]]:
    """What enters each mean, as it enters."""
    return {one.model.id: tuple(_part_score(snapshot, ranking.suite, task, one.model.id) for task in ranking.parts)
            for one in ranking.ranked}


def _part_score(snapshot: Snapshot, suite: Suite, task: SuiteTask, model: str) -> PartScore:
    corrected = suite.rule == CORRECTED
    score = task.corrected(model) if corrected else task.scores.get(model)
    if score is None:
        return PartScore(None, "")
    number = Number(score.value + 0.0, score.interval, 0.95, "", score.n, None, corrected or task.higher_is_better)
    return PartScore(number, state_path(snapshot.states[task.name, model]) if task.name in snapshot.by_name else "")


def _why(name: str, snapshot: Snapshot, task: SuiteTask | None) -> str:
    """Why a member has no weight, as far as that is known."""
    if task is None:
        return "" if name in snapshot.by_name else "There is no such task in the pool."
    if task.weightless or task.unusable:
        return task.weightless or task.unusable or ""
    return f"It cannot be corrected for chance: {task.scale.reason}." if isinstance(task.scale, Uncorrected) else ""
