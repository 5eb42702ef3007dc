"""The saturation index on the simulation of the reference, and how often frontiers meet the rule of saturation.

Five models a tenth of a logit apart, 2PL with slope 1.3 and four options. The first table prints what the reference
has beside what is found here, each a mean over 40 replicates; nominal is the reference within three standard errors of
the difference of two such means, and half a digit of its rounding. The diagnosis that most replicates get must be the
expected one. The second table is about frontiers at the ceiling: the index that endless draws of such items would
give, how often its 95% interval lies above or below that (nominal 2.5% each), and how often one refresh meets the rule
by the index, as LIFECYCLE.md has it, or would meet it by the lower end of the interval.
Exits with 1 where a mean or a diagnosis is not the expected one, or an interval misses more than 5% and its error.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.intervals import wilson
from commons.stats.saturation.diagnosis import Evidence, Name, diagnose, meets_saturation
from commons.stats.saturation.frontier import frontier
from commons.stats.saturation.headroom import Scale
from commons.stats.saturation.index import Index, saturation_index, telling_clusters
from commons.stats.saturation.policy import SATURATED_INDEX
from commons.stats.saturation.separability import separability

SEED, REPLICATES, FRONTIERS = 20261123, 40, 200
SLOPE, CHANCE = 1.3, 0.25
SPREAD = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
#: Items that stand for endless draws, and errors that are allowed for.
ENDLESS, ERRORS = 200_000, 3.0
TOLD = ("top", "H", "rho", "S_pool", "Q p", "D")
EITHER = {Name.HEALTHY, Name.UNDERPOWERED}


@dataclass(frozen=True)
class Setting:
    """One row of the reference: ability, items, wrong keys, its means in the order of TOLD, and the right diagnoses."""

    ability: float
    items: int
    wrong: float
    reference: tuple[float, ...]
    right: frozenset[Name]


def setting(ability: float, items: int, wrong: float, reference: tuple[float, ...], *right: Name) -> Setting:
    """A row."""
    return Setting(ability, items, wrong, reference, frozenset(right))


SETTINGS = (
    setting(0, 1000, 0, (0.700, 0.400, 0.77, 0.14, 0.016, 0.25), *EITHER),
    setting(0, 5000, 0, (0.698, 0.403, 0.95, 0.03, 0.000, 0.73), Name.HEALTHY),
    setting(2, 1000, 0, (0.944, 0.075, 0.59, 0.38, 0.096, 0.12), Name.UNDERPOWERED),
    setting(2, 5000, 0, (0.943, 0.076, 0.91, 0.08, 0.000, 0.55), Name.HEALTHY),
    setting(4, 1000, 0, (0.996, 0.005, 0.16, 0.84, 0.46, 0.0), Name.SATURATING),
    setting(4, 1000, 0.06, (0.935, 0.009, 0.23, 0.77, 0.40, 0.01), Name.SATURATING),
    setting(-6, 1000, 0, (0.270, 0.973, 0.18, 0.02, 0.45, 0.01), Name.FLOOR),
)
#: Half of the last digit that the reference prints.
ROUNDING = (0.0005, 0.0005, 0.005, 0.005, 0.005, 0.005)


def chances(abilities: NDArray[np.float64], items: int, random: np.random.Generator) -> NDArray[np.float64]:
    """How likely each model is right on each of fresh items."""
    difficulty = random.normal(size=items)
    return CHANCE + (1 - CHANCE) / (1 + np.exp(-SLOPE * (abilities[:, None] - difficulty)))


def measure(
    right: NDArray[np.float64], ceiling: float, random: np.random.Generator
) -> tuple[tuple[float, ...], Evidence, Index]:
    """One replicate: what is told of it, the evidence, and the index."""
    scores = (random.random(right.shape) < right).astype(np.float64)
    scores = scores[list(frontier(scores, [str(row) for row in range(len(scores))]))]
    clusters, items = np.arange(scores.shape[1]), scores.shape[1]
    ends = wilson(float(scores[0].sum()), items)
    found = saturation_index(scores, clusters, Scale(CHANCE, ceiling), ends[0])
    apart = separability(scores, clusters)
    evidence = Evidence(len(scores), found.reliability, apart.omnibus, found.headroom, found.value, found.interval,
                        (ends[0] - CHANCE, ends[1] - CHANCE), found.headroom_most,
                        telling=telling_clusters(scores, clusters))
    told = (float(scores[0].mean()), found.headroom, found.reliability, found.value, apart.omnibus, apart.share)
    return told, evidence, found


def table(random: np.random.Generator) -> bool:
    """Print the reference's table; whether all is within its bounds."""
    print(f"{'ability':>7} {'items':>5} {'wrong':>5}  " + "  ".join(f"{name:>22}" for name in TOLD) + "  diagnoses")
    good = True
    for row in SETTINGS:
        told, names = [], Counter[Name]()
        for _ in range(REPLICATES):
            right = chances(row.ability + SPREAD, row.items, random)
            if row.wrong:
                keyed = random.random(row.items) < row.wrong
                right[:, keyed] = (1 - right[:, keyed]) / 3
            values, evidence, _ = measure(right, 1 - row.wrong, random)
            told.append(values)
            names[diagnose(evidence).name] += 1
        means, errors = np.mean(told, axis=0), np.std(told, axis=0, ddof=1) / math.sqrt(REPLICATES)
        pairs = len(SPREAD) * (len(SPREAD) - 1) / 2 * REPLICATES
        share = (means[-1] + row.reference[-1]) / 2
        # Where no pair of ours is separated, the error is that of so rare a thing and not 0.
        errors[-1] = max(errors[-1], math.sqrt(share * (1 - share) / pairs))
        near = np.abs(means - row.reference) <= ERRORS * math.sqrt(2) * errors + ROUNDING
        expected = names.most_common(1)[0][0] in row.right
        good = good and bool(near.all()) and expected
        shown = "  ".join(f"{mean:.3f}±{error:.3f} ({wanted:g}){' ' if ok else '!'}".rjust(22)
                          for mean, error, wanted, ok in zip(means, errors, row.reference, near, strict=True))
        counted = ", ".join(f"{name.value} {count}" for name, count in names.most_common())
        print(f"{row.ability:>7g} {row.items:>5} {row.wrong:>5.0%}  {shown}  {counted}{'' if expected else ' !'}")
    print(f"mean±its error (reference); {REPLICATES} replicates each; ! where it is further away than chance allows")
    return good


