"""How often the 95% interval of a calibration error holds the true error, beside a BCa bootstrap of the same clusters.

Boards of n answers with confidences uniform over .30 to .95 that are right with that probability less a bias, so that
the true error is the bias; alone, or in clusters of five whose answers are right or wrong together. The error of few
answers is too high on average, so that any interval around it struggles where the bias is small. Nominal is .95;
bound: .90 on average over the boards of single items. Boards of clusters are shown and not bound: the error that
calibrated answers would show is drawn as if items were independent. Exit code 1 where the bound is missed.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

from commons.stats.dimensions.calibration import calibrate, mass_index
from commons.stats.intervals import cluster_bootstrap

SEED = 20241121
BOARDS, BESIDE = 100, 25
BOUND = 0.90
SIZES, BIASES, CLUSTER = (300, 1000), (0.0, 0.03, 0.05, 0.1, 0.2), 5

Floats = NDArray[np.float64]


def board(random: np.random.Generator, n: int, bias: float, size: int) -> tuple[Floats, Floats, list[str]]:
    """Confidences, right and wrong, and clusters of ``size`` answers that are alike."""
    groups = n // size
    confidence = np.repeat(random.uniform(0.3, 0.95, groups), size)
    correct = np.repeat(random.random(groups), size) < confidence - bias
    return confidence, correct.astype(np.float64), [str(one // size) for one in range(groups * size)]


def bca(confidence: Floats, correct: Floats, clusters: list[str]) -> tuple[float, float]:
    """The interval that ours stands beside."""

    def error(rows: NDArray[np.intp]) -> float:
        gaps = np.bincount(mass_index(confidence[rows]), weights=correct[rows] - confidence[rows])
        return float(np.abs(gaps).sum() / len(rows))

    found = cluster_bootstrap(error, clusters)
    return found[1] if found else (math.nan, math.nan)


def main() -> int:
    """Print the table; 1 where the bound is missed."""
    random = np.random.default_rng(SEED)
    print(f"{BOARDS} boards each (BCa: {BESIDE}), binomial error {math.sqrt(0.95 * 0.05 / BOARDS):.3f}")
    print("     n  cluster   bias   mean error   ours holds   BCa holds")
    alone = []
    for size in (1, CLUSTER):
        for n in SIZES:
            for bias in BIASES:
                errors, ours, beside = [], [], []
                for number in range(BOARDS):
                    made = board(random, n, bias, size)
                    found = calibrate(*made)
                    assert found is not None
                    assert found.interval is not None
                    errors.append(found.ece)
                    ours.append(found.interval[0] <= bias <= found.interval[1])
                    if number < BESIDE:
                        low, high = bca(*made)
                        beside.append(low <= bias <= high)
                print(f"{n:>6}{size:>9}{bias:>7.2f}{np.mean(errors):>13.3f}{np.mean(ours):>13.3f}"
                      f"{np.mean(beside):>12.3f}", flush=True)
                alone += [float(np.mean(ours))] * (size == 1)
    print(f"on average over single items {np.mean(alone):.3f} (bound {BOUND})")
    return int(np.mean(alone) < BOUND)


if __name__ == "__main__":
    sys.exit(main())
