"""From the log-likelihoods of an item's choices to probabilities, by a rule that the result names.

Harness and HELM do not agree on the rule, and the numbers that follow differ: an interval or an error of calibration
means nothing without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float64]

BY_SUM = "softmax of the choices' log-likelihoods, as lm-eval's brier_score"
BY_LENGTH = "softmax of the log-likelihoods for each unit of length, as HELM's"


@dataclass(frozen=True)
class Choices:
    """The probabilities of each item's choices (each array sums to 1; items may differ in length), and the rule."""

    probabilities: tuple[Probabilities, ...]
    rule: str

    @property
    def confidence(self) -> NDArray[np.float64]:
        """For each item, the probability of its likeliest choice."""
        return np.array([one.max() for one in self.probabilities])

    @property
    def chosen(self) -> NDArray[np.intp]:
        """For each item, the index of its likeliest choice; the first of equals, as the harness takes it."""
        return np.array([one.argmax() for one in self.probabilities], dtype=np.intp)

    @property
    def tied(self) -> int:
        """How many items have more than one likeliest choice."""
        return sum(int((one == one.max()).sum() > 1) for one in self.probabilities)


def by_sum(loglikelihoods: Sequence[Sequence[float]]) -> Choices:
    """The probability of a choice from its whole log-likelihood (nats): long choices are less likely by their length.

    Raises:
        ValueError: an item without choices, or a log-likelihood that is not finite.

    >>> by_sum([[0.0, 0.0]]).probabilities[0].tolist()
    [0.5, 0.5]
    """
    return Choices(tuple(_softmax(np.asarray(one, dtype=np.float64)) for one in loglikelihoods), BY_SUM)


def by_length(loglikelihoods: Sequence[Sequence[float]], lengths: Sequence[Sequence[float]]) -> Choices:
    """The probability of a choice from its log-likelihood for each unit of its length.

    HELM's unit is the token; whoever calls this says which unit was known. Longer choices gain against
    :func:`by_sum`, and probabilities move towards equal ones, so calibration differs between the two.

    Raises:
        ValueError: as :func:`by_sum`; lengths that do not fit, or are not positive.

    >>> by_length([[-2.0, -4.0]], [[1, 2]]).probabilities[0].tolist()
    [0.5, 0.5]
    """
    if len(loglikelihoods) != len(lengths):
        raise ValueError("each item needs the lengths of its choices")
    found = []
    for one, size in zip(loglikelihoods, lengths, strict=True):
        if len(one) != len(size) or min(size, default=0) <= 0:
            raise ValueError("each choice needs a length above 0")
        found.append(_softmax(np.asarray(one, dtype=np.float64) / np.asarray(size, dtype=np.float64)))
    return Choices(tuple(found), BY_LENGTH)


def _softmax(values: NDArray[np.float64]) -> Probabilities:
    if values.size == 0 or not np.isfinite(values).all():
        raise ValueError("an item needs choices, each with a finite log-likelihood")
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())
