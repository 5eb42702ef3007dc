"""What is said of a suite as one value: its numbers, its members' scores, and what was asked for beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commons.analyse.suite_index import SuiteIndex, suite_index
from commons.analyse.suite_numbers import SuiteNumbers, oriented_values, suite_numbers
from commons.analyse.suite_scores import Score
from commons.analyse.suites import SuiteTask, suite_table
from commons.pool.repository import Repository
from commons.pool.suites import Suite
from commons.stats.across.borda import borda
from commons.stats.across.normalise import Uncorrected
from commons.stats.across.win_rate import mean_win_rate


@dataclass(frozen=True)
class Wishes:
    """What is asked for beside the suite's own number."""

    external: bool = False
    win_rate: bool = False
    borda: bool = False
    latent: bool = False


@dataclass(frozen=True)
class Listed:
    """One suite in the list of suites: ``whole`` models have all its tasks."""

    name: str
    title: str
    rule: str
    members: int
    built_in: int
    measured: int
    whole: int


@dataclass(frozen=True)
class TaskLine:
    """One member with its scores and corrected scores by model; ``uncorrected`` says why there are none of these.

    ``headline`` is the metric of the task's card where the suite averages another one.
    """

    task: str
    board: str | None
    metric: str
    unit: str
    weight: float
    weightless: str | None
    uncorrected: str | None
    scores: Mapping[str, Score]
    corrected: Mapping[str, Score]
    left_out: tuple[str, ...]
    unusable: str | None
    headline: str | None


@dataclass(frozen=True)
class Report:
    """All that is said of a suite. Win rates and Borda counts are by model; None where they were not asked for."""

    suite: Suite
    numbers: SuiteNumbers
    tasks: tuple[TaskLine, ...]
    external: frozenset[str]
    unmeasured: tuple[str, ...]
    win_rate: Mapping[str, float | None] | None
    borda: Mapping[str, float | None] | None
    index: SuiteIndex | None
    notes: tuple[str, ...]


def listed(pool: Repository, suite: Suite, *, external: bool) -> Listed:
    """One line of the list.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    table = suite_table(pool, suite, external=external)
    measured = sum(bool(task.scores) for task in table.tasks)
    whole = sum(all(model in task.scores for task in table.tasks) for model in table.models)
    return Listed(suite.group, suite.title, suite.rule, len(suite.names), len(suite.built_in), measured, whole)


def make_report(pool: Repository, suite: Suite, wishes: Wishes, notes: tuple[str, ...] = ()) -> Report:
    """Read the suite's cells and compute all that was asked for.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    table = suite_table(pool, suite, external=wishes.external)
    values = oriented_values(table)[1]
    rates = _by_model(table.models, mean_win_rate(values).tolist()) if wishes.win_rate else None
    counts = _by_model(table.models, borda(values).tolist()) if wishes.borda else None
    return Report(
        suite=suite, numbers=suite_numbers(table), tasks=tuple(map(_task_line, table.tasks)), external=table.external,
        unmeasured=table.unmeasured, win_rate=rates, borda=counts,
        index=suite_index(pool, table) if wishes.latent else None, notes=notes,
    )


def _by_model(models: Sequence[str], values: Sequence[float]) -> dict[str, float | None]:
    return {model: None if math.isnan(value) else value for model, value in zip(models, values, strict=True)}


def _task_line(task: SuiteTask) -> TaskLine:
    uncorrected = task.scale.reason if isinstance(task.scale, Uncorrected) else None
    corrected = {model: score for model in task.scores if (score := task.corrected(model)) is not None}
    left_out = tuple(f"{one.model}{'' if one.variant == 'canonical' else '@' + one.variant}: {one.reason}"
                     for one in task.left_out)
    return TaskLine(task.name, task.board, task.metric, task.unit, task.weight, task.weightless, uncorrected,
                    dict(task.scores), corrected, left_out, task.unusable, task.headline)
