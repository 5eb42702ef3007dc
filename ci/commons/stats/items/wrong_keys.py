"""Signs that an item's key is wrong.

They point a person at items to read; none of them is a proof, and nothing is ever removed because of them. With few
models they find little but noise: ``policy`` says what may be said with how many, and ``benchmarks/wrong_keys.py``
plants wrong keys and counts what is found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from commons.stats.items.classical import item_rest
from commons.stats.items.distractors import option_counts, quality_groups
from commons.stats.items.policy import MOST_OF_TOP, RARE

_ONE_IN_TWENTY = 0.05


@dataclass(frozen=True)
class Signs:
    """By item, over diverse models: the suspicion (lower is worse), the best quarter's mean, and each sign.

    ``negative`` says that the item-rest correlation is below 0, ``against`` that so few models would hardly give it by
    luck. ``below_chance`` and ``nobody`` are False where no chance level is known, ``one_distractor`` where no choices
    are.
    """

    suspicion: NDArray[np.float64]
    top_mean: NDArray[np.float64]
    negative: NDArray[np.bool_]
    against: NDArray[np.bool_]
    below_chance: NDArray[np.bool_]
    one_distractor: NDArray[np.bool_]
    nobody: NDArray[np.bool_]

    @property
    def worth_a_look(self) -> NDArray[np.bool_]:
        """Whether the item goes to the list: any sign but a negative correlation, or a negative suspicion.

        A negative correlation alone does not suffice. With 20 models every tenth right key has one, and the list would
        be mostly noise; that the best quarter does not answer it either keeps about one right key in a hundred.
        """
        return self.one_distractor | self.below_chance | self.nobody | (self.suspicion < 0.0)

    def order(self) -> tuple[int, ...]:
        """The items from the most to the least suspicious: first those with one distractor, then by suspicion."""
        return tuple(int(one) for one in np.lexsort((self.suspicion, ~self.one_distractor)))


def suspicion(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Item-rest correlation plus the mean of the best quarter of the models, by item: the lower, the more suspicious.

    An undefined correlation counts as 0: it says nothing for the item and nothing against it. Scores lie in 0 to 1.
    """
    return np.nan_to_num(item_rest(scores), nan=0.0) + _top_mean(scores)


def signs(
    scores: NDArray[np.float64], chance: NDArray[np.float64], chosen: NDArray[np.intp] | None = None,
    gold: NDArray[np.intp] | None = None,
) -> Signs:
    """All signs of a (models, items) matrix of *diverse* models; higher is better, scores lie in 0 to 1.

    ``chance`` is what guessing scores by item, nan where nothing is known. ``chosen`` (models, items) and ``gold``
    (items,) are option numbers, negative where there is none. The n best models stand below chance where their mean is
    lower than ``chance - 2 sqrt(chance (1 - chance) / n)``. With four options no mean is that low until n is 13, which
    takes 49 models; this sign is silent in smaller pools. ``nobody`` is right where guessing alone would make that
    rarer than :data:`RARE`.

    Raises:
        ValueError: scores outside 0 to 1.
    """
    if scores.size and (float(scores.min()) < 0.0 or float(scores.max()) > 1.0):
        raise ValueError("signs of a wrong key are read from scores between 0 and 1")
    top = quality_groups(scores).top
    top_mean = scores[list(top)].mean(axis=0)
    limit = chance - 2.0 * np.sqrt(chance * (1.0 - chance) / len(top))
    below = np.less(top_mean, limit, out=np.zeros(len(top_mean), dtype=bool), where=~np.isnan(limit))
    rest = item_rest(scores)
    alone = np.zeros(scores.shape[1], dtype=bool) if chosen is None or gold is None else _one_distractor(
        chosen, gold, top)
    guessing = np.where(np.isnan(chance), 1.0, (1.0 - chance) ** len(scores))
    nobody = (scores.max(axis=0) == 0.0) & (guessing < RARE)
    against = rest < lowest_by_luck(len(scores))
    return Signs(np.nan_to_num(rest, nan=0.0) + top_mean, top_mean, rest < 0.0, against, below, alone, nobody)


@cache
def lowest_by_luck(models: int) -> float:
    """The correlation over so many models that unrelated items stay above in all but one case of twenty (Student's t).

    >>> round(lowest_by_luck(20), 3), lowest_by_luck(2)
    (-0.378, -1.0)
    """
    if models < 3:
        return -1.0
    critical = float(stats.t.ppf(_ONE_IN_TWENTY, models - 2))
    return critical / math.sqrt(models - 2 + critical**2)


def _top_mean(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = scores[list(quality_groups(scores).top)].mean(axis=0)
    return mean


def _one_distractor(
    chosen: NDArray[np.intp], gold: NDArray[np.intp], top: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Whether nobody chose the gold, and one other option has most of the best models' votes."""
    options = int(max(chosen.max(initial=0), gold.max(initial=0))) + 1
    votes = option_counts(chosen, options, top)
    found: NDArray[np.bool_] = (
        (gold >= 0) & ~(chosen == gold).any(axis=0) & (votes.max(axis=1) > MOST_OF_TOP * len(top))
    )
    return found
