"""Which models a table shows together, because their order is not settled. For display only: ties do not pass on.

A may be tied with B, and B with C, while A is clearly ahead of C. So no number of a group is shown beside a model,
and the sets below do not take the place of the pairs themselves (:attr:`commons.stats.ranks.RankSets.ahead`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


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
