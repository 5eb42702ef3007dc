"""How often 95% intervals hold the truth: Wilson beside its own exact coverage, clustered intervals beside a bootstrap.

Wilson: for each n and p the exact coverage is a sum of binomial probabilities; observed is the share of simulated
boards whose interval, made from the rows as for a cell, holds p. Bound: within .005 of each other.

Clustered: G clusters of one size (5 items) or of sizes 1, 2, 3, 5, 14 in turn; right or wrong items whose clusters'
rates are beta distributed, and fractions of a Gaussian copula (uniform, and cubed, which is skewed), with intraclass
correlations .1, .3 and .6. Nominal is .95; bound: .93 on average over all of them. Beside it stands the BCa bootstrap
of whole clusters, which is why it is used only for items of their own. Further tables, which are not judged: fractions,
numbers that are no item mean, medians, differences of perplexities, one cluster with most items, and means over tasks.
Exit code 1 where a bound is missed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.across.weighted import Piece, weighted_interval
from commons.stats.aggregate import Statistic, aggregate
from commons.stats.clustered import clustered_mean
from commons.stats.differences import difference_of_statistics
from commons.stats.intervals import bootstrap_mean
from commons.stats.macro import Member, macro_mean
from commons.stats.summary import summarise

SEED = 20241120
BOARDS = 100_000
CLUSTERED_BOARDS = 1_000
BOOTSTRAP_BOARDS = 300
WILSON_BOUND, CLUSTERED_BOUND = 0.005, 0.93
SIZES = (20, 30, 50, 100, 200, 500, 1000)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
CLUSTERS, CORRELATIONS = (5, 10, 20, 50), (0.1, 0.3, 0.6)
UNEQUAL = (1, 2, 3, 5, 14)
KINDS = {"right .6": 0.6, "right .9": 0.9, "uniform": 0.5, "skewed": 0.25}

Floats = NDArray[np.float64]


def wilson_table(random: np.random.Generator) -> float:
    """Print exact and observed coverage; return the largest distance."""
    error = math.sqrt(0.95 * 0.05 / BOARDS)
    print(f"Wilson, {BOARDS:,} boards each, binomial error {error:.4f}: exact / observed coverage of 95% intervals")
    print("     n" + "".join(f"     p = {p:<6}" for p in SHARES))
    largest = 0.0
    for n in SIZES:
        own = [str(one) for one in range(n)]
        made = [summarise("mean", [1.0] * k + [0.0] * (n - k), own).interval for k in range(n + 1)]
        ends = np.array([one or (math.nan, math.nan) for one in made])
        line = f"{n:>6}"
        for p in SHARES:
            holds = (ends[:, 0] <= p) & (p <= ends[:, 1])
            exact = float(stats.binom.pmf(np.arange(n + 1), n, p)[holds].sum())
            observed = float(holds[random.binomial(n, p, BOARDS)].mean())
            largest = max(largest, abs(exact - observed))
            line += f"  {exact:.4f}/{observed:.4f}"
        print(line)
    print(f"largest distance {largest:.4f} (bound {WILSON_BOUND})\n")
    return largest


def boards(
    kind: str, sizes: NDArray[np.intp], correlation: float, count: int, random: np.random.Generator
) -> Floats:
    """Scores of ``count`` boards, an array of (boards, items)."""
    index = np.repeat(np.arange(sizes.size), sizes)
    mean = KINDS[kind]
    if kind.startswith("right"):
        total = 1 / correlation - 1
        rates = random.beta(mean * total, (1 - mean) * total, (count, sizes.size))
        return (random.random((count, index.size)) < rates[:, index]).astype(float)
    shared = random.standard_normal((count, sizes.size))[:, index]
    normal = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * random.standard_normal((count, index.size))
    uniform = stats.norm.cdf(normal)
    return np.asarray(uniform if kind == "uniform" else uniform**3)


def clustered_table(random: np.random.Generator) -> float:
    """Print coverage by kind, clusters, sizes and correlation; return the average of ours."""
    error = math.sqrt(0.95 * 0.05 / CLUSTERED_BOARDS)
    print(f"Clustered, {CLUSTERED_BOARDS:,} boards each, binomial error {error:.3f}; "
          f"BCa beside it {BOOTSTRAP_BOARDS} boards, error {math.sqrt(0.95 * 0.05 / BOOTSTRAP_BOARDS):.3f}")
    print(f"{'scores':<10}{'G':>4}  {'sizes':<9}" + "".join(f"  ICC {one}: ours   BCa" for one in CORRELATIONS))
    figures: list[float] = []
    for kind, mean in KINDS.items():
        for count in CLUSTERS:
            for name in ("equal", "unequal"):
                sizes = np.full(count, 5) if name == "equal" else np.resize(UNEQUAL, count)
                clusters = [str(one) for one in np.repeat(np.arange(count), sizes)]
                line = f"{kind:<10}{count:>4}  {name:<9}"
                for correlation in CORRELATIONS:
                    scores = boards(kind, sizes, correlation, CLUSTERED_BOARDS, random)
                    ours = held(mean, [summarise("mean", one.tolist(), clusters).interval for one in scores])
                    drawn = (bootstrap_mean(one, clusters) for one in scores[:BOOTSTRAP_BOARDS])
                    bca = held(mean, [None if one is None else one[1] for one in drawn])
                    figures.append(ours)
                    line += f"       {ours:.3f} {bca:.3f}"
                print(line, flush=True)
    average = sum(figures) / len(figures)
    low = sum(one < CLUSTERED_BOUND for one in figures)
    print(f"average {average:.4f} (bound {CLUSTERED_BOUND}), lowest {min(figures):.3f}, "
          f"{low} of {len(figures)} below {CLUSTERED_BOUND}\n")
    return average


def held(truth: float, intervals: list[tuple[float, float] | None]) -> float:
    """The share of intervals that hold the truth; where there is none, it does not."""
    return sum(one is not None and one[0] <= truth <= one[1] for one in intervals) / len(intervals)


def own_table(random: np.random.Generator) -> None:
    """Print the coverage of fractions of items that share no source: Student's t below 50 items, then BCa."""
    print(f"Fractions of items of their own, {CLUSTERED_BOARDS:,} boards each")
    for n in (10, 20, 49, 50, 100, 300):
        names = [str(one) for one in range(n)]
        for kind in ("uniform", "skewed"):
            scores = boards(kind, np.ones(n, dtype=np.intp), 0.5, CLUSTERED_BOARDS, random)
            made = [summarise("mean", one.tolist(), names) for one in scores]
            share = held(KINDS[kind], [one.interval for one in made])
            print(f"  {kind:<8} n = {n:>3}: {share:.3f}  ({made[0].method})", flush=True)


