"""How often the intervals over formats hold the truth, beside the interval of a score from one format.

Boards of P formats and n items with known variances: the score of a format and an item is one half, plus an effect of
the format, one of the item and a rest (fractions: Gaussian; right or wrong: a coin whose chance is one half plus
both effects, drawn evenly, so that no chance leaves 0 to 1). Three intervals are held against what is true of formats
and items that were not drawn: the mean over formats, the spread of the drawn formats' true means, and one format's
own mean with the usual error over items, taken for what another format would give. Nominal is .95. Bounds: the mean
holds on average at least .93, the spread never less than .95 minus three binomial errors. Exit code 1 where one is
missed.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

from commons.stats.prompt import prompt_spread

SEED = 20261123
BOARDS = 1_000
MEAN_BOUND, NOMINAL = 0.93, 0.95
SHAPES = ((4, 60), (10, 60), (10, 300))
EFFECTS = (0.0, 0.03, 0.08)
ITEM, REST = 0.2, 0.2

Floats = NDArray[np.float64]


def board(random: np.random.Generator, kind: str, shape: tuple[int, int], effect: float) -> tuple[Floats, Floats]:
    """Scores (formats, items), and the formats' true effects."""
    formats, items = shape
    if kind == "fractions":
        effects, eases = random.normal(0, effect, formats), random.normal(0, ITEM, items)
        return 0.5 + effects[:, None] + eases + random.normal(0, REST, shape), effects
    half = math.sqrt(3)
    effects = random.uniform(-half, half, formats) * effect
    eases = random.uniform(-half, half, items) * (0.5 / half - effect)
    return (random.random(shape) < 0.5 + effects[:, None] + eases).astype(np.float64), effects


def held(random: np.random.Generator, kind: str, shape: tuple[int, int], effect: float) -> tuple[float, ...]:
    """How often each interval held the truth, and the mean estimate of the formats' standard deviation."""
    own = [str(one) for one in range(shape[1])]
    found = np.zeros((BOARDS, 4))
    for row in found:
        scores, effects = board(random, kind, shape, effect)
        one = prompt_spread(scores, own)
        first = scores[0]
        low, high = one.interval or (math.nan, math.nan)
        bottom, top = one.spread_interval or (math.nan, math.nan)
        row[:] = (low <= 0.5 <= high, bottom <= np.ptp(effects) <= top,
                  abs(first.mean() - 0.5) <= 1.96 * first.std(ddof=1) / math.sqrt(first.size), one.components.prompt)
    mean, spread, alone, variance = found.mean(axis=0)
    return float(mean), float(spread), float(alone), math.sqrt(variance)


def main() -> int:
    """Print the table; return the exit code."""
    random = np.random.default_rng(SEED)
    error = math.sqrt(NOMINAL * (1 - NOMINAL) / BOARDS)
    print(f"{BOARDS:,} boards each, binomial error {error:.4f}; nominal {NOMINAL}")
    print("scores       formats  items  sd of formats    mean  spread  one format's  sd found")
    means, spreads = [], []
    for kind in ("fractions", "right/wrong"):
        for shape in SHAPES:
            for effect in EFFECTS:
                mean, spread, alone, sd = held(random, kind, shape, effect)
                means.append(mean)
                spreads.append(spread)
                print(f"{kind:<12} {shape[0]:>7}  {shape[1]:>5}  {effect:>13.3f}  {mean:>6.3f}  {spread:>6.3f}  "
                      f"{alone:>12.3f}  {sd:>8.3f}")
    average, least = float(np.mean(means)), min(spreads)
    print(f"mean: {average:.3f} on average (bound {MEAN_BOUND}), from {min(means):.3f}; "
          f"spread: {least:.3f} at the least (bound {NOMINAL - 3 * error:.3f})")
    return int(average < MEAN_BOUND or least < NOMINAL - 3 * error)


if __name__ == "__main__":
    sys.exit(main())
