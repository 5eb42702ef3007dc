"""How often the 95% interval of a calibration error holds the true error, beside a BCa bootstrap of the same clusters.

Boards of n answers with confidences uniform over .30 to .95 that are right with that probability less a bias, so that
the true error is the bias. Answers are alone, or come in clusters: half of a cluster's answers share one draw of luck.
The error of few answers is too high on average, so that any interval around it struggles where the bias is small.
Nominal is .95. Bounds: .90 on average over the boards of answers alone, and over those of clusters. Exit code 1 where
one is missed.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

from commons.stats.dimensions.calibration import calibrate, mass_index
from commons.stats.intervals import cluster_bootstrap

SEED = 20241121
BOARDS, BESIDE = 80, 8
BOUND = 0.90
#: How many answers, in how many clusters.
SHAPES = ((300, 300), (1000, 1000), (300, 5), (300, 10), (300, 30), (300, 60), (1000, 200))
BIASES, SHARED = (0.0, 0.03, 0.05, 0.1, 0.2), 0.5

Floats = NDArray[np.float64]


def board(random: np.random.Generator, shape: tuple[int, int], bias: float) -> tuple[Floats, Floats, list[str]]:
    """Confidences, right and wrong, and clusters."""
    n, count = shape
    confidence, source = random.uniform(0.3, 0.95, n), np.arange(n) % count
    luck = np.where(random.random(n) < SHARED, random.random(count)[source], random.random(n))
    return confidence, (luck < confidence - bias).astype(np.float64), [str(one) for one in source]


def bca(confidence: Floats, correct: Floats, clusters: list[str]) -> tuple[float, float]:
    """The interval that ours stands beside."""

    def error(rows: NDArray[np.intp]) -> float:
        gaps = np.bincount(mass_index(confidence[rows]), weights=correct[rows] - confidence[rows])
        return float(np.abs(gaps).sum() / len(rows))

    found = cluster_bootstrap(error, clusters)
    return found[1] if found else (math.nan, math.nan)


def held(random: np.random.Generator, shape: tuple[int, int], bias: float) -> tuple[float, float, float, float]:
    """The mean error, how often our interval holds the truth, its mean width, and how often BCa's holds it."""
    errors, ours, widths, beside = [], [], [], []
    for number in range(BOARDS):
        made = board(random, shape, bias)
        found = calibrate(*made)
        assert found is not None
        assert found.interval is not None
        errors.append(found.ece)
        ours.append(found.interval[0] <= bias <= found.interval[1])
        widths.append(found.interval[1] - found.interval[0])
        if number < BESIDE:
            low, high = bca(*made)
            beside.append(low <= bias <= high)
    return float(np.mean(errors)), float(np.mean(ours)), float(np.mean(widths)), float(np.mean(beside))


def main() -> int:
    """Print the table; 1 where a bound is missed."""
    random = np.random.default_rng(SEED)
    print(f"{BOARDS} boards each (BCa: {BESIDE}), binomial error {math.sqrt(0.95 * 0.05 / BOARDS):.3f}")
    print("     n  clusters   bias   mean error   ours holds   mean width   BCa holds")
    alone, clustered = [], []
    for shape in SHAPES:
        for bias in BIASES:
            error, ours, width, beside = held(random, shape, bias)
            print(f"{shape[0]:>6}{shape[1]:>10}{bias:>7.2f}{error:>13.3f}{ours:>13.3f}{width:>13.3f}{beside:>12.2f}",
                  flush=True)
            (alone if shape[0] == shape[1] else clustered).append(ours)
    print(f"on average over answers alone {np.mean(alone):.3f}, over clusters {np.mean(clustered):.3f} (bound {BOUND})")
    return int(min(np.mean(alone), np.mean(clustered)) < BOUND)


if __name__ == "__main__":
    sys.exit(main())
