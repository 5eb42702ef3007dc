"""The models of a task with their places, each place as a range: the one way in which anything here is ordered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commons.analyse.entering import Entering, LeftOut
from commons.analyse.matrix import TaskMatrix, matrix_of
from commons.pool.card import LifecycleState
from commons.pool.standing import headline_name
from commons.stats.aggregate import aggregate
from commons.stats.ranks import RankSets, rank_sets, rank_sets_of
from commons.stats.ties import maximal_ties

#: A solved task says nothing of the order of models any more, and one that was taken out of use is not to.
_NO_PLACES = {LifecycleState.SATURATED, LifecycleState.RETIRED}

#: Resamples of a headline that is no mean over items, and their seed.
RESAMPLES = 200
RESAMPLING_SEED = 20261124


class RankedLine(NamedTuple):
    """A model's value with its interval and n, and its place: ``best`` and ``worst`` are equal where it is settled."""

    model: str
    value: float
    interval: tuple[float, float] | None
    n: int
    best: int
    worst: int

    @property
    def place(self) -> str:
        """The place as a range, ``1-3``, or as one number where it is settled."""
        return str(self.best) if self.best == self.worst else f"{self.best}-{self.worst}"


@dataclass(frozen=True)
class TaskRanks:
    """The models of a task by their value, the best first.

    ``items`` counts the items that all of them have, on which the pairs were tested. ``ties`` holds the sets of
    neighbours without any clear order. ``right_or_wrong`` says that the headline's scores are, so that the promise of
    5% holds with few items too. ``unknown`` says in words why there are no places; it is empty where there are.
    """

    task: str
    metric: str
    unit: str
    higher_is_better: bool
    items: int
    lines: tuple[RankedLine, ...]
    ties: tuple[tuple[str, ...], ...]
    multiplicity: str
    left_out: tuple[LeftOut, ...]
    unknown: str
    right_or_wrong: bool = False

    @property
    def may_be_best(self) -> tuple[str, ...]:
        """The models that may be the best: all that no other is clearly ahead of."""
        return tuple(line.model for line in self.lines if line.best == 1)


def ranks_of(entering: Entering) -> TaskRanks:
    """The places of the models whose cells enter, with what was left out and why."""
    if (state := entering.card.lifecycle.state) in _NO_PLACES:
        why = f"The card says {state.value} since {entering.card.lifecycle.since.isoformat()}; nothing is ranked by it."
        return _ranks(entering, 0, (), (), "", why)
    matrix = matrix_of(entering)
    if matrix is None:
        why = "The cells have no item in common." if entering.cells else "No cell enters the comparison."
        return _ranks(entering, 0, (), (), "", why)
    if len(matrix.models) == 1:
        why = f"{matrix.models[0]} is the only model that enters, so there is nothing to order."
        return _ranks(entering, len(matrix.items), (), (), "", why)
    try:
        sets = sets_of(matrix)
    except (ValueError, ArithmeticError) as error:
        return _ranks(entering, len(matrix.items), (), (), "", f"The places cannot be computed: {error}.")
    name = headline_name(entering.card)
    order = sorted(range(len(matrix.models)), key=lambda model: -sets.estimates[model])
    metrics = [entering.cells[model].metrics[name] for model in order]
    lines = tuple(
        RankedLine(matrix.models[model], metric.value, metric.interval, metric.n, sets.best[model], sets.worst[model])
        for model, metric in zip(order, metrics, strict=True)
    )
    ties = tuple(tuple(matrix.models[model] for model in tied) for tied in maximal_ties(sets.estimates, sets.ahead))
    ranks = _ranks(entering, len(matrix.items), lines, ties, sets.multiplicity, "")
    return replace(ranks, right_or_wrong=sets.right_or_wrong)


def sets_of(matrix: TaskMatrix) -> RankSets:
    """The rank sets of a matrix.

    A headline that is no mean over items is computed again on resamples of whole clusters, the same for all models.

    Raises:
        ValueError: the headline cannot be computed, here or on a resample.
    """
    clusters = matrix.cluster_index
    if matrix.is_item_mean:
        return rank_sets(matrix.oriented, clusters)
    sign = 1.0 if matrix.higher_is_better else -1.0
    count = int(clusters.max()) + 1
    members = [np.flatnonzero(clusters == one) for one in range(count)]
    random = np.random.default_rng(RESAMPLING_SEED)
    resamples = [np.concatenate([members[one] for one in random.integers(0, count, count)]) for _ in range(RESAMPLES)]
    resampled = np.array([_values(matrix, items) for items in resamples]).T
    return rank_sets_of(sign * _values(matrix, np.arange(len(clusters))), sign * resampled, count)


def _values(matrix: TaskMatrix, items: NDArray[np.intp]) -> NDArray[np.float64]:
    """Each model's headline over some of the items."""
    chosen = items.tolist()
    return np.array([
        aggregate(matrix.aggregation, [one for item in chosen for one in model[item]])
        for model in matrix.statistics or ()
    ])


def _ranks(
    entering: Entering, items: int, lines: tuple[RankedLine, ...], ties: tuple[tuple[str, ...], ...],
    multiplicity: str, unknown: str,
) -> TaskRanks:
    headline = entering.card.headline
    return TaskRanks(
        task=entering.task, metric=headline.metric, unit=headline.unit,
        higher_is_better=headline.direction == "higher", items=items, lines=lines, ties=ties,
        multiplicity=multiplicity, left_out=entering.left_out, unknown=unknown,
    )
