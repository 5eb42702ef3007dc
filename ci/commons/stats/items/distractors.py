"""Which options were chosen by good, middling and poor models."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: What stands for no choice in an array of choices.
NO_CHOICE = -1
#: The share of models that is the top, and the share that is the bottom.
QUARTER = 0.25


@dataclass(frozen=True)
class QualityGroups:
    """Models by their mean score, as indices: the best quarter (rounded up), the worst quarter, those between."""

    top: tuple[int, ...]
    middle: tuple[int, ...]
    bottom: tuple[int, ...]


def quality_groups(scores: NDArray[np.float64]) -> QualityGroups:
    """The groups of a (models, items) matrix in which higher is better; equals keep their order.

    >>> quality_groups(np.array([[0.0], [1.0], [0.5], [0.4]]))
    QualityGroups(top=(1,), middle=(2, 3), bottom=(0,))
    """
    order = [int(one) for one in np.argsort(-scores.mean(axis=1), kind="stable")]
    top = math.ceil(len(order) * QUARTER)
    bottom = min(top, len(order) - top)
    return QualityGroups(tuple(order[:top]), tuple(order[top:len(order) - bottom]), tuple(order[len(order) - bottom:]))


def option_counts(chosen: NDArray[np.intp], options: int, models: tuple[int, ...]) -> NDArray[np.intp]:
    """How often each of ``options`` was chosen by these models; shape (items, options).

    ``chosen`` has the shape (models, items) and holds :data:`NO_CHOICE` where nothing was chosen; what lies beyond
    ``options`` is not counted.
    """
    picked = chosen[list(models)]
    counts: NDArray[np.intp] = np.stack([(picked == option).sum(axis=0) for option in range(options)], axis=1)
    return counts
