"""How often the intervals over formats hold the truth, beside the interval of a score from one format.

Boards of P formats and n items with known variances: the score of a format and an item is one half, plus an effect of
the format, one of the item and a rest (fractions: Gaussian; right or wrong: a coin whose chance is one half plus
both effects, drawn evenly, so that no chance leaves 0 to 1); in some boards items come in clusters of one effect. Four
intervals are held against what is true of formats and items that were not drawn: the mean over formats, the spread of
the drawn formats' true means, the first format less the mean of others, and one format's own mean with the usual error
over items, taken for what another format would give. Nominal is .95. Bounds: the mean and the difference hold on
average at least .93, the spread never less than .95 minus three binomial errors. Exit code 1 where one is missed.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

from commons.stats.prompt import prompt_spread

SEED = 20261123
BOARDS = 250
MEAN_BOUND, NOMINAL = 0.93, 0.95
#: Formats, items, clusters.
SHAPES = ((4, 60, 60), (10, 60, 60), (10, 300, 300), (4, 60, 2), (10, 60, 6))
EFFECTS = (0.0, 0.03, 0.08)
ITEM, REST = 0.2, 0.2

Floats = NDArray[np.float64]


def board(random: np.random.Generator, kind: str, shape: tuple[int, int, int], effect: float) -> tuple[Floats, Floats]:
    """Scores (formats, items), and the formats' true effects."""
    formats, items, clusters = shape
    source = np.arange(items) % clusters
    if kind == "fractions":
        effects, eases = random.normal(0, effect, formats), random.normal(0, ITEM, clusters)[source]
        return 0.5 + effects[:, None] + eases + random.normal(0, REST, (formats, items)), effects
    half = math.sqrt(3)
    effects = random.uniform(-half, half, formats) * effect
    eases = random.uniform(-half, half, clusters)[source] * (0.5 / half - effect)
    return (random.random((formats, items)) < 0.5 + effects[:, None] + eases).astype(np.float64), effects


def held(random: np.random.Generator, kind: str, shape: tuple[int, int, int], effect: float) -> tuple[float, ...]:
    """How often each interval held the truth, and the mean estimate of the formats' standard deviation."""
    clusters = [str(one % shape[2]) for one in range(shape[1])]
    found = np.zeros((BOARDS, 5))
    for row in found:
        scores, effects = board(random, kind, shape, effect)
        one = prompt_spread(scores, clusters)
        first = scores[0]
        low, high = one.interval or (math.nan, math.nan)
        bottom, top = one.spread_interval or (math.nan, math.nan)
        assert one.apart is not None
        under, over = one.apart.interval or (math.nan, math.nan)
        row[:] = (low <= 0.5 <= high, bottom <= np.ptp(effects) <= top, under <= effects[0] <= over,
                  abs(first.mean() - 0.5) <= 1.96 * first.std(ddof=1) / math.sqrt(first.size), one.components.prompt)
    mean, spread, apart, alone, variance = found.mean(axis=0)
    return float(mean), float(spread), float(apart), float(alone), math.sqrt(variance)


def main() -> int:
    """Print the table; return the exit code."""
    random = np.random.default_rng(SEED)
    error = math.sqrt(NOMINAL * (1 - NOMINAL) / BOARDS)
    print(f"{BOARDS:,} boards each, binomial error {error:.4f}; nominal {NOMINAL}")
    print("scores       formats  items  clusters  sd of formats    mean  spread  difference  one format's  sd found")
    means, spreads, differences = [], [], []
    for kind in ("fractions", "right/wrong"):
        for shape in SHAPES:
            for effect in EFFECTS:
                mean, spread, apart, alone, sd = held(random, kind, shape, effect)
                means.append(mean)
                spreads.append(spread)
                differences.append(apart)
                print(f"{kind:<12} {shape[0]:>7}  {shape[1]:>5}  {shape[2]:>8}  {effect:>13.3f}  {mean:>6.3f}  "
                      f"{spread:>6.3f}  {apart:>10.3f}  {alone:>12.3f}  {sd:>8.3f}", flush=True)
    average, difference, least = float(np.mean(means)), float(np.mean(differences)), min(spreads)
    print(f"mean: {average:.3f} on average (bound {MEAN_BOUND}), from {min(means):.3f}; difference: {difference:.3f} "
          f"on average (bound {MEAN_BOUND}), from {min(differences):.3f}; spread: {least:.3f} at the least "
          f"(bound {NOMINAL - 3 * error:.3f})")
    return int(min(average, difference) < MEAN_BOUND or least < NOMINAL - 3 * error)


if __name__ == "__main__":
    sys.exit(main())