def ratio_table(random: np.random.Generator) -> None:
    """Print the coverage of a number that is no item mean: bits per byte, by the jackknife below 50 clusters."""
    count = BOOTSTRAP_BOARDS
    print(f"Bits per byte (no item mean), {count} boards each, error {math.sqrt(0.95 * 0.05 / count):.3f}")
    for clusters in (5, 10, 20, 49):
        held_here = 0
        names = [str(one) for one in np.repeat(np.arange(clusters), 4)]
        for _ in range(count):
            weights = random.integers(20, 400, clusters * 4).astype(float)
            rate = np.repeat(random.gamma(8, 1 / 8, clusters), 4) * random.gamma(8, 1 / 8, clusters * 4)
            made = summarise("bits_per_byte", [(-float(r * w), float(w)) for r, w in zip(rate, weights, strict=True)],
                             names)
            truth = aggregate("bits_per_byte", [(-1.0, 1.0)])
            held_here += made.interval is not None and made.interval[0] <= truth <= made.interval[1]
        print(f"  {clusters:>3} clusters of 4: {held_here / count:.3f}  ({made.method})", flush=True)


def own_names(count: int) -> list[str]:
    """Items that share nothing."""
    return [str(one) for one in range(count)]


def few_table(random: np.random.Generator) -> None:
    """Print the coverage of medians, of differences of perplexities and of means that one cluster rules."""
    for n in (6, 10, 20, 40, 100):
        made = [summarise("median", random.exponential(1, n).tolist(), own_names(n)).interval
                for _ in range(CLUSTERED_BOARDS)]
        print(f"  median of {n:>3} skewed items: {held(math.log(2), made):.3f}", flush=True)
    for n in (3, 5, 10, 20):
        apart = []
        for _ in range(BOOTSTRAP_BOARDS):
            shared = random.normal(-2, 0.5, n)
            sides = [[(float(one),) for one in shared + random.normal(0, 0.3, n)] for _ in range(2)]
            apart.append(difference_of_statistics(perplexity, sides[0], sides[1], own_names(n), draws=9).interval)
        print(f"  difference of perplexities, {n:>2} items: {held(0.0, apart):.3f}", flush=True)
    for sizes in ((99, 1), (90, 1, 1), (60, 10, 10, 10, 10)):
        index = np.repeat(np.arange(len(sizes)), sizes)
        names, holds = [str(one) for one in index], 0
        for _ in range(CLUSTERED_BOARDS):
            values = random.normal(0, 0.2, len(sizes))[index] + random.normal(0, 0.2, index.size)
            found = clustered_mean(values, names)
            holds += found is not None and abs(float(values.mean())) <= found.critical() * found.stderr
        print(f"  clusters of {sizes}: {holds / CLUSTERED_BOARDS:.3f}", flush=True)


