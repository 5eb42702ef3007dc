"""Efficiency: tokens, time and money for each item of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commons.stats.dimensions.means import Mean, mean_of


@dataclass(frozen=True)
class PerItem:
    """The mean of a quantity over items, and its median."""

    mean: Mean
    median: float


def per_item(amounts: Sequence[int], clusters: Sequence[str]) -> PerItem:
    """The mean and median of ``amounts``, one for each item.

    Raises:
        ValueError: no items, or as many clusters as there are not items.
    """
    values = np.array(amounts, dtype=np.float64)
    return PerItem(mean_of(values, clusters), float(np.median(values)))


def share_of_run(whole: float, items: int) -> float:
    """What one item took of a run's ``whole`` seconds or money. One run has no interval.

    Raises:
        ValueError: no items.
    """
    if items < 1:
        raise ValueError("there are no items")
    return whole / items
