"""What can be said of a mean when cells are missing: coverage, a common block, bounds. Nothing is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A mean stands for a set of tasks only where it covers at least this share of their weight.
LEAST_COVERAGE = 0.80

#: Sums of weights such as .8 of 1 must not miss the bound by a rounding error.
_SPECK = 1e-9

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """The models and tasks (by index) between which no cell is missing, and the share of the weight it covers."""

    models: tuple[int, ...]
    tasks: tuple[int, ...]
    coverage: float


def coverage(present: Mask, weights: Sequence[float]) -> NDArray[np.float64]:
    """Each model's share of the tasks' weight that it was measured on. ``present`` has the shape (models, tasks).

    Raises:
        ValueError: a weight is negative, or all are 0.

    >>> coverage(np.array([[True, False], [True, True]]), [3.0, 1.0]).tolist()
    [0.75, 1.0]
    """
    given = np.asarray(weights, dtype=np.float64)
    if (given < 0).any() or given.sum() <= 0:
        raise ValueError("weights are not negative, and one at least is above 0")
    return np.asarray(present @ given / given.sum())


def common_block(present: Mask, weights: Sequence[float], least: float = LEAST_COVERAGE) -> Block | None:
    """Models, and the tasks that all of them have, where these cover ``least`` of the weight.

    Models below ``least`` go first. While the tasks that all the others share cover less than that, the models with
    the lowest coverage go, all of them together, so that no name decides. Tasks without weight are left out. A block
    is complete, so the graph of its models and tasks is connected. None where no model is left.
    """
    given = np.asarray(weights, dtype=np.float64)
    covered = coverage(present, weights)
    kept = covered >= least - _SPECK
    while kept.any():
        shared = present[kept].all(axis=0) & (given > 0)
        share = float(given[shared].sum() / given.sum())
        if share >= least - _SPECK:
            return Block(_where(kept), _where(shared), min(1.0, share))
        kept &= covered > covered[kept].min() + _SPECK
    return None


def bounds(
    values: NDArray[np.float64], worst: Sequence[float], best: Sequence[float], weights: Sequence[float]
) -> tuple[float, float]:
    """Between which two means one model's weighted mean would lie, whatever its missing cells would have been.

    ``values`` has one number a task, nan where missing; a missing one is once ``worst`` (chance) and once ``best``
    (the ceiling). The bounds say nothing of sampling error. Source: Manski (2003), Partial Identification of
    Probability Distributions. A model that would do worse than guessing may lie below.

    >>> bounds(np.array([0.5, np.nan]), [0.0, 0.0], [1.0, 1.0], [1.0, 1.0])
    (0.25, 0.75)
    """
    gone = np.isnan(values)
    low = np.where(gone, worst, values)
    high = np.where(gone, best, values)
    return float(np.average(low, weights=weights)), float(np.average(high, weights=weights))


def is_connected(present: Mask) -> bool:
    """Whether every model can be compared with every other through models and tasks that share a cell.

    Models and tasks are the points of a graph, each cell joins one of either kind; a model or a task without a cell
    makes it fall apart.
    """
    models, tasks = present.shape
    if models == 0 or tasks == 0:
        return False
    seen_models = np.zeros(models, dtype=bool)
    seen_models[0] = True
    while True:
        seen_tasks = present[seen_models].any(axis=0)
        grown = present[:, seen_tasks].any(axis=1) | seen_models
        if (grown == seen_models).all():
            return bool(seen_models.all() and seen_tasks.all())
        seen_models = grown


def _where(mask: Mask) -> tuple[int, ...]:
    return tuple(int(one) for one in np.flatnonzero(mask))
