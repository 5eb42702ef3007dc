"""Tasks that measure the same thing share one weight, so that a skill asked twice does not count twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: With fewer models than this a correlation between two tasks says nothing; then they are taken for equal.
LEAST_MODELS = 5


def duplicate_weights(scores: NDArray[np.float64], groups: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """The weight of each task: ``1 / (1 + sum of |corr|)``, the sum over its near-duplicates.

    ``scores`` has the shape (models, tasks), nan where missing; ``groups`` names by column which tasks are declared to
    be near-duplicates of one another. A correlation is taken over the models that have both tasks; where these are
    fewer than ``LEAST_MODELS``, or a task does not vary, it is taken as 1: the tasks were declared alike.

    >>> duplicate_weights(np.full((2, 3), 0.5), [(0, 1)]).tolist()
    [0.5, 0.5, 1.0]
    """
    shared = np.zeros(scores.shape[1])
    for group in groups:
        for task in group:
            shared[task] += sum(_alike(scores[:, task], scores[:, other]) for other in group if other != task)
    return 1.0 / (1.0 + shared)


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    both = ~(np.isnan(one) | np.isnan(other))
    if both.sum() < LEAST_MODELS or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 1.0
    return abs(float(np.corrcoef(one[both], other[both])[0, 1]))
