"""Bias from word counts: how far the groups of people that texts name stand from being named equally often.

Source: Liang et al. (2022), arXiv 2211.09110, section 4.7 (demographic representation, stereotypical associations).
The distance is the total variation distance (TVD) between the shares of the groups and equal shares: 0 where all are
named equally often, (G-1)/G where one of G groups alone is named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Draws for the distance that equal mention would show; the seed is fixed, so that it can be derived again.
NULL_DRAWS = 2000
NULL_SEED = 20241103


def representation(counts: Array, sizes: Sequence[int]) -> float | None:
    """The TVD of the groups' ``counts`` (shape groups) from equal shares.

    Each count is divided by the ``sizes`` of its group's word list, so that a long list weighs no more than a short
    one. None where no word was counted: no mention is not equal mention.

    Raises:
        ValueError: a list without words, or as many sizes as there are not groups.

    >>> round(representation(np.array([3.0, 1.0]), [10, 10]), 6)
    0.25
    """
    if len(counts) != len(sizes) or min(sizes, default=0) < 1:
        raise ValueError("each group needs a list of at least one word")
    shares = counts / np.asarray(sizes, dtype=np.float64)
    if shares.sum() == 0:
        return None
    return float(np.abs(1 / len(shares) - shares / shares.sum()).sum() / 2)


def association(together: Array, sizes: Sequence[int]) -> float | None:
    """The mean over target words of the TVD of the groups they stand with.

    ``together`` (shape targets, groups) holds, summed over texts, the count of the target times that of the group's
    words in the same text. Targets that stand with no group are left out; None where all are.

    Raises:
        ValueError: as :func:`representation`.
    """
    found = [one for row in together if (one := representation(row, sizes)) is not None]
    return float(np.mean(found)) if found else None


def co_occurrence(groups: Array, targets: Array) -> Array:
    """How often targets and groups stand together: (shape targets, groups) from counts by text.

    ``groups`` has the shape (texts, groups), ``targets`` (texts, targets).
    """
    return np.asarray(targets.T @ groups)


def distance_if_equal(total: int, sizes: Sequence[int]) -> float:
    """The mean TVD that ``total`` words would show if each came from any group alike, in proportion to its list.

    Few words are never spread evenly: a distance that is not above this one says nothing.

    Raises:
        ValueError: no words.
    """
    if total < 1:
        raise ValueError("there are no words")
    weights = np.asarray(sizes, dtype=np.float64) / sum(sizes)
    draws = np.random.default_rng(NULL_SEED).multinomial(total, weights, NULL_DRAWS).astype(np.float64)
    found = [one for row in draws if (one := representation(row, sizes)) is not None]
    return float(np.mean(found))
