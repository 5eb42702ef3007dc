"""Rank sets: ranges of places that are true together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commons.stats.ranks import rank_sets, rank_sets_of
from commons.stats.step_down import step_down
from commons.stats.ties import maximal_ties

#: Boards of the small simulation; the full count is in ``benchmarks/rank_error.py``.
BOARDS = 150


def own(items: int) -> np.ndarray:
    """Items that share nothing."""
    return np.arange(items)


def nested(*right: int, items: int = 100) -> np.ndarray:
    """Models of which each is right on all items of the weaker ones, and on more."""
    return np.array([[1.0] * one + [0.0] * (items - one) for one in right])


def answers(seed: int, models: int, items: int, logit: float = 0.4) -> np.ndarray:
    """Right or wrong answers of equally good models to items of different difficulty."""
    random = np.random.default_rng(seed)
    difficulty = random.normal(0, 1, items)
    return (random.random((models, items)) < 1 / (1 + np.exp(difficulty - logit))).astype(float)


def test_models_that_differ_on_many_items_have_a_place_of_one_number() -> None:
    """Each stronger model is right on thirty items more and on none less: three settled places."""
    found = rank_sets(nested(30, 90, 60), own(100))

    assert (found.best, found.worst) == ((3, 1, 2), (3, 1, 2))
    assert found.among_best() == (1,)
    assert found.among_best(2) == (1, 2)
    assert np.argwhere(found.ahead).tolist() == [[1, 0], [1, 2], [2, 0]]


def test_models_with_the_same_answers_are_tied() -> None:
    """Identical columns have no standard error of their difference, and are never ordered."""
    found = rank_sets(nested(50, 50, 50), own(100))

    assert (found.best, found.worst) == ((1, 1, 1), (3, 3, 3))
    assert not found.ahead.any()


def test_one_item_more_settles_nothing_and_a_model_far_behind_is_still_last() -> None:
    """A range for the two that cannot be told apart, one number for the third."""
    found = rank_sets(nested(80, 81, 20), own(100))

    assert (found.best, found.worst) == ((1, 1, 3), (2, 2, 3))


def test_the_order_in_which_models_and_items_are_given_changes_no_place() -> None:
    """A permutation of the models permutes the places, and one of the items with their clusters leaves them."""
    random = np.random.default_rng(5)
    scores = answers(1, 12, 60) * (random.random((12, 1)) < 0.7)
    clusters = np.arange(60) // 2
    order = random.permutation(12)

    whole, turned = rank_sets(scores, clusters), rank_sets(scores[order], clusters)

    assert [whole.best[model] for model in order] == list(turned.best)
    assert [whole.worst[model] for model in order] == list(turned.worst)


def test_a_better_estimate_never_has_a_worse_place_among_nested_models() -> None:
    """Both ends of the range fall or stay as the score rises."""
    found = rank_sets(nested(*range(10, 100, 6)), own(100))

    assert list(found.best) == sorted(found.best, reverse=True)
    assert list(found.worst) == sorted(found.worst, reverse=True)
    assert all(best <= worst for best, worst in zip(found.best, found.worst, strict=True))


def test_few_clusters_settle_less_than_as_many_items() -> None:
    """Thirty items more, all of them from two sources, are two observations."""
    scores = nested(40, 70)

    assert rank_sets(scores, own(100)).best == (2, 1)
    assert rank_sets(scores, np.arange(100) // 25).best == (1, 1)
    assert rank_sets(scores, np.zeros(100, dtype=int)).worst == (2, 2)


def test_two_models_are_ordered_as_the_exact_sign_flip_test_orders_them() -> None:
    """With seven discordant items, all for one model, the exact p-value is 1/64: ordered; with four, 1/8: not."""
    assert rank_sets(nested(57, 50), own(100)).ahead[0, 1]
    assert not rank_sets(nested(54, 50), own(100)).ahead.any()


def test_the_same_seed_gives_the_same_sets_and_the_words_say_how() -> None:
    """Level, draws, seed and method stand in one sentence."""
    scores = answers(2, 6, 50)

    first, again = rank_sets(scores, own(50)), rank_sets(scores, own(50))

    assert (first.best, first.worst, first.critical) == (again.best, again.worst, again.critical)
    assert first.multiplicity.startswith("All 15 pairs of 6 models were compared together on the same items")
    assert all(word in first.multiplicity for word in ("at most 5%", f"{first.draws} draws", f"seed {first.seed}"))
    assert "nothing to order" in rank_sets(scores[:1], own(50)).multiplicity


def test_the_words_promise_five_percent_to_right_or_wrong_scores_alone() -> None:
    """Tied models whose fractional scores are skewed unlike each other are ordered on far more boards than 5%."""
    random, wrong = np.random.default_rng(4), 0
    spread = np.linspace(0.05, 0.3, 10)[:, None]
    for number in range(60):
        drawn = spread * (np.exp(random.normal(0, 1, (10, 10))) - math.exp(0.5))
        found = rank_sets(drawn, own(10), draws=1000, seed=number)
        wrong += bool(found.ahead.any())

    assert wrong / 60 > 0.1
    assert not found.right_or_wrong
    assert "at most" not in found.multiplicity
    assert "about 5%, and more where items are few" in found.multiplicity
    assert rank_sets(answers(1, 3, 20), own(20)).right_or_wrong


def test_equally_good_models_are_ordered_on_few_boards_only() -> None:
    """Observed on tied boards with clusters: no more than 5% and three binomial standard errors."""
    wrong = 0
    random = np.random.default_rng(20)
    for number in range(BOARDS):
        shared = np.repeat(random.normal(0, 1, (10, 20)), 4, axis=1)
        scores = (random.random((10, 80)) < 1 / (1 + np.exp(-1.2 - shared))).astype(float)
        wrong += bool(rank_sets(scores, np.arange(80) // 4, draws=1000, seed=number).ahead.any())

    assert wrong / BOARDS <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / BOARDS)


def test_models_that_differ_are_found() -> None:
    """Half of the truly different pairs and more are ordered where accuracies lie ten points apart on 300 items."""
    random = np.random.default_rng(21)
    truth = np.arange(0.3, 0.9, 0.1)
    scores = (random.random((len(truth), 300)) < truth[:, None]).astype(float)
    found = rank_sets(scores, own(300))

    assert np.triu(found.ahead.T, 1).sum() > 0.5 * math.comb(len(truth), 2)
    assert not np.triu(found.ahead, 1).any()


def test_any_statistic_is_ranked_from_its_resamples() -> None:
    """Values three hundred standard errors apart are ordered; those one apart, and equal resamples, are not."""
    noise = np.random.default_rng(3).normal(0, 0.01, (3, 200))
    values = np.array([3.0, 0.0, 0.01])
    found = rank_sets_of(values, values[:, None] + noise, 100)

    assert (found.best, found.worst) == ((1, 2, 2), (1, 3, 3))
    same = rank_sets_of(values[:2], np.repeat(values[:2, None], 200, axis=1), 100)
    assert not same.ahead.any()


@pytest.mark.parametrize("clusters", [2, 3])
def test_no_statistic_is_ordered_on_a_handful_of_clusters(clusters: int) -> None:
    """However sure the resamples look, so few independent pieces cannot say it."""
    noise = np.random.default_rng(3).normal(0, 0.001, (2, 200))

    assert not rank_sets_of(np.array([0.0, 1.0]), np.array([[0.0], [1.0]]) + noise, clusters).ahead.any()


@pytest.mark.parametrize("scores", [np.zeros((0, 3)), np.zeros((2, 0)), np.zeros((2, 4)), np.full((2, 3), np.nan)])
def test_what_cannot_be_ranked_is_refused(scores: np.ndarray) -> None:
    """No model, no item, clusters that do not fit, and scores that are missing."""
    with pytest.raises(ValueError, match="finite score"):
        rank_sets(scores, own(3))


def test_what_is_settled_steps_aside() -> None:
    """Two pairs far apart leave the maximum, so that the third is held against a smaller critical value."""
    random = np.random.default_rng(9)
    draws = random.standard_normal((3, 4000)).astype(np.float32)
    inverse = (np.ones((3, 3)) - np.eye(3)).astype(np.float32) / math.sqrt(2)
    apart = np.array([[0.0, 9.0, 9.0], [-9.0, 0.0, 2.3], [-9.0, -2.3, 0.0]])
    together = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2.3], [0.0, -2.3, 0.0]])

    ahead, critical = step_down(draws, inverse, apart, 0.05)
    first, highest = step_down(draws, inverse, together, 0.05)

    assert critical < 2.3 < highest
    assert ahead[1, 2]
    assert not first.any()


def test_too_few_draws_order_nothing() -> None:
    """A critical value that the draws cannot give is infinite."""
    found = rank_sets(nested(90, 10), own(100), draws=20)

    assert found.critical == math.inf
    assert not found.ahead.any()


def test_ties_do_not_pass_on() -> None:
    """In a chain of ties the maximal sets keep its ends apart."""
    ahead = np.zeros((4, 4), dtype=bool)
    ahead[0, 2] = ahead[[0, 1, 2], 3] = True
    estimates = [0.9, 0.8, 0.7, 0.1]

    assert maximal_ties(estimates, ahead) == ((0, 1), (1, 2))


@pytest.mark.parametrize("seed", range(8))
def test_maximal_ties_are_maximal_and_hold_no_order(seed: int) -> None:
    """On random boards: no set holds an ordered pair, none can grow by a neighbour, none lies in another."""
    random = np.random.default_rng(seed)
    estimates = random.random(9)
    scores = (random.random((9, 40)) < estimates[:, None]).astype(float)
    found = rank_sets(scores, own(40))
    order = sorted(range(9), key=lambda model: -found.estimates[model])
    settled = found.ahead | found.ahead.T
    ties = maximal_ties(found.estimates, found.ahead)

    for tied in ties:
        assert not settled[np.ix_(tied, tied)].any()
        start = order.index(tied[0])
        assert list(tied) == order[start : start + len(tied)]
        for neighbour in {start - 1, start + len(tied)} & set(range(9)):
            assert settled[order[neighbour], list(tied)].any()
    assert len({frozenset(one) for one in ties}) == len(ties)
