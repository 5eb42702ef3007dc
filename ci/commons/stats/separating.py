"""What a comparison can show, and how many items more would show what was seen.

Right or wrong items of their own are tested by McNemar's exact test, whose power is summed over what the items can do.
For other scores it is Miller's formula, turned both ways: Miller (2024), arXiv 2411.00640, section 5. "Shows" is
always: four times in five, at the level ``alpha`` that the test is held against, two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.clustered import FEW_CLUSTERS
from commons.stats.power import QUANTILES

#: Beyond so many times the items that there are, a number of further items is an order of magnitude and no advice.
ABSURD = 1000

POWER = 0.8
ALPHA = 0.05

#: Beyond so many items the normal formula is used, which is there at most a twentieth below the exact answer.
_EXACT_ITEMS = 2000


def fewest_units(alpha: float = ALPHA) -> int:
    """The fewest items, or clusters, with which any exact paired test can have a p-value of ``alpha`` or less.

    All of G units favour one model with probability 2/2^G where nothing differs.

    >>> fewest_units(0.05), fewest_units(0.025)
    (6, 7)
    """
    return 1 + math.ceil(math.log2(1 / alpha) - 1e-12)


def pair_variance(omega: float, within_a: float = 0.0, within_b: float = 0.0, k_a: float = 1, k_b: float = 1) -> float:
    """omega^2 + sigma_A^2/K_A + sigma_B^2/K_B: the variance of one item's difference between two models.

    ``omega`` is the variance of the difference of what the models score on an item in the long run; ``within_a`` and
    ``within_b`` are the mean variances of one answer, of which K are given to each item.

    Raises:
        ValueError: a variance is negative or no answer is given.
    """
    if min(omega, within_a, within_b) < 0 or min(k_a, k_b) <= 0:
        raise ValueError("a variance below 0, or no answers")
    return omega + within_a / k_a + within_b / k_b


def items_needed(difference: float, variance: float, design_effect: float = 1.0, alpha: float = ALPHA) -> int:
    """How many items show a true ``difference``, by the normal formula.

    >>> items_needed(0.03, 1 / 9), items_needed(0.03, pair_variance(1 / 9, 1 / 6, 1 / 6, 10, 10))
    (969, 1260)

    Raises:
        ValueError: the difference is 0, which no number of items shows.
    """
    if difference == 0:
        raise ValueError("no number of items shows a difference of 0")
    # What rounding adds to a whole number is no further item.
    return math.ceil(quantiles(alpha) ** 2 * variance * design_effect / difference**2 - 1e-9)


def quantiles(alpha: float = ALPHA, freedom: float = math.inf) -> float:
    """The quantiles of test and power together, in standard errors: Student's where there is little ``freedom``."""
    if freedom < FEW_CLUSTERS:
        return float(stats.t.ppf(1 - alpha / 2, freedom) + stats.t.ppf(POWER, freedom))
    return QUANTILES if alpha == ALPHA else float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(POWER))


def paired_power(one: float, other: float, n: int, alpha: float = ALPHA) -> float:
    """How often McNemar's exact test of ``n`` items finds the first model ahead.

    ``one`` and ``other`` are the probabilities that an item is right for the first and for the second model alone.
    The number of items that tell the two apart is binomial, and so is, among these, the number that favour the first.

    >>> paired_power(1.0, 0.0, 5), paired_power(1.0, 0.0, 6)
    (0.0, 1.0)
    """
    apart = min(1.0, one + other)
    if n < 1 or apart <= 0:
        return 0.0
    counts = np.arange(1, n + 1)
    # The test finds it where more than this many of the items that tell the two apart favour the first.
    beyond = _critical_counts(alpha, n)
    found = stats.binom.sf(beyond, counts, min(1.0, one / apart))
    return float((stats.binom.pmf(counts, n, apart) * found).sum())


