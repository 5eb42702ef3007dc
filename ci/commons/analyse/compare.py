"""Whether two models really differ, task by task: on the items both answered, with what the data can show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from commons.analyse.answers import Answers, answers_of, card_of, column_of, label_of
from commons.analyse.finding import Finder, NotCompared, Pair, Side, shared_items
from commons.analyse.sources import joined
from commons.pool.card import PROPORTION, Card
from commons.pool.cell import Metric
from commons.pool.repository import Repository
from commons.stats.adjusted import holm_adjusted
from commons.stats.aggregate import ITEM_MEANS, Statistic, aggregate
from commons.stats.bounds import bounds_of
from commons.stats.differences import Difference, difference_of_means, difference_of_statistics
from commons.stats.macro import macro_mean, member
from commons.stats.separating import detectable_mean, detectable_right, fewest_units, more_mean, more_right

#: A difference is called clear where its p-value, adjusted for all tasks that are shown, is at most this.
ALPHA = 0.05

Verdict = Literal["first ahead", "second ahead", "no clear difference", "alike"]


@dataclass(frozen=True, slots=True)
class TaskComparison:
    """Two models on one task.

    ``difference`` is first less second, over the ``n`` shared items, in the metric's unit; ``first`` and ``second``
    are the cells' own metrics, over all their items. ``same`` says that every answer to every item has the same score
    in both. ``adjusted`` is Holm's p-value over the tasks shown. ``detectable`` is the smallest true difference that
    this comparison finds four times in five, at the level of the first of Holm's steps; None where it is not known, or
    none can be found. ``more`` is how many units more (items, or clusters where they share sources) would show what
    was seen.
    """

    task: str
    metric: str
    unit: str
    higher_is_better: bool
    first: Metric
    second: Metric
    difference: Difference
    is_mean: bool
    same: bool
    notes: tuple[str, ...]
    detectable: float | None = None
    more: int | None = None
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
        one = found if isinstance(found, NotCompared) else compare_pair(card_of(pool, task), found)
        if isinstance(one, NotCompared):
            left.append(one)
        else:
            made.append(one)
    return together(first.label, second.label, made, left)


def together(
    first: str, second: str, tasks: Sequence[TaskComparison], not_compared: Sequence[NotCompared]
) -> Comparison:
    """Put tasks compared one by one (:func:`compare_pair`) together: Holm over all of them, and their mean."""
    adjusted = holm_adjusted([one.difference.p for one in tasks])
    judged = tuple(_judged(one, p, ALPHA / len(tasks)) for one, p in zip(tasks, adjusted, strict=True))
    macro, why = _macro(judged)
    return Comparison(first, second, judged, tuple(not_compared), macro, why)


def compare_pair(card: Card | None, pair: Pair) -> TaskComparison | NotCompared:
    """Compare two cells of one task, whose p-value is not adjusted for others yet; ``card`` is the task's, if any."""
    task = pair.first.identity.task
    column = column_of(card, pair.first, pair.second)
    if isinstance(column, str):
        return NotCompared(task, f"{column[0].upper()}{column[1:]}.")
    one, other = answers_of(pair.first, column.name), answers_of(pair.second, column.name)
    items = shared_items(one.statistics, other.statistics)
    if not items:
        return NotCompared(task, "The two cells share no item.")
    clusters, agree = clusters_of(one, other, items)
    try:
        difference = difference_of(one, other, items, clusters, column.aggregation)
    except (ValueError, TypeError, ArithmeticError) as error:
        return NotCompared(task, f"Their numbers give no difference: {error}.")
    return TaskComparison(
        task, column.name, column.unit, column.higher_is_better, pair.first.metrics[column.name],
        pair.second.metrics[column.name], difference, column.aggregation in ITEM_MEANS,
        all(one.statistics[item] == other.statistics[item] for item in items),
        (*pair.notes, *_notes(pair, (one, other), difference, agree)),
    )


