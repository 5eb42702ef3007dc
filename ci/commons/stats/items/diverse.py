"""How many diverse models answered: the number that decides what may be said of an item.

A fine-tune answers as its base does. Ten fine-tunes of one model are one opinion told ten times: an item that this one
model gets wrong by bad luck then looks like an item that ten models get wrong, and a correlation over them is one that
a single model has with itself. Reference tables of how well wrong keys are found count models that differ.

What counts as one here, and why:

- **Kin**: models that share a name in ``kin`` (a family, a base model), directly or through others. This is what the
  registry knows, and it is the main count. It is strict: two sizes of one family share their training data, and count
  once. It errs to the side of saying less.
- **Agreement above what chance gives**: two models whose right and wrong answers differ on less than half as many items
  as their accuracies and the items' difficulties let expect, by more than luck (a Poisson tail, corrected for the
  number of pairs). It catches a fine-tune that is registered under another name. It is asked of right/wrong scores
  only, and of five kin groups or more: with fewer, an item's difficulty is not known apart from these models' answers.

What it cannot see: copies under other names that make up most of the pool. Then they *are* what the items look like.
Their agreement is not told from that of different models on easy and hard items; only the registry can say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

#: Two models are one where they differ on less than this share of the items that chance lets expect.
MOST_DIFFERENT = 0.5
#: The chance that any pair of different models is taken for one, over all pairs.
AGREEMENT_ALPHA = 0.01
#: Below so many kin groups an item's difficulty is not known apart from the models that are compared.
FEWEST_FOR_AGREEMENT = 5


@dataclass(frozen=True)
class Diversity:
    """Models in groups that count once each, as indices in the order given; groups by their first model.

    ``by_agreement`` holds the pairs that no name joined and their answers did. ``chosen`` is the model of each group
    that stands for it: the one with the highest mean, the first of equals.
    """

    groups: tuple[tuple[int, ...], ...]
    chosen: tuple[int, ...]
    by_agreement: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many diverse models there are."""
        return len(self.groups)


def diversity(scores: NDArray[np.float64], kin: Sequence[AbstractSet[str]]) -> Diversity:
    """Group the models of a (models, items) matrix; ``kin`` names for each what it descends from or belongs to.

    Scores are turned so that higher is better. The best model of a group stands for it, as its answers say most about
    an item; averages over a group would give a test-taker that does not exist.

    Raises:
        ValueError: ``kin`` has another length than the matrix.

    >>> found = diversity(np.array([[1.0, 1, 0], [1, 0, 0], [0, 1, 1]]), [{"a"}, {"a", "b"}, {"c"}])
    >>> found.groups, found.chosen
    (((0, 1), (2,)), (0, 2))
    """
    if len(kin) != len(scores):
        raise ValueError(f"{len(kin)} sets of kin for {len(scores)} models")
    labels = list(range(len(kin)))
    first: dict[str, int] = {}
    for model, names in enumerate(kin):
        for name in sorted(names):
            _join(labels, first.setdefault(name, model), model)
    pairs = tuple(pair for pair in _agreeing(scores, labels) if labels[pair[0]] != labels[pair[1]])
    for one, other in pairs:
        _join(labels, one, other)
    groups = tuple(tuple(model for model, own in enumerate(labels) if own == label) for label in dict.fromkeys(labels))
    means = scores.mean(axis=1) if scores.size else np.zeros(len(kin))
    return Diversity(groups, tuple(max(group, key=lambda model: float(means[model])) for group in groups), pairs)


def _join(labels: list[int], one: int, other: int) -> None:
    """Give two groups one label: the smaller, so that a group is called by its first model."""
    keep, drop = sorted((labels[one], labels[other]))
    if keep != drop:
        labels[:] = [keep if label == drop else label for label in labels]


def _agreeing(scores: NDArray[np.float64], labels: list[int]) -> list[tuple[int, int]]:
    """The pairs that agree more than chance lets expect; empty where that cannot be asked."""
    groups = np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1)
    if len(set(labels)) < FEWEST_FOR_AGREEMENT or not np.isin(scores, (0.0, 1.0)).all():
        return []
    right = _expected(scores, groups)
    expected = right @ (1.0 - right).T
    expected += expected.T
    differing = scores @ (1.0 - scores).T
    differing += differing.T
    count = len(scores)
    pairs = np.argwhere(np.triu(differing < MOST_DIFFERENT * expected, k=1))
    tail = stats.poisson.cdf(differing[tuple(pairs.T)], expected[tuple(pairs.T)])
    rare = tail < AGREEMENT_ALPHA / (count * (count - 1) / 2)
    return [(int(one), int(other)) for one, other in pairs[rare]]


def _expected(scores: NDArray[np.float64], groups: NDArray[np.intp]) -> NDArray[np.float64]:
    """The chance of a right answer by model and item, from accuracy and difficulty alone, added as log-odds.

    Each group weighs the same in an item's difficulty. Half a right and half a wrong answer are added to every count,
    so that none is certain.
    """
    models, items = scores.shape
    weights = 1.0 / np.bincount(groups)[groups]
    total = float(weights.sum())
    by_item = (weights @ scores + 0.5) / (total + 1.0)
    by_model = (scores.sum(axis=1) + 0.5) / (items + 1.0)
    overall = (float(scores.sum()) + 0.5) / (models * items + 1.0)
    chances: NDArray[np.float64] = expit(logit(by_model)[:, None] + logit(by_item)[None, :] - logit(overall))
    return chances
