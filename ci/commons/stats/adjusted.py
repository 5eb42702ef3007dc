"""P-values that may be read one by one although many questions were asked."""

from __future__ import annotations

from collections.abc import Sequence


def holm_adjusted(pvalues: Sequence[float]) -> tuple[float, ...]:
    """P-values after Holm's correction, in the order given: one is at most alpha exactly where Holm rejects at alpha.

    Source: Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure; Wright (1992), Biometrics 48:1005.

    >>> holm_adjusted([0.04, 0.01, 0.03])
    (0.06, 0.03, 0.06)
    """
    order = sorted(range(len(pvalues)), key=lambda index: pvalues[index])
    adjusted = [1.0] * len(pvalues)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(pvalues) - place) * pvalues[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def benjamini_hochberg(pvalues: Sequence[float]) -> tuple[float, ...]:
    """P-values after Benjamini and Hochberg's correction: those at most q hold, in expectation, a share q of errors.

    For lists that say where to look, never for a claim about one of them: Holm's correction is for claims. Source:
    Benjamini and Hochberg (1995), JRSS B 57:289; it needs independent or positively dependent tests.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    order = sorted(range(len(pvalues)), key=lambda index: pvalues[index], reverse=True)
    adjusted = [1.0] * len(pvalues)
    smallest = 1.0
    for place, index in enumerate(order):
        smallest = min(smallest, len(pvalues) / (len(pvalues) - place) * pvalues[index])
        adjusted[index] = smallest
    return tuple(adjusted)
