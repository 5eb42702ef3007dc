"""All pairs of 300 models on one task: ours as one matrix, beside statsmodels pair by pair, in one run.

For right or wrong items (McNemar, exact), for the same in 20 clusters and for fractions (clustered errors). statsmodels
is asked for a random part of the pairs, and its time is scaled to all of them; its p-values and standard errors must
equal ours. Times are the processor's, for both, so that neighbours on the machine count less. The budget of 1,000 tasks
in 60 s leaves 60 ms for everything a task needs. Exit code 1 where a number differs or a task takes more than that.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import statsmodels.api
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import mcnemar

from commons.stats.all_pairs import all_pairs

SEED = 20241121
MODELS, ITEMS, CLUSTERS, ASKED, ROUNDS = 300, 100, 20, 150, 20
BUDGET = 0.060


def board(kind: str, random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """A matrix of (models, items) and the items' clusters."""
    strength, ease = random.normal(0, 1, (MODELS, 1)), random.normal(0, 1, (1, ITEMS))
    chance = 1 / (1 + np.exp(-(strength + ease)))
    scores = chance * random.random((MODELS, ITEMS)) if kind == "fractions" else (
        random.random((MODELS, ITEMS)) < chance).astype(float)
    index = np.arange(ITEMS) if kind == "right or wrong" else np.repeat(np.arange(CLUSTERS), ITEMS // CLUSTERS)
    return scores, index


def theirs(one: NDArray[np.float64], other: NDArray[np.float64], index: NDArray[np.intp], exact: bool) -> float:
    """McNemar's exact p-value, or the clustered standard error of the difference, by statsmodels."""
    if exact:
        table = [[0, int((one > other).sum())], [int((one < other).sum()), 0]]
        return float(mcnemar(table, exact=True).pvalue)
    fit = statsmodels.api.OLS(one - other, np.ones(ITEMS)).fit(cov_type="cluster", cov_kwds={"groups": index})
    return float(fit.bse[0])


def main() -> int:
    """Measure and print."""
    random = np.random.default_rng(SEED)
    pairs = MODELS * (MODELS - 1) // 2
    print(f"{MODELS} models, {pairs:,} pairs, {ITEMS} items; statsmodels on {ASKED} pairs, scaled")
    worst, slowest = 0.0, 0.0
    for kind in ("right or wrong", "right or wrong, clustered", "fractions"):
        scores, index = board(kind, random)
        all_pairs(scores, index)
        start = time.process_time()
        for _ in range(ROUNDS):
            found = all_pairs(scores, index)
        ours = (time.process_time() - start) / ROUNDS
        chosen = [tuple(random.choice(MODELS, 2, replace=False)) for _ in range(ASKED)]
        start = time.process_time()
        known = [theirs(scores[one], scores[other], index, found.exact) for one, other in chosen]
        scaled = (time.process_time() - start) / ASKED * pairs
        values = found.p if found.exact else found.stderr
        distance = max(abs(values[pair] - value) for pair, value in zip(chosen, known, strict=True))
        worst, slowest = max(worst, distance), max(slowest, ours)
        print(f"{kind:<28} ours {1000 * ours:>6.1f} ms a task, statsmodels {scaled:>6.1f} s, x {scaled / ours:>7,.0f}; "
              f"largest distance {distance:.1e}")
    print(f"1,000 tasks: {1000 * slowest:.0f} s at the slowest (bound {1000 * BUDGET:.0f} s)")
    return 1 if worst > 1e-9 or slowest > BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())