def endless(abilities: NDArray[np.float64], items: int, random: np.random.Generator) -> float:
    """The index that so many items would have if the mean squares were their expected values."""
    right = chances(abilities, ENDLESS, random)
    means = right.mean(axis=1)
    centred = right - means[:, None] - right.mean(axis=0) + right.mean()
    noise = float((right * (1 - right)).mean()) + float((centred**2).sum()) / ((len(abilities) - 1) * ENDLESS)
    between = items * float(means.var(ddof=1))
    return float(means.max() - CHANCE) / (1 - CHANCE) * noise / (noise + between)


def rule(random: np.random.Generator) -> bool:
    """Print how frontiers at the ceiling meet the rule; whether the intervals hold what they say."""
    heads = f"{'true S':>6}  {'interval above':>14}  {'below':>6}  {'by the index':>12}  {'by the lower end':>16}"
    print(f"\n{'ability':>7} {'apart':>5} {'items':>5}  {heads}  {'no interval':>11}")
    good = True
    for ability, apart, items in ((0, 0.1, 1000), (2, 0.1, 1000), (4, 0, 1000), (4, 0.1, 1000), (4, 0.3, 1000),
                                  (4, 0.5, 1000), (4, 0.8, 1000), (4, 0.3, 100)):
        abilities = ability + apart * np.arange(5)
        truth = endless(abilities, items, random)
        counts = np.zeros(5)
        for _ in range(FRONTIERS):
            _, evidence, found = measure(chances(abilities, items, random), 1.0, random)
            low, high = found.interval or (0.0, 1.0)
            counts += [low > truth, high < truth, meets_saturation(evidence), low >= SATURATED_INDEX,
                       found.interval is None]
        shares = counts / FRONTIERS
        missed = shares[0] + shares[1]
        bad = missed > 0.05 + ERRORS * math.sqrt(0.05 * 0.95 / FRONTIERS)
        good = good and not bad
        print(f"{ability:>7g} {apart:>5g} {items:>5}  {truth:>6.2f}  {shares[0]:>14.1%}  {shares[1]:>6.1%}  "
              f"{shares[2]:>12.1%}  {shares[3]:>16.1%}  {shares[4]:>11.1%}{' !' if bad else ''}")
    print(f"{FRONTIERS} frontiers each; a task is called saturated only where two refreshes in a row meet the rule")
    return good


def main() -> int:
    """Print both tables."""
    random = np.random.default_rng(SEED)
    results = [table(random), rule(random)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
