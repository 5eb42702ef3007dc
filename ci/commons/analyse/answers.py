"""What a cell says of each item in one metric: what comparisons of two cells are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.pool.cell import CANONICAL, Cell, Statistic
from commons.pool.repository import Repository
from commons.pool.standing import headline_name


@dataclass(frozen=True)
class Column:
    """The metric that is compared: the card's headline, or the cells' first where the task has no card here."""

    name: str
    unit: str
    higher_is_better: bool
    aggregation: str


@dataclass(frozen=True)
class Answers:
    """By item: what each of its answers adds to the metric, and the source it shares (or a name of its own)."""

    statistics: dict[str, tuple[Statistic, ...]]
    clusters: dict[str, str]

    def scores(self, items: Sequence[str]) -> NDArray[np.float64]:
        """The mean score of each of ``items``.

        Raises:
            TypeError: the metric is no item mean.
        """
        return np.array([np.mean([_number(one) for one in self.statistics[item]]) for item in items])

    def by_item(self) -> dict[str, tuple[float, ...]]:
        """The score of each answer; raises as :meth:`scores`."""
        return {item: tuple(_number(one) for one in found) for item, found in self.statistics.items()}


def answers_of(cell: Cell, column: str) -> Answers:
    """Read the rows that have a score."""
    place = cell.metric_names.index(column)
    found: dict[str, list[Statistic]] = {}
    clusters: dict[str, str] = {}
    for row in cell.rows:
        statistic = row.scores[place]
        if row.outcome.has_score and statistic is not None:
            found.setdefault(row.item, []).append(statistic)
            # An item that shares no source is a cluster of its own, which no source's name can be taken for.
            clusters[row.item] = f"item {row.item}" if row.cluster is None else f"cluster {row.cluster}"
    return Answers({item: tuple(one) for item, one in found.items()}, clusters)


def column_of(pool: Repository, first: Cell, second: Cell) -> Column | None:
    """The metric that both cells have: the card's headline where there is one, else the first they share."""
    shared = [name for name in first.metric_names if name in first.metrics and name in second.metrics]
    tasks, _ = pool.tasks({first.identity.task})
    if tasks and headline_name(tasks[0].card) in shared:
        card, name = tasks[0].card.headline, headline_name(tasks[0].card)
        return Column(name, card.unit, card.direction == "higher", first.metrics[name].aggregation)
    if not shared:
        return None
    metric = first.metrics[shared[0]]
    binary = all(score in (0.0, 1.0) for cell in (first, second)
                 for found in answers_of(cell, shared[0]).statistics.values() for score in found)
    return Column(shared[0], "proportion" if binary else "", metric.higher_is_better, metric.aggregation)


def label_of(model: str, variant: str) -> str:
    """What a cell is called: its model, and its variant where it is not canonical."""
    return model if variant == CANONICAL else f"{model}@{variant}"


def _number(statistic: Statistic) -> float:
    if isinstance(statistic, tuple):
        raise TypeError("the metric is no mean over items")
    return statistic
