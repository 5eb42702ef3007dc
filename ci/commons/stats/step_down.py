"""Many one-sided tests of pairs at once: the largest statistic of all decides, and what is settled steps aside.

Source: Romano and Wolf (2005), Exact and Approximate Stepdown Methods for Multiple Hypothesis Testing, JASA 100:94.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float32]
Pairs = NDArray[np.bool_]

#: So many draws are looked at together: at first, when all of them are, and then, when a few of the largest often do.
_FIRST_CHUNK, _CHUNK = 1024, 256
#: Statistics nearer to the critical value than this count as equal to it, so that machines that round otherwise agree.
_TOLERANCE = 1e-5
#: The critical value lies so many standard errors of the draws on the side that says less.
_CAUTION = 2.0


def step_down(draws: Draws, inverse: Draws, statistic: NDArray[np.float64], level: float) -> tuple[Pairs, float]:
    """Which model is ahead of which, and the last critical value (infinite where no number of draws gives one).

    ``draws`` has the shape (models, draws): estimates as they would come out if no two models differed. ``inverse``,
    (models, models), holds one over the standard error of each difference, and 0 where a pair cannot be told apart.
    ``statistic`` holds each difference, row minus column, over its standard error. A pair is ordered where its
    statistic lies above the (1 - ``level``) quantile of the largest one over all pairs; then the pairs ordered so far
    leave the maximum, and the rest is asked again, until nothing more is ordered. The reverse of an ordered pair
    stays in the maximum, which costs a little power and leaves the proof as it stands in the source.
    """
    count = draws.shape[1]
    place = math.floor(level * (count + 1) - _CAUTION * math.sqrt(count * level * (1 - level)))
    ahead = np.zeros(statistic.shape, dtype=bool)
    if place < 1 or not inverse.any():
        return ahead, math.inf
    open_pairs = inverse > 0
    bounds = np.full(count, np.inf, dtype=np.float32)
    while True:
        critical = _largest(draws, inverse, open_pairs, bounds, place)
        found = open_pairs & (statistic > critical * (1 + _TOLERANCE))
        if not found.any():
            return ahead, critical
        ahead |= found
        open_pairs &= ~found


def _largest(draws: Draws, inverse: Draws, open_pairs: Pairs, bounds: Draws, place: int) -> float:
    """The ``place``-th largest of the draws' maxima over the open pairs.

    ``bounds`` holds the maxima of an earlier step. Maxima only fall as pairs leave, so a draw whose old maximum lies
    below what is found already is not looked at again. It is brought up to date in place.
    """
    order = np.argsort(-bounds, kind="stable")
    chunk = _FIRST_CHUNK if np.isinf(bounds[order[-1]]) else _CHUNK
    for start in range(0, len(order), chunk):
        part = order[start : start + chunk]
        # Taken so that each model's draws lie side by side in memory, which `draws[:, part]` would not give.
        bounds[part] = _maxima(draws.take(part, axis=1), inverse, open_pairs)
        end = start + len(part)
        if end >= place:
            reached = np.partition(bounds[order[:end]], end - place)[end - place]
            if end == len(order) or reached >= bounds[order[end]]:
                return float(reached)
    raise AssertionError("there are fewer draws than places")


def _maxima(draws: Draws, inverse: Draws, open_pairs: Pairs) -> Draws:
    """The largest difference over its standard error in each draw, over the open pairs (0 where none is larger)."""
    largest = np.zeros(draws.shape[1], dtype=np.float32)
    both = np.where(open_pairs & open_pairs.T, inverse, np.float32(0))
    alone = open_pairs & ~open_pairs.T
    # The same room for all models: taking memory anew each time costs more than the arithmetic.
    room = np.empty_like(draws)
    for model in range(len(draws)):
        later = slice(model + 1, None)
        if both[model, later].any():
            differences = np.subtract(draws[later], draws[model], out=room[later])
            differences *= both[model, later, None]
            np.maximum(largest, np.abs(differences, out=differences).max(axis=0), out=largest)
        if others := np.flatnonzero(alone[model]).tolist():
            differences = np.subtract(draws[model], draws[others], out=room[: len(others)])
            differences *= inverse[model, others, None]
            np.maximum(largest, differences.max(axis=0), out=largest)
    return largest
