"""Frontiers for these tests, drawn as the reference draws them: a 2PL with guessing, four options."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SLOPE, GUESSING, STEPS = 1.3, 0.25, np.array([0.0, 0.1, 0.2, 0.3, 0.4])


def drawn(ability: float, items: int, seed: int, steps: NDArray[np.float64] = STEPS) -> NDArray[np.float64]:
    """Right or wrong by model and item; the items' difficulties are standard normal."""
    random = np.random.default_rng(seed)
    difficulty = random.normal(size=items)
    right = GUESSING + (1 - GUESSING) / (1 + np.exp(-SLOPE * (ability + steps[:, None] - difficulty)))
    return (random.random(right.shape) < right).astype(np.float64)
