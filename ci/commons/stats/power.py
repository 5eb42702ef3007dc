"""What a task can show: the smallest true difference between two models that its items find four times in five.

Plain arithmetic without numpy, because lint says these numbers too.
"""

from __future__ import annotations

import math

#: The normal quantiles of a two-sided test at alpha .05 and of a power of .80.
_Z_TEST = 1.959963984540054
_Z_POWER = 0.8416212335729143
QUANTILES = _Z_TEST + _Z_POWER

#: The variance of the difference of one item between two models that are right half the time, independently.
INDEPENDENT = 0.5


def smallest_difference(n: float, variance: float = INDEPENDENT) -> float:
    """The smallest difference that a paired comparison over ``n`` items shows with power .8 at alpha .05, two-sided.

    ``variance`` is that of the item-by-item difference between the models. The default, .5, holds where both models
    are right on half of the items and err independently of each other; models that fail on the same items differ
    less, and a smaller difference shows. Where items come in clusters, ``n`` is the number of clusters.

    Source: Miller (2024), "Adding Error Bars to Evals", arXiv 2411.00640, section 5, with one sample an item.

    >>> round(smallest_difference(969, variance=1 / 9), 3)
    0.03

    Raises:
        ValueError: ``n`` is not positive, or ``variance`` is negative.
    """
    if n <= 0 or variance < 0:
        raise ValueError(f"no power for {n} items with variance {variance}")
    return QUANTILES * math.sqrt(variance / n)


def best_case_difference(n: float) -> float:
    """The difference that ``n`` right-or-wrong items cannot go below, however alike the models are.

    Let the models differ in truth by ``d``. The difference of one item is -1, 0 or 1 with mean ``d``, so the mean of
    its square is at least ``d``, and its variance at least ``d - d**2``: exactly that where every item on which the
    models differ favours the better one. Put into Miller's formula (see :func:`smallest_difference`), ``d`` is
    ``QUANTILES * sqrt((d - d**2) / n)``, which gives ``d = c / (n + c)`` with ``c = QUANTILES**2 = 7.849``.

    >>> round(best_case_difference(100), 4)
    0.0728

    Raises:
        ValueError: ``n`` is not positive.
    """
    if n <= 0:
        raise ValueError(f"no power for {n} items")
    square = QUANTILES**2
    return square / (n + square)
