"""The frontier: the best model of each family, so that five fine-tunes of one base do not pass for five models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commons.stats.saturation.policy import FAMILIES


def frontier(scores: NDArray[np.float64], families: Sequence[str], most: int = FAMILIES) -> tuple[int, ...]:
    """The rows of ``scores`` that make the frontier, best first: one for each family, at most ``most`` of them.

    ``scores`` has the shape (models, items), higher is better; ``families`` names the family of each row. Of equals the
    earlier row is taken. Fewer than ``most`` come back where there are fewer families: the caller says so.

    >>> frontier(np.array([[1.0, 0], [1, 1], [0, 0], [0, 1]]), ["a", "a", "b", "c"])
    (1, 3, 2)

    Raises:
        ValueError: a row has no family.
    """
    if len(families) != len(scores):
        raise ValueError("each model needs a family")
    best: list[int] = []
    seen: set[str] = set()
    for row in np.argsort(-scores.mean(axis=1), kind="stable").tolist():
        if families[row] not in seen:
            seen.add(families[row])
            best.append(row)
    return tuple(best[:most])
