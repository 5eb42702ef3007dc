"""How much signs of a wrong key may be trusted, by the number of diverse models. In the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

#: Below the first nothing is said of keys; below the second a person looks before anything else is done.
FEWEST_DIVERSE, FEWEST_FOR_WORDS = 10, 20
#: A distractor with more than this share of the best models' votes is taken for their common answer.
MOST_OF_TOP = 0.6
#: That nobody is right is a sign where guessers would give it with less than this chance.
RARE = 0.01
#: Below this reliability (Cronbach's alpha) the models are not told from one another, and no item is held against the
#: sum of the others. Guessers, who differ in nothing, stay below .6 in 95% of simulated pools of 10 to 50.
LEAST_ALPHA = 0.7
#: A list is acted on where right golds give one as long with at most this chance, and explain at most this share of it.
LUCK_ALPHA, MOST_BY_LUCK = 0.05, 2 / 3
#: From such a share on, the golds of most of the list are not called wrong.
HALF = 0.5


class Trust(str, Enum):
    """What may be said of golds, as far as the number of models goes."""

    REFUSED = "not enough models to say"
    QUEUE = "for a person to look at"
    LIKELY = "enough models to say"


@dataclass(frozen=True)
class Power:
    """What the signs find with so many diverse models, where 5% of 500 keys are wrong.

    ``precision`` is the share of wrong keys among the 25 items with the lowest suspicion (``wrong_keys.suspicion``).
    """

    models: int
    precision: float


#: Published figures for 500 items of four options under a two-parameter model, 30 replicates; the benchmark prints its
#: own beside them.
POWER = (Power(5, 0.18), Power(10, 0.41), Power(20, 0.70), Power(30, 0.80), Power(50, 0.84), Power(100, 0.94))


def trust(diverse: int) -> Trust:
    """What ``diverse`` models allow to say.

    >>> [trust(count).name for count in (9, 10, 19, 20)]
    ['REFUSED', 'QUEUE', 'QUEUE', 'LIKELY']
    """
    if diverse < FEWEST_DIVERSE:
        return Trust.REFUSED
    return Trust.QUEUE if diverse < FEWEST_FOR_WORDS else Trust.LIKELY


def power_at(diverse: int) -> Power | None:
    """The row of :data:`POWER` for so many models, the next lower one where there is none; None below the first."""
    return max((row for row in POWER if row.models <= diverse), key=lambda row: row.models, default=None)
