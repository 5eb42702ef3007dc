"""The places of a suite's models, each as a range: the pairs are tested on their weighted mean over the same items.

Only models that have a mean enter, on the tasks that the mean stands over and the items that all of them have. Whole
clusters of items are drawn again within each task, the same for all models, as for a headline that is no item mean
(:func:`commons.stats.ranks.rank_sets_of`); tasks are not drawn again, so the places are those on these tasks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commons.analyse.matrix import TaskMatrix, matrix_from
from commons.analyse.ranks import RESAMPLES, RESAMPLING_SEED
from commons.analyse.suite_numbers import CORRECTED, SuiteNumbers
from commons.analyse.suites import SuiteTable, SuiteTask
from commons.pool import cellfile
from commons.pool.card import Card
from commons.pool.repository import Repository
from commons.pool.suites import BOARDS
from commons.stats.across.normalise import Scale
from commons.stats.aggregate import aggregate
from commons.stats.ranks import rank_sets_of


@dataclass(frozen=True)
class SuitePlaces:
    """The best and the worst place of each model, by its id. ``multiplicity`` says what they promise.

    ``why`` says why there are none; it is empty where there are.
    """

    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    multiplicity: str = ""
    why: str = ""


@dataclass(frozen=True)
class _Part:
    """One task: each model's value, its values on resamples, its share of the weight, and its clusters."""

    values: NDArray[np.float64]
    resampled: NDArray[np.float64]
    share: float
    clusters: int


def suite_places(pool: Repository, table: SuiteTable, numbers: SuiteNumbers) -> SuitePlaces:
    """The places of the models that have a mean.

    Raises:
        BadFile: a cell's file changed since the table was read, and cannot be read any more.
    """
    models = [line.model for line in numbers.lines if line.mean is not None and not line.external]
    tasks = [task for task in table.tasks if task.name in numbers.block]
    if why := _refusal(table, tasks, models):
        return SuitePlaces(why=why)
    cards = {task.name: task.card for task in pool.tasks({one.name for one in tasks})[0]}
    total = math.fsum(numbers.weights[task.name] for task in tasks)
    try:
        parts = [_part(pool, table, task, cards[task.name], models, numbers.weights[task.name] / total)
                 for task in tasks]
        sets = rank_sets_of(
            np.sum([part.share * part.values for part in parts], axis=0),
            np.sum([part.share * part.resampled for part in parts], axis=0),
            max(1, int(1 / math.fsum(part.share**2 / part.clusters for part in parts))),
        )
    except (ValueError, ArithmeticError) as error:
        return SuitePlaces(why=f"The places cannot be computed: {error}.")
    return SuitePlaces(dict(zip(models, zip(sets.best, sets.worst, strict=True), strict=True)), sets.multiplicity)


def _refusal(table: SuiteTable, tasks: Sequence[SuiteTask], models: Sequence[str]) -> str:
    if table.suite.rule in BOARDS or any(task.board is not None for task in tasks):
        return "Tasks that the harness has built in have no card, so no pairs are tested on them."
    if not models:
        return "No model has a mean."
    return "" if len(models) > 1 else "Only one model has a mean, so there is nothing to order."


def _part(
    pool: Repository, table: SuiteTable, task: SuiteTask, card: Card, models: Sequence[str], share: float
) -> _Part:
    metric, _, chain = task.metric.partition(",")
    headline = card.headline.model_copy(update={"metric": metric, "filter": chain})
    cells = [cellfile.read_cell(pool.ledger.cell_path(task.name, model)) for model in models]
    matrix = matrix_from(task.name, card.model_copy(update={"headline": headline}), cells, [""] * len(cells))
    if matrix is None:
        raise ValueError(f"the cells of {task.name} have no item in common")
    clusters = matrix.cluster_index
    count = int(clusters.max()) + 1
    members = [np.flatnonzero(clusters == one) for one in range(count)]
    random = np.random.default_rng(RESAMPLING_SEED)
    draws = [np.concatenate([members[one] for one in random.integers(0, count, count)]) for _ in range(RESAMPLES)]
    values = _oriented(table, task, _values(matrix, np.arange(len(clusters))))
    resampled = np.array([_oriented(table, task, _values(matrix, items)) for items in draws]).T
    return _Part(values, resampled, share, count)


def _oriented(table: SuiteTable, task: SuiteTask, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """As the suite's rule averages them, turned so that higher is better."""
    if table.suite.rule == CORRECTED and isinstance(task.scale, Scale):
        return np.array([task.scale.correct(value) for value in values.tolist()])
    return values if task.higher_is_better else -values


def _values(matrix: TaskMatrix, items: NDArray[np.intp]) -> NDArray[np.float64]:
    if matrix.statistics is None:
        means: NDArray[np.float64] = matrix.scores[:, items].mean(axis=1)
        return means
    chosen = items.tolist()
    return np.array([aggregate(matrix.aggregation, [one for item in chosen for one in model[item]])
                     for model in matrix.statistics])
