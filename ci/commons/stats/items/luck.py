"""How long the list of suspicious items would be if every gold were right: what these models give by luck alone.

Answers are drawn again from the chance that each model has on each item if nothing but the model's ability and the
item's difficulty counts (added as log-odds, above what guessing gives). An item with a wrong gold looks hard here, so
that the expected length is rather too long: on simulated tasks with right golds it was .9 to 1.6 times the true one
where that has more than one item, and .85 times where models stand three standard deviations below the items
(``benchmarks/wrong_keys.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from commons.stats.items.policy import LUCK_ALPHA, MOST_BY_LUCK
from commons.stats.items.wrong_keys import Signs, signs

LUCK_SEED, DRAWS, FEWEST_DRAWS = 20261124, 200, 40
#: Answers that are drawn in all, where that leaves enough draws.
_MOST_ANSWERS = 20_000_000

Array = NDArray[np.float64]
Options = NDArray[np.intp]


@dataclass(frozen=True)
class Luck:
    """What ``listed`` items are worth.

    ``expected`` is the mean length of the list with right golds, ``as_long`` the share of ``draws`` in which it is at
    least as long, and ``as_many`` that in which nobody's gold and one common other option come up as often.
    """

    listed: int
    expected: float
    as_long: float
    as_many: float
    draws: int

    @property
    def beyond(self) -> bool:
        """Whether right golds would hardly give this list: by its length, or by its strongest sign."""
        longer = self.as_long <= LUCK_ALPHA / 2 and self.expected <= MOST_BY_LUCK * self.listed
        return self.listed > 0 and (longer or self.as_many <= LUCK_ALPHA / 2)


@dataclass(frozen=True)
class Asked:
    """What :func:`~wrong_keys.signs` takes beside the scores, and the number of options by item (0: not known).

    ``counted`` says by item whether it may be listed: what the card names as broken is not.
    """

    chance: Array
    chosen: Options
    gold: Options
    options: Options
    counted: NDArray[np.bool_]


def luck(scores: Array, asked: Asked, found: Signs, seed: int = LUCK_SEED) -> Luck:
    """Draw the (models, items) matrix again under right golds, and hold ``found`` against what is listed then."""
    random = np.random.default_rng(seed)
    right, wrong = chance_of_right(scores, asked.chance), _wrong_shares(asked)
    draws = int(np.clip(_MOST_ANSWERS // max(1, scores.size), FEWEST_DRAWS, DRAWS))
    lengths, strong = np.zeros(draws), np.zeros(draws)
    for place in range(draws):
        drawn = (random.random(right.shape) < right).astype(np.float64)
        chosen = np.where(drawn > 0, asked.gold, _picked(wrong, random.random(right.shape)))
        told = signs(drawn, asked.chance, np.where(asked.gold >= 0, chosen, asked.gold), asked.gold)
        lengths[place], strong[place] = _counts(told, asked)
    listed, many = _counts(found, asked)
    as_many = float((1 + (strong >= many).sum()) / (draws + 1)) if many else 1.0
    return Luck(listed, float(lengths.mean()), float((1 + (lengths >= listed).sum()) / (draws + 1)), as_many, draws)


def _counts(found: Signs, asked: Asked) -> tuple[int, int]:
    """The items on the list, and those with the strongest sign."""
    return int((found.worth_a_look & asked.counted).sum()), int((found.one_distractor & asked.counted).sum())


def chance_of_right(scores: Array, chance: Array) -> Array:
    """The chance of a right answer by model and item if only ability and difficulty count; shape as ``scores``.

    ``chance`` is what guessing scores by item; nan counts as 0. Half a right and half a wrong answer are added to every
    count, so that none is certain.
    """
    models, items = scores.shape
    floor = np.minimum(np.nan_to_num(chance, nan=0.0), 0.99)
    mean = float(floor.mean())
    by_item = (_known(scores.mean(axis=0), floor) * models + 0.5) / (models + 1.0)
    by_model = (_known(scores.mean(axis=1), mean) * items + 0.5) / (items + 1.0)
    overall = (float(_known(scores.mean(), mean)) * scores.size + 0.5) / (scores.size + 1.0)
    known = expit(logit(by_model)[:, None] + logit(by_item)[None, :] - logit(overall))
    found: Array = floor + (1.0 - floor) * known
    return found


def _known(mean: Array | np.float64, floor: Array | float) -> Array:
    """The share that is known and not guessed."""
    return np.clip((np.asarray(mean) - floor) / (1.0 - np.asarray(floor)), 0.0, 1.0)


def _wrong_shares(asked: Asked) -> Array:
    """How often each option is taken by who is wrong, summed up over the options; shape (items, options).

    As observed, with one more wrong answer spread over the options, so that an option nobody took stays possible.
    """
    widest = max(2, int(asked.options.max(initial=0)))
    options = np.arange(widest)
    others = (options < asked.options[:, None]) & (options != asked.gold[:, None])
    counts = np.stack([(asked.chosen == option).sum(axis=0) for option in options], axis=1)
    weights = np.where(others, counts + 1.0 / np.maximum(1, others.sum(axis=1, keepdims=True)), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    summed: Array = np.cumsum(weights / np.where(total > 0, total, 1.0), axis=1)
    return summed


def _picked(summed: Array, uniform: Array) -> Options:
    picked: Options = (uniform[:, :, None] >= summed[None, :, :-1]).sum(axis=2)
    return picked
