"""Which models a table shows together, because their order is not settled. For display only: ties do not pass on.

A may be tied with B, and B with C, while A is clearly ahead of C. So neither answer below takes the place of the
pairs themselves (:attr:`commons.stats.ranks.RankSets.ahead`), and no group is a rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def tie_groups(estimates: Sequence[float], ahead: NDArray[np.bool_]) -> tuple[int, ...]:
    """The number of each model's tie group, from 1; groups are numbered by their best estimate.

    Two models stand in one group where a chain of pairs without a clear order leads from one to the other. Two models
    of different groups are always clearly ordered; two of one group may be. ``ahead[i, j]`` says that i is ahead of j.

    >>> tie_groups([0.9, 0.5, 0.4], np.array([[0, 1, 1], [0, 0, 0], [0, 0, 0]], dtype=bool))
    (1, 2, 2)
    """
    unsettled = ~(ahead | ahead.T)
    groups = [0] * len(estimates)
    count = 0
    for first in sorted(range(len(estimates)), key=lambda model: -estimates[model]):
        if groups[first]:
            continue
        count += 1
        groups[first], waiting = count, [first]
        while waiting:
            for other in np.flatnonzero(unsettled[waiting.pop()]).tolist():
                if not groups[other]:
                    groups[other] = count
                    waiting.append(other)
    return tuple(groups)


def maximal_ties(estimates: Sequence[float], ahead: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Sets of models that follow each other by estimate and hold no clearly ordered pair, each as large as it can be.

    A model may stand in several. Sets of one model are left out.

    >>> maximal_ties([0.9, 0.8, 0.7], np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]], dtype=bool))
    ((0, 1), (1, 2))
    """
    order = sorted(range(len(estimates)), key=lambda model: -estimates[model])
    settled = (ahead | ahead.T)[np.ix_(order, order)]
    found: list[tuple[int, ...]] = []
    start = reached = 0
    for end in range(len(order)):
        clear = np.flatnonzero(settled[end, start:end])
        if clear.size:
            if end - start > 1 and end > reached:
                found.append(tuple(order[start:end]))
                reached = end
            start += int(clear[-1]) + 1
    if len(order) - start > 1:
        found.append(tuple(order[start:]))
    return tuple(found)
