"""The mean of quantities that are no shares of items: tokens, and changes of scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.clustered import clustered_mean


@dataclass(frozen=True)
class Mean:
    """A mean with its 95% interval (None where the values do not vary), how it was made, and the item count."""

    value: float
    interval: tuple[float, float] | None
    method: str
    n: int


def mean_of(values: NDArray[np.float64], clusters: Sequence[str]) -> Mean:
    """The mean with Student's t and a cluster-robust standard error (CR2), whatever the values are.

    Changes that are never below 0, and counts of 0 and 1, look like right and wrong answers, but are no shares of
    items: the interval that ``summarise`` gives to shares would be wrong for them.

    Raises:
        ValueError: no values, or as many clusters as there are not values.
    """
    if len(values) == 0 or len(values) != len(clusters):
        raise ValueError("each item needs a value and a cluster, and there must be one")
    # A zero with a sign would be written with it.
    value, found = float(values.mean()) + 0.0, clustered_mean(values, clusters)
    if found is None or found.stderr == 0.0:
        return Mean(value, None, "no interval: the items do not vary", len(values))
    half = found.critical() * found.stderr
    method = "Student's t" if len(set(clusters)) == len(values) else "Student's t, cluster-robust (CR2)"
    return Mean(value, (value - half, value + half), method, len(values))
