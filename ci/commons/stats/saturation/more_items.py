"""How many items would mend a task that cannot order its best models."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from commons.stats.intervals import clustered_mean_se
from commons.stats.power import QUANTILES
from commons.stats.saturation.policy import RELIABLE


def items_to_show(scores: NDArray[np.float64], clusters: NDArray[np.intp], difference: float) -> int | None:
    """The items with which a paired comparison shows ``difference`` between two of these models, at 80% power.

    ``scores`` has the shape (models, items). The variance of one item's difference is the median over the pairs of
    models, with the design effect of the clusters in it. Source: Miller (2024), arXiv 2411.00640, section 5:
    ``n = (z.975 + z.80)^2 * omega^2 / delta^2``. None where no pair differs on any item, or items share one source.

    Raises:
        ValueError: the difference is not positive.
    """
    if difference <= 0:
        raise ValueError(f"no difference to show: {difference}")
    names = [str(one) for one in clusters]
    errors = [clustered_mean_se(one - other, names) for one, other in combinations(scores, 2)]
    variance = float(np.median(errors)) ** 2 * int(scores.shape[1])
    if math.isnan(variance) or variance == 0:
        return None
    return math.ceil(QUANTILES**2 * variance / difference**2)


def items_to_order(reliability: float, items: int, wanted: float = RELIABLE) -> int | None:
    """The items with which the order of the same models would have the reliability ``wanted``; None where it is 0 now.

    Spearman (1910) and Brown (1910), Br. J. Psychology 3:271 and 3:296: a test m times as long has the reliability
    ``m rho / (1 + (m - 1) rho)``.

    >>> items_to_order(0.5, 100), items_to_order(0.0, 100)
    (400, None)
    """
    if reliability <= 0:
        return None
    if reliability >= 1:
        return items
    return math.ceil(round(items * wanted / (1 - wanted) * (1 - reliability) / reliability, 6))


def items_to_place(top: float, low: float, wanted: float, items: int) -> int | None:
    """The items with which an interval would begin at ``wanted``, of a score ``top`` whose interval begins at ``low``.

    A half-width falls with the root of the number of items; near the end of a scale it falls faster, so that this is
    rather too many. None where ``wanted`` is not below the score.

    >>> items_to_place(1.0, 0.8, 0.9, 20)
    80
    """
    return math.ceil(round(items * ((top - low) / (top - wanted)) ** 2, 6)) if wanted < top else None
