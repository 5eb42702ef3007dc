"""The best models of a task, and what was measured on them: what a diagnosis and its mends speak of."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.saturation.headroom import Scale
from commons.stats.saturation.index import Index
from commons.stats.saturation.separability import Separability
from commons.stats.summary import Summary


@dataclass(frozen=True)
class Frontier:
    """The frontier of a task and what was measured on it.

    ``scores`` has the shape (models, items), higher is better. ``top`` is the best model's headline in its own unit.
    ``scale`` is None where the card does not give it, ``index`` then too; ``human`` is the headroom to people.
    """

    models: tuple[str, ...]
    day: datetime.date
    scores: NDArray[np.float64]
    clusters: NDArray[np.intp]
    top: Summary
    higher_is_better: bool
    scale: Scale | None
    index: Index | None
    reliability: float
    separability: Separability | None
    human: float | None
