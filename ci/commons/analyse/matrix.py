"""A task as a matrix: one row for each model, one column for each item, as the formulas of ``stats`` take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from commons.analyse.entering import Entering
from commons.analyse.sources import joined, source_of
from commons.pool.card import Card
from commons.pool.cell import Cell, Row, Statistic
from commons.pool.standing import headline_name
from commons.stats.aggregate import ITEM_MEANS

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class TaskMatrix:
    """The headline's scores of several models on the items that all of them have.

    ``scores`` has the shape (models, items), in the headline's unit; an item that was answered K times holds the mean,
    and ``within`` the variance of one answer around it (ddof 1; 0 where K is 1). ``clusters`` names for each item the
    source it shares with others by the rows of any of the cells (:func:`commons.analyse.sources.joined`); an item that
    shares none carries a name of its own. ``statistics`` holds what each
    row adds to a headline that is no mean over items (F1, BLEU, perplexity), by model and item; it is None where the
    headline is an item mean, and then ``scores`` is whole. Otherwise ``scores`` is all nan.
    """

    task: str
    models: tuple[str, ...]
    families: tuple[str, ...]
    items: tuple[str, ...]
    clusters: tuple[str, ...]
    scores: Scores
    within: Scores
    repeats: int
    aggregation: str
    higher_is_better: bool
    chance: float | None
    ceiling: float | None
    unit: str
    statistics: tuple[tuple[tuple[Statistic, ...], ...], ...] | None = None

    @property
    def is_item_mean(self) -> bool:
        """Whether the headline is a mean over items, so that ``scores`` can be used."""
        return self.statistics is None

    @property
    def is_binary(self) -> bool:
        """Whether every score is right or wrong."""
        return self.is_item_mean and bool(np.isin(self.scores, (0.0, 1.0)).all())

    @property
    def oriented(self) -> Scores:
        """The scores turned so that higher is better."""
        return self.scores if self.higher_is_better else -self.scores

    @property
    def cluster_index(self) -> NDArray[np.intp]:
        """The clusters as numbers from 0, one for each item."""
        return np.unique(np.asarray(self.clusters), return_inverse=True)[1].reshape(-1)


@lru_cache(maxsize=1)
def matrix_of(entering: Entering) -> TaskMatrix | None:
    """The matrix of the cells that enter; None where there are none, or they share no item.

    The last one is kept, because places, diagnosis and items of a task are asked for one after the other.
    """
    families = [model.family for model in entering.models]
    return matrix_from(entering.task, entering.card, entering.cells, families)


def matrix_from(task: str, card: Card, cells: Sequence[Cell], families: Sequence[str]) -> TaskMatrix | None:
    """The matrix of any whole cells of a task that have its headline; the caller answers for their being comparable.

    A cell is called by its model, with ``@variant`` where it is not canonical. Items that not all cells have are left
    out. None where no cell or no item is left.
    """
    name = headline_name(card)
    held = [_by_item(cell) for cell in cells]
    shared = sorted(set(held[0]).intersection(*held[1:])) if held else []
    if not shared:
        return None
    places = [cell.metric_names.index(name) for cell in cells]
    aggregation = cells[0].metrics[name].aggregation
    statistics = tuple(_statistics(rows, place, shared) for rows, place in zip(held, places, strict=True))
    is_mean = aggregation in ITEM_MEANS
    scores, within = _means(statistics) if is_mean else (np.full((len(cells), len(shared)), np.nan),) * 2
    return TaskMatrix(
        task=task, models=tuple(map(cell_label, cells)), families=tuple(families), items=tuple(shared),
        clusters=_clusters(held, shared), scores=scores, within=within,
        repeats=max(len(rows) for one in held for rows in one.values()), aggregation=aggregation,
        higher_is_better=card.headline.direction == "higher", chance=card.headline.chance,
        ceiling=card.headline.ceiling, unit=card.headline.unit, statistics=None if is_mean else statistics,
    )


def cell_label(cell: Cell) -> str:
    """What a cell is called beside others of its task: its model, and its variant where it is not canonical."""
    identity = cell.identity
    return identity.model if identity.variant == "canonical" else f"{identity.model}@{identity.variant}"


def _by_item(cell: Cell) -> dict[str, list[Row]]:
    """The rows that were graded; most cells have one of each item, for which there is a shorter way."""
    rows = [row for row in cell.rows if row.outcome.has_score]
    found = {row.item: [row] for row in rows}
    if len(found) < len(rows):
        found = {}
        for row in rows:
            found.setdefault(row.item, []).append(row)
    return found


def _statistics(rows: dict[str, list[Row]], place: int, shared: Sequence[str]) -> tuple[tuple[Statistic, ...], ...]:
    return tuple([tuple([one for row in rows[item] if (one := row.scores[place]) is not None]) for item in shared])


def _means(statistics: tuple[tuple[tuple[Statistic, ...], ...], ...]) -> tuple[Scores, Scores]:
    longest = max(len(answers) for model in statistics for answers in model)
    if longest == 1:
        scores = np.array([[answers[0] for answers in model] for model in statistics], dtype=np.float64)
        return scores, np.zeros_like(scores)
    arrays = [[np.array(answers, dtype=np.float64) for answers in model] for model in statistics]
    scores = np.array([[one.mean() for one in model] for model in arrays])
    within = np.array([[one.var(ddof=1) if one.size > 1 else 0.0 for one in model] for model in arrays])
    return scores, within


def _clusters(held: Sequence[dict[str, list[Row]]], shared: Sequence[str]) -> tuple[str, ...]:
    said = dict.fromkeys(tuple(rows[item][0].cluster for item in shared) for rows in held)
    return joined([[source_of(item, cluster) for item, cluster in zip(shared, one, strict=True)] for one in said])[0]