def perplexity(statistics: Sequence[Statistic]) -> float:
    """The harness's perplexity."""
    return aggregate("perplexity", statistics)


def tasks_table(random: np.random.Generator) -> None:
    """Print the coverage of means over tasks: of few clusters each, and of right-or-wrong items near the bounds."""
    for tasks, clusters in ((2, 2), (2, 3), (3, 4), (4, 2)):
        holds, names = 0, [str(one // 10) for one in range(clusters * 10)]
        for _ in range(CLUSTERED_BOARDS):
            members = []
            for _ in range(tasks):
                values = np.repeat(random.normal(0, 0.2, clusters), 10) + random.normal(0, 0.3, clusters * 10)
                found = clustered_mean(values, names)
                members.append(found and Member(float(values.mean()), found.stderr, values.size, found.freedom))
            low, high = macro_mean(members).interval
            holds += low <= 0 <= high
        print(f"  mean of {tasks} tasks of {clusters} clusters: {holds / CLUSTERED_BOARDS:.3f}", flush=True)
    for tasks, n, share in ((3, 5, 0.86), (3, 10, 0.95), (6, 20, 0.97), (20, 5, 0.86), (57, 20, 0.97), (57, 5, 0.97)):
        made = [summarise("mean", [1.0] * k + [0.0] * (n - k), own_names(n)) for k in range(n + 1)]
        pieces = [Piece(one.value, one.stderr or half(one.interval), math.inf, n, (0.0, 1.0)) for one in made]
        ends = [weighted_interval([pieces[k] for k in drawn], [1.0] * tasks)[0]
                for drawn in random.binomial(n, share, (CLUSTERED_BOARDS, tasks))]
        print(f"  suite of {tasks} tasks of {n} items at {share}: {held(share, list(ends)):.3f}", flush=True)


def half(interval: tuple[float, float] | None) -> float:
    """The standard error that half a 95% interval stands for."""
    return (interval[1] - interval[0]) / 2 / float(stats.norm.ppf(0.975)) if interval else math.nan


def main() -> int:
    """Measure and print."""
    random = np.random.default_rng(SEED)
    far = wilson_table(random)
    average = clustered_table(random)
    own_table(random)
    ratio_table(random)
    few_table(random)
    tasks_table(random)
    return 1 if far > WILSON_BOUND or average < CLUSTERED_BOUND else 0


if __name__ == "__main__":
    sys.exit(main())
