"""One task as pages see it, beside its survey."""

from __future__ import annotations

from dataclasses import dataclass

from commons.errors import BadFile
from commons.pool.card import Card
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import read_rows
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.publish.numbers import Scale, quantity, scale_for
from commons.publish.survey.reading import rendered_of
from commons.publish.survey.survey import Survey


@dataclass(frozen=True)
class TaskEntry:
    """One task. ``items`` is None where nothing here can count them; ``scale`` is what its whiskers share."""

    name: str
    card: Card
    config: HarnessConfig
    items: int | None
    scale: Scale


@dataclass(frozen=True)
class Surveyed:
    """A task with its survey; ``entry`` is None for cells whose task is not in the pool."""

    entry: TaskEntry | None
    survey: Survey


def entry_of(pool: Repository, task: Task, survey: Survey) -> TaskEntry:
    """The task as pages see it; raises as :func:`~commons.publish.survey.take.take` where a number is too wild."""
    unit = task.card.headline.unit
    scale = scale_for(unit, survey.values or ())
    for value in (scale.low, scale.high):
        quantity(value, unit)
    items = survey.items if survey.items is not None else _count(pool, task)
    return TaskEntry(task.name, task.card, task.config, items, scale)


def _count(pool: Repository, task: Task) -> int | None:
    """How many items a task without a cell has: by its rendered items, or the lines of its data."""
    rendered, _ = rendered_of(pool, task)
    if rendered is not None:
        return len(rendered.items)
    try:
        files = task.data_files.get(task.config.evaluated_split or "", [])
        return sum(len(read_rows(path)[0]) for path in files) or None
    except BadFile:
        return None
