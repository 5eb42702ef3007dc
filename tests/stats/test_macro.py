"""Averages over tasks, and what several answers to an item are worth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commons.stats.clustered import clustered_mean
from commons.stats.macro import Member, VarianceSplit, macro_mean, member, micro_mean, variance_split

MEMBERS = [Member(0.5, 0.03, 100), Member(0.7, 0.04, 300)]


def test_macro_means_count_each_task_once() -> None:
    """The mean of the tasks, with the root of the summed squares over T."""
    found = macro_mean(MEMBERS)

    assert (found.value, found.stderr, found.tasks, found.items) == (pytest.approx(0.6), pytest.approx(0.025), 2, 400)
    assert found.interval == pytest.approx((0.6 - 1.959964 * 0.025, 0.6 + 1.959964 * 0.025), abs=1e-6)


def test_few_clusters_give_the_mean_few_degrees_of_freedom() -> None:
    """Two tasks of two clusters each: with Satterthwaite's t the interval holds the truth on 95% of boards or more."""
    random, held = np.random.default_rng(3), 0
    clusters = ["a"] * 10 + ["b"] * 10
    for _ in range(400):
        members = []
        for _ in range(2):
            apart = np.repeat(random.normal(0, 0.2, 2), 10) + random.normal(0, 0.3, 20)
            robust = clustered_mean(apart, clusters)
            assert robust is not None
            members.append(Member(float(apart.mean()), robust.stderr, 20, robust.freedom))
        low, high = macro_mean(members).interval
        held += low <= 0 <= high

    assert held / 400 >= 0.93
    assert macro_mean([Member(0.9, 0.3, 9)] * 2, bounds=(-1.0, 1.0)).interval[1] == 1.0
    assert macro_mean([Member(0.1, 0.1, 9, 4.0)] * 3).freedom == pytest.approx(12.0)
    assert macro_mean([Member(0.3, 0.1, 9, 2.0)]).p == pytest.approx(0.0955, abs=1e-4)


def test_a_task_without_a_spread_enters_with_half_its_interval() -> None:
    """No discordant item is no proof of no error: the standard error is found in the interval, or there is none."""
    found = member(0.0, None, (-0.2, 0.2), 10)

    assert found is not None
    assert found.stderr == pytest.approx(0.2 / 1.959964)
    assert member(0.5, 0.1, (0.0, 1.0), 10, 3.0) == Member(0.5, 0.1, 10, 3.0)
    assert member(0.5, 0.0, None, 10) is None


def test_micro_means_count_each_item_once() -> None:
    """A task of three times the items weighs three times as much."""
    found = micro_mean(MEMBERS)

    assert found.value == pytest.approx(0.65)
    assert found.stderr == pytest.approx(math.hypot(100 * 0.03, 300 * 0.04) / 400)


def test_the_micro_mean_is_that_of_all_items() -> None:
    """From tasks' means and errors follows what the harness pools from their items, up to n-1 for n."""
    random = np.random.default_rng(3)
    tasks = [random.random(200), random.random(50)]
    found = micro_mean([Member(float(one.mean()), float(one.std(ddof=1) / math.sqrt(one.size)), one.size)
                        for one in tasks])
    pooled = math.sqrt(sum((one.size - 1) * one.var(ddof=1) for one in tasks) / 248) / math.sqrt(250)

    assert found.value == pytest.approx(np.concatenate(tasks).mean())
    assert found.stderr == pytest.approx(pooled, rel=5e-3)


@pytest.mark.parametrize("members", [[], [Member(0.5, 0.1, 9), None], [Member(math.nan, 0.1, 9)], [Member(1, 0.1, 0)]])
def test_missing_members_are_refused(members: list[Member | None]) -> None:
    """A mean over what happens to be there is no mean over the tasks."""
    for average in (macro_mean, micro_mean):
        with pytest.raises(ValueError, match="no average"):
            average(members)


@pytest.mark.parametrize(("answers", "share"), [(2, 2 / 3), (4, 1 / 2), (6, 4 / 9), (math.inf, 1 / 3)])
def test_answers_to_one_item_have_a_floor(answers: float, share: float) -> None:
    """Known answer of 1.1: with x uniform on (0, 1), 1/12 + (1/6)/K falls to these shares of K = 1."""
    split = VarianceSplit(1 / 12, 1 / 6)

    assert split.of_one_item(answers) / split.of_one_item(1) == pytest.approx(share, rel=1e-12)


def test_the_split_finds_the_two_variances() -> None:
    """Uniform x and right-or-wrong answers give 1/12 between and 1/6 within, within simulation error."""
    random = np.random.default_rng(11)
    x = random.random(20_000)
    split = variance_split((random.random((20_000, 5)) < x[:, None]).astype(float))

    assert split.between == pytest.approx(1 / 12, abs=0.003)
    assert split.within == pytest.approx(1 / 6, abs=0.003)
    assert split.stderr(100, 5) == pytest.approx(math.sqrt((split.between + split.within / 5) / 100))


def test_one_answer_cannot_be_split() -> None:
    """A single answer to each item does not tell noise from difficulty."""
    with pytest.raises(ValueError, match="two answers"):
        variance_split(np.ones((5, 1)))