@lru_cache(maxsize=64)
def _critical_counts(alpha: float, n: int) -> NDArray[np.float64]:
    """The exact test's critical count for 1 to ``n`` items: kept, because every pair of models asks for it again."""
    counts: NDArray[np.float64] = stats.binom.isf(alpha / 2, np.arange(1, n + 1), 0.5)
    return counts


@lru_cache(maxsize=10_000)
def detectable_right(first_only: int, second_only: int, n: int, alpha: float = ALPHA) -> float | None:
    """The smallest true difference that right or wrong items of their own show, None where they show none.

    On the smaller of the two counts' share of the items each model is taken to be right alone by accident; what the
    better one has above that is the difference. Without such items it is the least that ``n`` items can show, however
    alike the models are.

    >>> detectable_right(0, 0, 5) is None, round(detectable_right(0, 0, 6), 3)
    (True, 0.963)
    """
    noise = min(first_only, second_only) / n
    if n > _EXACT_ITEMS:
        square = quantiles(alpha) ** 2
        return (square + math.sqrt(square**2 + 8 * noise * square * (n + square))) / (2 * (n + square))
    low, high = 0.0, 1.0 - 2 * noise
    if paired_power(noise + high, noise, n, alpha) < POWER:
        return None
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if paired_power(noise + middle, noise, n, alpha) >= POWER else (middle, high)
    return high


def detectable_mean(
    stderr: float | None, units: int, alpha: float = ALPHA, freedom: float | None = None
) -> float | None:
    """The smallest true difference that ``units`` items or clusters with this standard error show.

    ``freedom`` are the degrees of freedom of the standard error, one less than the units where nothing is given.
    Returns None where nothing is known of how they vary, or they are fewer than any test needs.
    """
    if not stderr or units < fewest_units(alpha):
        return None
    return quantiles(alpha, units - 1 if freedom is None else freedom) * stderr


@lru_cache(maxsize=10_000)
def more_right(first_only: int, second_only: int, n: int, alpha: float = ALPHA) -> int | None:
    """How many right or wrong items of their own more would show what was seen, were all like those that there are.

    0 says that there are enough already; None that no number can be named: the difference is 0, or what is needed is
    more than :data:`ABSURD` times what is there.

    >>> more_right(5, 0, 5), more_right(3, 3, 60)
    (1, None)
    """
    one, other = max(first_only, second_only) / n, min(first_only, second_only) / n
    if one == other:
        return None
    most = min(ABSURD * n, max(n, _EXACT_ITEMS))
    total = _smallest(lambda items: paired_power(one, other, items, alpha) >= POWER, n, most)
    if total is None:
        total = items_needed(one - other, one + other - (one - other) ** 2, alpha=alpha)
    return None if total > ABSURD * n else max(0, total - n)


def more_mean(
    difference: float, stderr: float | None, units: int, alpha: float = ALPHA, freedom: float | None = None
) -> int | None:
    """How many units (items, or clusters where they share sources) more would show a difference of the size observed.

    ``stderr`` is that of the difference over ``units`` of them and shrinks with their root; None says that all of them
    differ by the same, and then the fewest that a test needs are enough. 0 and None are as in :func:`more_right`.
    """
    if units <= 0 or difference == 0:
        return None
    fewest, known = max(units, fewest_units(alpha)), units - 1 if freedom is None else freedom
    if not stderr:
        return fewest - units

    def shown(total: int) -> bool:
        least = quantiles(alpha, known + total - units) * stderr * math.sqrt(units / total)
        return least <= abs(difference) * (1 + 1e-12)

    total = _smallest(shown, fewest, max(fewest, ABSURD * units))
    return None if total is None else total - units


def _smallest(enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """The smallest number from ``low`` to ``high`` that is enough, None where ``high`` is not; by halving."""
    if enough(low):
        return low
    above = low
    while not enough(above):
        if above >= high:
            return None
        low, above = above, min(high, 2 * above)
    while above - low > 1:
        middle = (low + above) // 2
        low, above = (low, middle) if enough(middle) else (middle, above)
    return above
