"""Paired tests on two outcomes of the same items, from counts alone: in the standard library, as lint needs them."""

from __future__ import annotations

from commons.stats.exact import binomial_tail


def more_often(one: int, other: int) -> float:
    """McNemar's exact test, one-sided: how likely ``one`` or more is if neither kind of discordant pair is likelier.

    ``one`` counts the items that are marked in the first way alone, ``other`` those in the second way alone; items
    that are marked in both ways or in none say nothing. The p-value is the binomial tail of ``one`` among all
    discordant items at one half: McNemar (1947), Note on the Sampling Error of the Difference Between Correlated
    Proportions or Percentages, in its exact form.

    Raises:
        ValueError: a count is negative.

    >>> round(more_often(7, 0), 9)
    0.0078125
    >>> more_often(0, 0)
    1.0
    """
    if one < 0 or other < 0:
        raise ValueError(f"{one} and {other} are no counts")
    return binomial_tail(one, one + other, 0.5)


def mcnemar_exact(one: int, other: int) -> float:
    """McNemar's exact test, two-sided: twice the smaller tail of the discordant items at one half, and at most 1.

    ``one`` and ``other`` count the items that only the first and only the second model got right. No discordant item
    is no evidence, p = 1. Equals statsmodels' ``mcnemar(exact=True)``.

    Raises:
        ValueError: a count is negative.

    >>> round(mcnemar_exact(7, 0), 9)
    0.015625
    """
    return min(1.0, 2 * more_often(max(one, other), min(one, other)))
