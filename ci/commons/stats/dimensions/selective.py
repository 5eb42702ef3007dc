"""Selective accuracy: how right a model is on the answers that it is surest of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: The share of the surest answers that HELM looks at.
SHARE = 0.1


@dataclass(frozen=True)
class Selective:
    """The area under accuracy against coverage, and the accuracy of the surest tenth.

    ``top_n`` answers are the surest tenth, rounded up. HELM's ``selective_acc@10`` reads its list of accuracies at the
    place int(.1 n), counted from 0, and so takes one answer more than int(.1 n): ``helm_top``, of ``helm_top_n``
    answers, is that number.
    """

    area: float
    top: float
    top_n: int
    helm_top: float
    helm_top_n: int


def selective(confidence: Array, correct: Array) -> Selective:
    """The area and the accuracy of the surest tenth, from scores that were ``correct`` (0 to 1).

    The area is the mean over k of the accuracy of the k surest answers: HELM's ``selective_cov_acc_area``. HELM lets
    the order of equally sure answers fall as sorting leaves it; here each of them counts with the mean score of all
    that are equally sure, which is the expectation over their orders.

    Raises:
        ValueError: lengths that differ, or no answers.
    """
    accuracies = curve(confidence, correct)
    n = len(accuracies)
    top, helm = math.ceil(round(SHARE * n, 9)), int(SHARE * n) + 1
    return Selective(float(accuracies.mean()), float(accuracies[top - 1]), top, float(accuracies[helm - 1]), helm)


def curve(confidence: Array, correct: Array) -> Array:
    """The accuracy of the k surest answers, for k from 1 to n.

    Raises:
        ValueError: as :func:`selective`.
    """
    if len(confidence) != len(correct) or len(confidence) == 0:
        raise ValueError("each answer needs a confidence and a score, and there must be one")
    _, index = np.unique(-confidence, return_inverse=True)
    sizes = np.bincount(index)
    shared = np.repeat(np.bincount(index, weights=correct) / sizes, sizes)
    return np.asarray(np.cumsum(shared) / np.arange(1, len(shared) + 1))