def _notes(pair: Pair, answers: tuple[Answers, Answers], difference: Difference, agree: bool) -> Iterator[str]:
    n = difference.n
    alone = [f"{label_of(cell.identity.model, cell.identity.variant)} has {len(one.statistics) - n} more"
             for cell, one in zip((pair.first, pair.second), answers, strict=True) if len(one.statistics) > n]
    if alone:
        yield f"Compared on the {n} items that both have; {' and '.join(alone)}."
    if not agree:
        yield ("The two cells do not say the same of which items share a source: items that either puts together count "
               f"as one source, which makes {difference.units}.")
    fewest = fewest_units(ALPHA)
    if difference.units < fewest:
        units = "items" if difference.units == n else "clusters"
        yield (f"With {difference.units} {units} no paired test can have a p-value of {ALPHA:g} or less; {fewest} are "
               "the fewest that can.")


def _judged(one: TaskComparison, adjusted: float, level: float) -> TaskComparison:
    """With what may be said at Holm's p-value, and what this comparison can show at ``level``."""
    able, more = _able(one, level)
    return replace(one, adjusted=adjusted, verdict=verdict_of(one, adjusted), detectable=able, more=more)


def _able(one: TaskComparison, level: float) -> tuple[float | None, int | None]:
    """What so many items or clusters show, and how many more would show what was seen.

    Where the formula for means says that what was seen is shown, and the test does not show it, the items differ in too
    lopsided a way for the formula, and nothing is known.
    """
    apart = one.difference
    right = None
    if apart.first_only is not None and apart.second_only is not None:
        if apart.units == apart.n:
            counts = apart.first_only, apart.second_only, apart.n
            return detectable_right(*counts, level), more_right(*counts, level)
        # Items in clusters show no less than as many items of their own that only ever favour one model.
        right = detectable_right(0, 0, apart.n, level)
    able = detectable_mean(apart.stderr, apart.units, level, apart.freedom)
    # A number that is no item mean may lack a standard error for other reasons than that all units agree.
    known = apart.units > 1 and (one.is_mean or apart.stderr is not None)
    more = more_mean(apart.value, apart.stderr, apart.units, level, apart.freedom) if known else None
    if more == 0 and apart.p > level:
        return None, None
    return able if able is None else max(able, right or 0.0), more


def clusters_of(one: Answers, other: Answers, items: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The source of each item by what either cell says, and whether both say the same."""
    return joined([[side.clusters[item] for item in items] for side in (one, other)])


def difference_of(
    one: Answers, other: Answers, items: Sequence[str], clusters: Sequence[str], aggregation: str
) -> Difference:
    """First less second on ``items``, by the method that the metric allows.

    Raises:
        ValueError: the numbers give no finite difference.
    """
    if aggregation in ITEM_MEANS:
        found = difference_of_means(one.scores(items), other.scores(items), clusters)
    else:
        def value(statistics: Sequence[Statistic]) -> float:
            return aggregate(aggregation, statistics)

        found = difference_of_statistics(
            value, [one.statistics[item] for item in items], [other.statistics[item] for item in items], clusters,
            bounds=bounds_of(aggregation),
        )
    if not math.isfinite(found.value) or not math.isfinite(found.stderr or 0.0):
        raise ValueError("they are too large to be told apart")
    return found


def verdict_of(one: TaskComparison, adjusted: float) -> Verdict:
    """What may be said: who is ahead needs an adjusted p-value of at most :data:`ALPHA`."""
    if adjusted <= ALPHA and one.difference.value != 0:
        return "first ahead" if (one.difference.value > 0) == one.higher_is_better else "second ahead"
    return "alike" if one.same else "no clear difference"


def _macro(tasks: Sequence[TaskComparison]) -> tuple[Macro | None, str]:
    """The mean over tasks, where their units and directions are one."""
    if len(tasks) < 2:
        return None, "There is a single task." if tasks else "No task was compared."
    if len({(one.unit, one.higher_is_better) for one in tasks}) > 1:
        return None, "The tasks are in different units, which have no mean: name those of one unit with --task."
    held = [member(one.value, one.stderr, one.interval, one.n, math.inf if one.freedom is None else one.freedom)
            for one in (task.difference for task in tasks)]
    if unknown := [one.task for one, known in zip(tasks, held, strict=True) if known is None]:
        return None, f"The difference on {unknown[0]} has no standard error."
    if all(one.same for one in tasks):
        return None, "The two score alike on every task."
    bounds = (-1.0, 1.0) if tasks[0].unit == PROPORTION else None
    mean = macro_mean([one for one in held if one is not None], bounds=bounds)
    return Macro(mean.value, mean.stderr, mean.interval, mean.p, len(tasks), tasks[0].unit), ""
