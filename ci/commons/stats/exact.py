"""Exact and conservative tail probabilities, and the correction for asking many questions at once.

In the standard library alone: lint needs these where no numeric package is installed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def binomial_tail(successes: int, n: int, p: float) -> float:
    """P(X >= ``successes``) for X ~ Binomial(``n``, ``p``): the one-sided exact p-value of so many successes.

    The terms are summed from ``successes`` away from the mean, where they only fall, so that the sum is exact to
    about nine digits for any ``n`` below a million and takes some multiple of the square root of ``n`` steps.

    Raises:
        ValueError: ``n`` is negative or ``p`` is no probability.

    >>> round(binomial_tail(9, 10, 0.5), 6)
    0.010742
    """
    if n < 0 or not 0.0 <= p <= 1.0:
        raise ValueError(f"a count of {n} with the probability {p} is no binomial distribution")
    if successes <= 0:
        return 1.0
    if successes > n or p == 0.0:
        return 0.0
    if p == 1.0:
        return 1.0
    if successes > n * p:
        return min(1.0, _sum_from(successes, n, p))
    # P(X <= successes - 1) is an upper tail of the failures.
    return max(0.0, 1.0 - _sum_from(n - successes + 1, n, 1.0 - p))


def _sum_from(first: int, n: int, p: float) -> float:
    """The sum of the binomial probabilities from ``first`` up, where each term is smaller than the one before."""
    log_choose = math.lgamma(n + 1) - math.lgamma(first + 1) - math.lgamma(n - first + 1)
    term = math.exp(log_choose + first * math.log(p) + (n - first) * math.log1p(-p))
    odds = p / (1.0 - p)
    total = 0.0
    for count in range(first, n + 1):
        total += term
        if term <= total * 1e-17:
            break
        term *= (n - count) / (count + 1) * odds
    return total


def hoeffding_tail(mean: float, n: int, p: float) -> float:
    """An upper limit for P(the mean of ``n`` scores is ``mean`` or more) where each expects ``p`` at most.

    exp(-n KL(mean || p)): Hoeffding (1963), Probability Inequalities for Sums of Bounded Random Variables, theorem 1,
    inequality 2.1. It holds for independent scores between 0 and 1 of any shape, also where they are not alike.

    Raises:
        ValueError: ``mean`` or ``p`` lies outside 0 to 1, or ``n`` is negative.

    >>> round(hoeffding_tail(1.0, 3, 0.5), 6)
    0.125
    """
    if n < 0 or not 0.0 <= mean <= 1.0 or not 0.0 <= p <= 1.0:
        raise ValueError(f"a mean of {mean} over {n} scores with the expectation {p} is not of scores in 0 to 1")
    if mean <= p:
        return 1.0
    if p == 0.0:
        return 0.0 if n else 1.0
    # mean > p > 0 here, so only the second term can have an empty side.
    divergence = mean * math.log(mean / p)
    if mean < 1.0:
        divergence += (1.0 - mean) * math.log((1.0 - mean) / (1.0 - p))
    return min(1.0, math.exp(-n * divergence))


def holm(pvalues: Sequence[float], alpha: float) -> tuple[bool, ...]:
    """Which hypotheses are rejected, in the order given, with at most ``alpha`` for any false rejection.

    Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure: the smallest of m p-values is held against
    alpha / m, the next against alpha / (m - 1), and so on until one does not pass. No independence is assumed.

    >>> holm([0.04, 0.01, 0.03], 0.05)
    (False, True, False)
    """
    rejected = [False] * len(pvalues)
    order = sorted(range(len(pvalues)), key=lambda index: pvalues[index])
    for place, index in enumerate(order):
        if pvalues[index] > alpha / (len(pvalues) - place):
            break
        rejected[index] = True
    return tuple(rejected)
