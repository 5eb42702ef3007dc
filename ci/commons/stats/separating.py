"""What a comparison can show, and how many items more would show what was seen: Miller's formula, turned both ways.

Plain arithmetic on a variance that the caller observed. Source: Miller (2024), arXiv 2411.00640, section 5.
"""

from __future__ import annotations

import math

from commons.stats.power import QUANTILES, best_case_difference

#: Beyond so many times the items that there are, a number of further items is an order of magnitude and no advice.
ABSURD = 1000


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


def items_needed(difference: float, variance: float, design_effect: float = 1.0) -> int:
    """How many items show a true ``difference`` with power .8 at alpha .05, two-sided.

    >>> items_needed(0.03, 1 / 9), items_needed(0.03, pair_variance(1 / 9, 1 / 6, 1 / 6, 10, 10))
    (969, 1260)

    Raises:
        ValueError: the difference is 0, which no number of items shows.
    """
    if difference == 0:
        raise ValueError("no number of items shows a difference of 0")
    # What rounding adds to a whole number is no further item.
    return math.ceil(QUANTILES**2 * variance * design_effect / difference**2 - 1e-9)


def detectable(stderr: float, n: int, *, binary: bool) -> float | None:
    """The smallest true difference that a comparison of ``n`` items with this standard error finds four times in five.

    Right or wrong items cannot go below :func:`best_case_difference`, however few of them differed this time. None
    where scores are not right or wrong and none differed: then nothing is known of their variance.
    """
    if binary:
        return max(QUANTILES * stderr, best_case_difference(n))
    return QUANTILES * stderr if stderr > 0 else None


def more_needed(difference: float, stderr: float, units: int) -> int | None:
    """How many units (items, or clusters where they share sources) more would show a difference of the size observed.

    ``stderr`` is that of the difference over ``units`` of them; it shrinks with their root. 0 says that there are
    enough already; None that no number can be named: the difference is 0, or what is needed is more than
    :data:`ABSURD` times what is there.
    """
    if units <= 0 or difference == 0 or stderr < 0:
        return None
    needed = items_needed(difference, units * stderr**2)
    return None if needed > ABSURD * units else max(0, needed - units)
