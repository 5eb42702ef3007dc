"""Whether two models really differ, task by task: on the items both answered, with what the data can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scipy import stats

from commons.analyse.answers import Answers, answers_of, column_of
from commons.analyse.finding import Finder, NotCompared, Pair, Side, shared_items
from commons.pool.cell import Metric
from commons.pool.repository import Repository
from commons.stats.adjusted import holm_adjusted
from commons.stats.aggregate import ITEM_MEANS, Statistic, aggregate
from commons.stats.differences import Difference, difference_of_means, difference_of_statistics
from commons.stats.macro import Member, macro_mean
from commons.stats.separating import detectable, more_needed

#: A difference is called clear where its p-value, adjusted for all tasks that are shown, is at most this.
ALPHA = 0.05

Verdict = Literal["first ahead", "second ahead", "no clear difference", "alike"]


@dataclass(frozen=True)
class TaskComparison:
    """Two models on one task.

    ``difference`` is first less second, over the ``n`` shared items, in the metric's unit; ``first`` and ``second``
    are the cells' own metrics, over all their items. ``adjusted`` is Holm's p-value over the tasks shown.
    ``detectable`` is the smallest difference that this comparison finds four times in five, None where it is not
    known; ``more`` is how many units more (items, or clusters where they share sources) would show what was seen.
    """

    task: str
    metric: str
    unit: str
    higher_is_better: bool
    first: Metric
    second: Metric
    difference: Difference
    detectable: float | None
    more: int | None
    notes: tuple[str, ...]
    adjusted: float = 1.0
    verdict: Verdict = "no clear difference"


@dataclass(frozen=True)
class Macro:
    """The unweighted mean of the tasks' differences (first less second), its standard error, interval and p-value."""

    difference: float
    stderr: float
    interval: tuple[float, float]
    p: float
    tasks: int
    unit: str


@dataclass(frozen=True)
class Comparison:
    """Two models over tasks; ``why_no_macro`` says why the tasks have no mean, and is empty where they have one."""

    first: str
    second: str
    tasks: tuple[TaskComparison, ...]
    not_compared: tuple[NotCompared, ...]
    macro: Macro | None
    why_no_macro: str


def compare(
    pool: Repository, first: Side, second: Side, tasks: Sequence[str], *, external: bool = False
) -> Comparison:
    """Compare two models on ``tasks``.

    Raises:
        BadFile: a cell, ``models.yaml`` or the amendments cannot be read.
        CannotRun: a task's name has not the form of one.
    """
    finder = Finder(pool, external)
    made: list[TaskComparison] = []
    left: list[NotCompared] = []
    for task in tasks:
        found = finder.pair(task, first, second)
        one = found if isinstance(found, NotCompared) else compare_pair(pool, found)
        if isinstance(one, NotCompared):
            left.append(one)
        else:
            made.append(one)
    adjusted = holm_adjusted([one.difference.p for one in made])
    judged = tuple(replace(one, adjusted=p, verdict=verdict_of(one, p)) for one, p in zip(made, adjusted, strict=True))
    macro, why = _macro(judged)
    return Comparison(first.label, second.label, judged, tuple(left), macro, why)


def compare_pair(pool: Repository, pair: Pair) -> TaskComparison | NotCompared:
    """Compare two cells of one task, whose p-value is not adjusted for others yet."""
    task = pair.first.identity.task
    column = column_of(pool, pair.first, pair.second)
    if column is None:
        return NotCompared(task, "The two cells share no metric.")
    one, other = answers_of(pair.first, column.name), answers_of(pair.second, column.name)
    items = shared_items(one.statistics, other.statistics)
    if not items:
        return NotCompared(task, "The two cells share no item.")
    try:
        difference = difference_of(one, other, items, column.aggregation)
    except (ValueError, TypeError, ArithmeticError) as error:
        return NotCompared(task, f"Their numbers give no difference: {error}.")
    notes = list(pair.notes)
    alone = len(one.statistics) - len(items), len(other.statistics) - len(items)
    if any(alone):
        notes.append(f"Compared on the {len(items)} items that both have; the first has {alone[0]} more, the second "
                     f"{alone[1]}.")
    fewest = 1 + math.ceil(math.log2(1 / ALPHA))
    if difference.units < fewest and difference.units < difference.n:
        notes.append(f"With {difference.units} clusters no exchange of them can have a p-value of {ALPHA:g} or less; "
                     f"{fewest} are the fewest that can.")
    stderr = difference.stderr or 0.0
    binary = difference.first_only is not None
    return TaskComparison(
        task, column.name, column.unit, column.higher_is_better, pair.first.metrics[column.name],
        pair.second.metrics[column.name], difference,
        detectable(stderr, difference.units, binary=binary),
        _more(difference, fewest) if stderr > 0 else None, tuple(notes),
    )


def _more(difference: Difference, fewest: int) -> int | None:
    """How many units more would show the difference; whole clusters, or items without a count, need the fewest."""
    more = more_needed(difference.value, difference.stderr or 0.0, difference.units)
    return None if more is None else max(more, fewest - difference.units)


def difference_of(one: Answers, other: Answers, items: Sequence[str], aggregation: str) -> Difference:
    """First less second on ``items``, by the method that the metric allows.

    Raises:
        ValueError: the numbers give no finite difference.
    """
    clusters = [one.clusters[item] for item in items]
    if aggregation in ITEM_MEANS:
        found = difference_of_means(one.scores(items), other.scores(items), clusters)
    else:
        def value(statistics: Sequence[Statistic]) -> float:
            return aggregate(aggregation, statistics)

        found = difference_of_statistics(
            value, [one.statistics[item] for item in items], [other.statistics[item] for item in items], clusters
        )
    if not math.isfinite(found.value) or not math.isfinite(found.stderr or 0.0):
        raise ValueError("they are too large to be told apart")
    return found


def verdict_of(one: TaskComparison, adjusted: float) -> Verdict:
    """What may be said: who is ahead needs an adjusted p-value of at most :data:`ALPHA`."""
    if adjusted <= ALPHA and one.difference.value != 0:
        return "first ahead" if (one.difference.value > 0) == one.higher_is_better else "second ahead"
    if one.difference.value == 0 and one.difference.stderr is None and one.difference.units > 1:
        return "alike"
    return "no clear difference"


def _macro(tasks: Sequence[TaskComparison]) -> tuple[Macro | None, str]:
    """The mean over tasks, where their units and directions are one."""
    if len(tasks) < 2:
        return None, "There is a single task." if tasks else "No task was compared."
    if len({(one.unit, one.higher_is_better) for one in tasks}) > 1:
        return None, "The tasks are in different units, which have no mean: name those of one unit with --task."
    if any(one.difference.stderr is None and one.verdict != "alike" for one in tasks):
        return None, "The difference on a task has no standard error."
    mean = macro_mean([Member(one.difference.value, one.difference.stderr or 0.0, one.difference.n) for one in tasks])
    if mean.stderr == 0:
        return None, "The two answer alike on every task."
    p = 2 * float(stats.norm.sf(abs(mean.value) / mean.stderr))
    return Macro(mean.value, mean.stderr, mean.interval, min(1.0, p if math.isfinite(p) else 1.0), len(tasks),
                 tasks[0].unit), ""
