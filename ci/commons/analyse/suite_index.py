"""The optional latent index of a suite: one ability a model, from the items of its tasks. Imported cells never enter.

A task enters that weighs, whose headline is a mean over items and has a chance level and a ceiling, and of whose
headline the suite's number is made. Members that the harness has built in have no card and do not enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.analyse.entering import Rules, entering
from commons.analyse.matrix import TaskMatrix, matrix_of
from commons.analyse.suites import SuiteTable, SuiteTask
from commons.pool.repository import Repository
from commons.pool.standing import headline_name
from commons.stats.across.latent import DRAWS, CannotFit, LatentInterval, TaskItems, bootstrap_latent
from commons.stats.across.missing import coverage
from commons.stats.across.near_duplicates import duplicate_weights
from commons.stats.across.normalise import Scale, Uncorrected


@dataclass(frozen=True)
class SuiteIndex:
    """The index of each model, in the order of ``models``, over ``tasks``; ``left_out`` gives each other task's why.

    ``found`` is None where no index can be had, and then ``why`` says so.
    """

    models: tuple[str, ...]
    tasks: tuple[str, ...]
    left_out: dict[str, str]
    found: LatentInterval | None
    why: str | None

    @property
    def anchor(self) -> str | None:
        """The model whose ability is 0, from which the others' are measured."""
        return None if self.found is None else self.models[self.found.fit.anchor]


@dataclass(frozen=True)
class _Taken:
    task: SuiteTask
    matrix: TaskMatrix
    scale: Scale


def suite_index(repository: Repository, table: SuiteTable, draws: int = DRAWS) -> SuiteIndex:
    """Fit the index with its bootstrap; the anchor is the model with most coverage, the first by name of equals.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    taken, left_out = _take(repository, table)
    models = tuple(sorted({model for one in taken for model in one.matrix.models}))
    names = tuple(one.task.name for one in taken)
    if not taken:
        return SuiteIndex(models, names, left_out, None, "No task of the suite can enter an index.")
    items = [_items(one, models, table) for one in taken]
    means = np.column_stack([one.scores.mean(axis=1) for one in items])
    stderrs = np.column_stack([_stderrs(one.task, models) for one in taken])
    groups = [[names.index(name) for name in alike if name in names] for alike in table.suite.extras.near_duplicates]
    weights = list(duplicate_weights(means, groups) * np.array([one.task.weight for one in taken]))
    covered = coverage(~np.isnan(means), weights)
    try:
        found = bootstrap_latent(items, stderrs, int(np.argmax(covered)), weights, draws)
    except CannotFit as error:
        return SuiteIndex(models, names, left_out, None, f"No index: {error}.")
    return SuiteIndex(models, names, left_out, found, None)


def _take(repository: Repository, table: SuiteTable) -> tuple[list[_Taken], dict[str, str]]:
    rules = Rules.of(repository)
    tasks = {task.name: task for task in repository.tasks(set(table.suite.pool_tasks))[0]}
    taken: list[_Taken] = []
    left_out: dict[str, str] = {}
    for task in table.tasks:
        why, matrix = task.unusable or task.weightless, None
        if task.board is not None:
            why = "The harness has it built in, so that it has no card."
        elif why is None and isinstance(task.scale, Uncorrected):
            why = f"It is not corrected for chance: {task.scale.reason}."
        elif why is None and task.metric != headline_name(tasks[task.name].card):
            why = "The suite averages another metric than its headline."
        elif why is None:
            matrix = matrix_of(entering(repository, tasks[task.name], rules))
            why = ("No cell enters." if matrix is None else None if matrix.is_item_mean
                   else "Its headline is no mean over items.")
        if why is None and matrix is not None and not isinstance(task.scale, Uncorrected):
            taken.append(_Taken(task, matrix, task.scale))
        else:
            left_out[task.name] = why or ""
    return taken, left_out


def _items(one: _Taken, models: tuple[str, ...], table: SuiteTable) -> TaskItems:
    scores = np.full((len(models), len(one.matrix.items)), np.nan)
    for row, model in enumerate(one.matrix.models):
        corrected = (one.matrix.scores[row] - one.scale.chance) / (one.scale.ceiling - one.scale.chance)
        scores[models.index(model)] = corrected
    family = next((f"alike {place}" for place, alike in enumerate(table.suite.extras.near_duplicates)
                   if one.task.name in alike), f"task {one.task.name}")
    return TaskItems(scores, one.matrix.cluster_index, family)


def _stderrs(task: SuiteTask, models: tuple[str, ...]) -> NDArray[np.float64]:
    scores = [task.corrected(model) for model in models]
    return np.array([np.nan if score is None or score.stderr is None else score.stderr for score in scores])
