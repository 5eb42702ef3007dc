"""Between which numbers a metric can lie, so that no interval promises what cannot be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]

#: Aggregations whose values are bounded by their definition; perplexities are worked out on the log scale instead.
BOUNDS: dict[str, Interval] = {
    "f1": (0.0, 1.0), "matthews_corrcoef": (-1.0, 1.0), "brier_score": (0.0, 2.0), "bits_per_byte": (0.0, math.inf),
    "bleu": (0.0, 100.0), "chrf": (0.0, 100.0), "chrf++": (0.0, 100.0), "ter": (0.0, math.inf),
}

#: Exponentials of a mean: symmetric intervals belong to the logarithm, which keeps them above 0.
LOG_SCALE = frozenset({"perplexity", "weighted_perplexity"})


def bounds_of(aggregation: str, values: NDArray[np.float64] | None = None) -> Interval | None:
    """The bounds of a metric: those of its definition, and 0 and 1 for item means whose scores all lie in between.

    >>> bounds_of("f1"), bounds_of("mean", np.array([0.0, 0.4])), bounds_of("mean", np.array([0.0, 7.0]))
    ((0.0, 1.0), (0.0, 1.0), None)
    """
    if aggregation in BOUNDS:
        return BOUNDS[aggregation]
    whole = values is not None and bool(((values >= 0) & (values <= 1)).all())
    return (0.0, 1.0) if whole else None


def difference_bounds(bounds: Interval | None) -> Interval | None:
    """How far two values within ``bounds`` can lie apart.

    >>> difference_bounds((0.0, 1.0)), difference_bounds((0.0, math.inf))
    ((-1.0, 1.0), None)
    """
    if bounds is None or not math.isfinite(bounds[1] - bounds[0]):
        return None
    return bounds[0] - bounds[1], bounds[1] - bounds[0]


def cut(interval: Interval, bounds: Interval | None, method: str) -> tuple[Interval, str]:
    """An interval without what lies beyond the bounds, and its method, which says where it was cut.

    Nothing that can be true is lost by it, so that the interval holds the truth as often as before.

    >>> cut((0.8, 1.1), (0.0, 1.0), "Student's t")
    ((0.8, 1.0), "Student's t, cut at 1")
    """
    if bounds is None:
        return interval, method
    low, high = max(interval[0], bounds[0]), min(interval[1], bounds[1])
    ends = [f"{end:g}" for end, given in ((low, interval[0]), (high, interval[1])) if end != given]
    return (low, high), f"{method}, cut at {' and '.join(ends)}" if ends else method
