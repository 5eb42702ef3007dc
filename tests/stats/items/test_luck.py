"""How long the list would be with right golds, and when a list is more than that."""

from __future__ import annotations

import numpy as np

from commons.stats.items.luck import Asked, Luck, chance_of_right, luck
from commons.stats.items.wrong_keys import lowest_by_luck, signs

MODELS, ITEMS, OPTIONS = 20, 200, 4


def pool(wrong: int, seed: int, level: float = 0.0) -> tuple[np.ndarray, Asked]:
    """Four-option items at ``level`` above the models, the first ``wrong`` of them with a wrong gold."""
    random = np.random.default_rng(seed)
    gap = np.linspace(-1.5, 1.5, MODELS)[:, None] - random.normal(level, 1, ITEMS)
    right = random.random(gap.shape) < 0.25 + 0.75 / (1 + np.exp(-1.3 * gap))
    chosen = np.where(right, 0, random.integers(1, OPTIONS, gap.shape))
    gold = np.where(np.arange(ITEMS) < wrong, 3, 0)
    asked = Asked(np.full(ITEMS, 0.25), chosen, gold, np.full(ITEMS, OPTIONS), np.ones(ITEMS, dtype=bool))
    return (chosen == gold).astype(float), asked


def judged(wrong: int, seed: int, level: float = 0.0) -> Luck:
    """The list of such a pool, held against luck."""
    scores, asked = pool(wrong, seed, level)
    return luck(scores, asked, signs(scores, asked.chance, asked.chosen, asked.gold))


def test_right_golds_are_listed_as_often_as_expected_and_not_acted_on() -> None:
    """Over pools with right golds the list is about as long as expected, at the models' level and two above it."""
    for level in (0.0, 2.0):
        found = [judged(0, seed, level) for seed in range(6)]
        listed, expected = (float(np.mean([getattr(one, name) for one in found])) for name in ("listed", "expected"))

        assert 0.7 * listed <= expected <= 2.0 * listed + 2.0
        assert sum(one.beyond for one in found) <= 1


def test_wrong_golds_make_a_list_beyond_luck() -> None:
    """One wrong gold in ten is seen in most pools of twenty models."""
    assert sum(judged(20, seed).beyond for seed in range(6)) >= 4


def test_items_that_the_card_names_are_not_counted() -> None:
    """What is known to be broken neither makes the list longer nor is expected on it."""
    scores, asked = pool(20, 0)
    known = Asked(asked.chance, asked.chosen, asked.gold, asked.options, np.arange(ITEMS) >= 20)
    found = signs(scores, asked.chance, asked.chosen, asked.gold)

    assert luck(scores, known, found).listed < luck(scores, asked, found).listed
    assert luck(scores, known, found).expected < luck(scores, asked, found).expected


def test_nobody_is_expected_below_guessing() -> None:
    """The drawn chances lie between guessing and certainty, and add up to the scores where these do."""
    scores, asked = pool(0, 1)
    chances = chance_of_right(scores, asked.chance)

    assert chances.min() >= 0.25
    assert chances.max() < 1.0
    assert abs(chances.mean() - scores.mean()) < 0.03
    assert chance_of_right(scores, np.full(ITEMS, np.nan)).min() > 0.0


def test_a_correlation_near_zero_is_luck() -> None:
    """With 20 models unrelated items stay above -.38 in 95 of 100 cases; a sentence about -.01 would be false."""
    random = np.random.default_rng(2)
    drawn = [float(np.corrcoef(random.normal(size=(2, MODELS)))[0, 1]) for _ in range(2000)]

    assert lowest_by_luck(MODELS) < -0.3
    assert abs(np.mean(np.asarray(drawn) < lowest_by_luck(MODELS)) - 0.05) < 0.02
