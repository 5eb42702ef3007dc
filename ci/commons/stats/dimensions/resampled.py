"""Intervals of numbers that are no means, by leaving clusters out or drawing them again, as many clusters allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.clustered import FEW_CLUSTERS
from commons.stats.intervals import cluster_bootstrap, jackknife_se

#: Fewer clusters than this say next to nothing of how clusters differ, and no interval is given.
FEWEST_CLUSTERS = 5

Statistic = Callable[[NDArray[np.intp]], float]


@dataclass(frozen=True)
class Resampled:
    """A 95% interval, None where there is none, and how it was made or why it was not."""

    interval: tuple[float, float] | None
    method: str


def resampled(
    statistic: Statistic, clusters: Sequence[str], *, least: float = -math.inf, most: float = math.inf
) -> Resampled:
    """The interval of ``statistic``, which takes the indices of rows; its ends are kept between ``least`` and ``most``.

    Below 50 clusters a jackknife over clusters with Student's t of one degree of freedom less than clusters, else a BCa
    bootstrap of clusters: docs/decisions/0026-error-bars.md. A statistic that is nan without some cluster has none.
    """
    count, n = len(set(clusters)), len(clusters)
    what = "items" if count == n else "clusters"
    if count < FEWEST_CLUSTERS:
        return Resampled(None, f"no interval: {_number(count, n)} too few to tell how they differ")
    if count >= FEW_CLUSTERS:
        drawn = cluster_bootstrap(statistic, clusters)
        if drawn is None:
            return Resampled(None, f"no interval: drawing {what} again changes nothing, or leaves nothing")
        return Resampled(_kept(drawn[1], least, most), f"BCa bootstrap of {what}")
    error = jackknife_se(statistic, clusters)
    if math.isnan(error) or error == 0.0:
        return Resampled(None, f"no interval: without any one of the {what} nothing changes, or nothing is left")
    half = float(stats.t.ppf(0.975, count - 1)) * error
    value = statistic(np.arange(n))
    return Resampled(_kept((value - half, value + half), least, most), f"jackknife over {what}, Student's t")


def _number(count: int, n: int) -> str:
    """How many of what there are, for a sentence."""
    what = "item" if count == n else "cluster"
    return f"{count} {what} {'is' if count == 1 else 'are'}" if count == 1 else f"{count} {what}s are"


def _kept(ends: tuple[float, float], least: float, most: float) -> tuple[float, float]:
    return max(least, ends[0]), min(most, ends[1])
