"""What a cell says of each item in one metric: what comparisons of two cells are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.analyse.sources import source_of
from commons.pool.card import Card
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
        answers = [[_number(one) for one in self.statistics[item]] for item in items]
        # Most items are answered once, and numpy's mean of a single number takes a hundred times as long as the number.
        return np.array([one[0] if len(one) == 1 else np.mean(one) for one in answers], dtype=np.float64)

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
            clusters[row.item] = source_of(row.item, row.cluster)
    return Answers({item: tuple(one) for item, one in found.items()}, clusters)


def column_of(card: Card | None, first: Cell, second: Cell) -> Column | str:
    """The metric that both cells have, or why there is none: the card's headline, else the first that they share.

    ``card`` is the task's, where it has one here. The order of the two cells decides nothing. Cells that disagree on
    which way is better, or on how the metric is made from its items, have none.
    """
    shared = [name for name in first.metric_names if name in first.metrics and name in second.metrics]
    if not shared:
        return "the two cells share no metric"
    headline = headline_name(card) if card else None
    name = headline if headline in shared else min(shared, key=lambda one: (
        first.metric_names.index(one) + second.metric_names.index(one), one))
    one, other, said = first.metrics[name], second.metrics[name], name.removesuffix(",none")
    if one.higher_is_better != other.higher_is_better:
        return f"for the one a higher `{said}` is better and for the other a lower one"
    if one.aggregation != other.aggregation:
        return f"the one makes `{said}` from its items as {one.aggregation} and the other as {other.aggregation}"
    if card and name == headline:
        return Column(name, card.headline.unit, card.headline.direction == "higher", one.aggregation)
    binary = all(score in (0.0, 1.0) for cell in (first, second)
                 for found in answers_of(cell, name).statistics.values() for score in found)
    return Column(name, "proportion" if binary else "", one.higher_is_better, one.aggregation)


def card_of(pool: Repository, task: str) -> Card | None:
    """The card of a task that can be read here."""
    return next((one.card for one in pool.tasks({task})[0]), None)


def label_of(model: str, variant: str) -> str:
    """What a cell is called: its model, and its variant where it is not canonical."""
    return model if variant == CANONICAL else f"{model}@{variant}"


def _number(statistic: Statistic) -> float:
    if isinstance(statistic, tuple):
        raise TypeError("the metric is no mean over items")
    return statistic
