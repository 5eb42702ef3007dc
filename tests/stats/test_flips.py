"""Flipped items, and whether noise alone would flip as many."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commons.stats.flips import flips


def test_without_sampling_every_flip_is_a_change() -> None:
    """Deterministic decoding has no noise: one flipped item of three is one change."""
    found = flips({"a": [1.0], "b": [0.0], "c": [1.0]}, {"a": [1.0], "b": [1.0], "c": [1.0]}, deterministic=True)

    assert (found.higher, found.lower, found.expected, found.p) == (("b",), (), 0.0, 0.0)


def test_nothing_flipped_is_no_change() -> None:
    """The same scores twice are no evidence of anything."""
    same = {"a": [1.0], "b": [0.25]}

    assert flips(same, same, deterministic=True).p == 1.0


def test_one_sampled_answer_tells_nothing_of_noise() -> None:
    """Sampled once in each version: the flips are named, and no p-value is made up."""
    found = flips({"a": [1.0], "b": [0.0]}, {"a": [0.0], "b": [0.0]}, deterministic=False)

    assert (found.lower, found.moved, found.expected, found.p) == (("a",), 1.0, None, None)


def test_noise_of_other_items_stands_in_for_repeats() -> None:
    """Ten flips of 40 beside one changed answer of 20 asked twice: scipy's one-sided Fisher test."""
    before = {str(item): [1.0] for item in range(40)}
    after = {str(item): [float(item >= 10)] for item in range(40)}
    found = flips(before, after, deterministic=False, asked_twice=(1, 20))
    known = scipy_stats.fisher_exact([[10, 30], [1, 19]], alternative="greater").pvalue

    assert (found.moved, found.expected) == (10.0, 2.0)
    assert found.p == pytest.approx(known)


def test_the_exact_tail_counted_by_hand() -> None:
    """Two items with two answers a version: all ways to share out the pooled answers, counted one by one."""
    before, after = {"a": [1.0, 1.0], "b": [1.0, 0.0]}, {"a": [0.0, 0.0], "b": [1.0, 0.0]}
    found = flips(before, after, deterministic=False)

    def ways(pool: list[float]) -> list[float]:
        halves = (sum(pool[place] for place in half) for half in itertools.combinations(range(4), 2))
        return [abs(2 * half - sum(pool)) / 2 for half in halves]

    moved = [one + other for one in ways([1, 1, 0, 0]) for other in ways([1, 0, 1, 0])]
    assert found.moved == 1.0
    assert found.expected == pytest.approx(np.mean(moved))
    assert found.p == pytest.approx(np.mean([one >= 1.0 - 1e-12 for one in moved]))


def test_fractions_are_drawn_and_repeat() -> None:
    """Scores that are not right or wrong get a drawn tail, the same at every call."""
    random = np.random.default_rng(1)
    before = {str(index): random.random(3).tolist() for index in range(12)}
    after = {str(index): (random.random(3) + 0.6).tolist() for index in range(12)}
    found = flips(before, after, deterministic=False)

    assert found == flips(before, after, deterministic=False)
    assert found.p < 0.01
    assert found.expected < found.moved


def test_noise_alone_is_seldom_called_a_change() -> None:
    """Of 300 pairs of equal versions with three sampled answers, at most 5% and simulation error come out clear."""
    random = np.random.default_rng(2)
    called = 0
    for _ in range(300):
        p = random.beta(0.7, 0.7, 30)
        sides = [{str(item): (random.random(3) < p[item]).astype(float).tolist() for item in range(30)}
                 for _ in range(2)]
        called += flips(*sides, deterministic=False).p <= 0.05

    assert called / 300 <= 0.05 + 2.6 * math.sqrt(0.0475 / 300)


def test_a_real_change_is_seen_through_noise() -> None:
    """A model that became right on half of its wrong items is told from its own noise."""
    random = np.random.default_rng(3)
    p = np.array([0.1] * 30 + [0.9] * 30)
    better = np.array([0.9] * 15 + [0.1] * 15 + [0.9] * 30)
    sides = [{str(item): (random.random(3) < one[item]).astype(float).tolist() for item in range(60)}
             for one in (p, better)]
    found = flips(*sides, deterministic=False)

    assert found.p < 1e-4
    assert found.moved > found.expected


def test_versions_of_other_items_are_refused() -> None:
    """Two versions that share no item cannot flip."""
    with pytest.raises(ValueError, match="no item"):
        flips({"a": [1.0]}, {"b": [1.0]}, deterministic=True)
