"""The verdict on drift: what must change, how often it errs, and what it is held against."""

from __future__ import annotations

import datetime
import math
import random

import pytest

from commons.evaluate.sentinel_verdict import ALPHA, ENOUGH, baseline_of, judge
from commons.pool.sentinels import Check
from tests.pool.checks import check, item


@pytest.mark.parametrize(("changed", "drifted"), [(0, False), (6, False), (7, True), (20, True)])
def test_without_noise_seven_of_twenty_must_change(changed: int, drifted: bool) -> None:
    """As the constant says: p is 0.0078 with seven and 0.016 with six."""
    today = [item(number, *(("no", "no") if number < changed else ("yes", "yes"))) for number in range(20)]

    verdict = judge(today, check().items)

    assert (verdict.n, verdict.changed, verdict.noisy, verdict.drifted) == (20, changed, 0, drifted)
    assert verdict.p == pytest.approx(0.5**changed)


def test_noise_of_today_weighs_against_change() -> None:
    """Nine items changed and nine others differ from themselves: that is noise. Items that did both say nothing."""
    noisy = [item(number, "no", "no") for number in range(9)] + [item(number, "yes", "no") for number in range(9, 18)]
    both = [item(number, "no", "maybe") for number in range(20)]

    assert judge([*noisy, item(18), item(19)], check().items).drifted is False
    assert judge(both, check().items).p == 1.0


@pytest.mark.parametrize("answered", [0, 9, 10])
def test_fewer_than_ten_answers_say_nothing(answered: int) -> None:
    """However much changed, and it is not said that nothing did."""
    today = [item(number, *(("no", "no") if number < answered else (None, None))) for number in range(20)]

    verdict = judge(today, check().items)

    assert verdict.n == answered
    assert verdict.drifted is (True if answered >= ENOUGH else None)


def test_half_an_answer_and_another_request_do_not_count() -> None:
    """An item that was answered once says nothing of its noise; an item that was edited is another one."""
    today = [item(number, "no", None) for number in range(10)] + [item(number, "no", "no") for number in range(90, 100)]

    assert judge(today, check().items).n == 0


def test_false_alarms_are_no_more_than_alpha_whatever_the_noise() -> None:
    """2,000 checks of an endpoint that did not drift, for each of several noises, with a seed; some items fail."""
    chance = random.Random(20261123)  # noqa: S311  (a simulation)
    alarms = {}
    for noise in (0.0, 0.05, 0.2, 0.5, 0.9):
        spread = [min(1.0, noise * 2 * chance.random()) for _ in range(20)]

        def answer(number: int, spread: list[float] = spread) -> str | None:
            if chance.random() < 0.02:
                return None
            return f"other {chance.randrange(4)}" if chance.random() < spread[number] else "usual"

        alarms[noise] = sum(
            bool(judge([item(number, answer(number), answer(number)) for number in range(20)],
                       [item(number, answer(number)) for number in range(20)]).drifted)
            for _ in range(2_000)
        )

    # Three standard errors over alpha, which the exact test does not reach: its p-values come in steps.
    assert all(count <= 2_000 * ALPHA + 3 * math.sqrt(2_000 * ALPHA) for count in alarms.values()), alarms
    assert alarms[0.0] == 0


def test_drifts_are_seen_as_often_as_the_constant_says() -> None:
    """Half of all answers change: seen in 0.94 of checks; three in ten in 0.39; one in ten in 0.002."""
    for share, power in ((0.5, 0.94), (0.3, 0.39), (0.1, 0.002)):
        exact = sum(math.comb(20, count) * share**count * (1 - share) ** (20 - count) for count in range(7, 21))

        assert exact == pytest.approx(power, abs=0.005)


def at(day: int, **changes: object) -> Check:
    """The check of a day."""
    return check(day=day, **changes)


def when(day: int) -> datetime.datetime:
    """Noon of a day."""
    return datetime.datetime(2026, 11, day, 12, tzinfo=datetime.timezone.utc)


def test_the_baseline_is_the_last_check_before_the_oldest_cell() -> None:
    """A check after the cells is held against the nearest one before them; without one before, the first."""
    checks = [at(1), at(8), at(15)]
    requests = [one.request for one in checks[0].items]

    assert baseline_of(checks, "b" * 64, when(9), requests) == checks[1]
    assert baseline_of(checks, "b" * 64, when(30), requests) == checks[2]
    assert baseline_of(checks, "b" * 64, datetime.datetime(2026, 1, 1, tzinfo=when(1).tzinfo), requests) == checks[0]
    assert baseline_of([], "b" * 64, when(9), requests) is None


def test_nothing_from_before_a_drift_or_of_another_entry_is_a_baseline() -> None:
    """The check that found the drift is the first that can be; another snapshot's answers are another model's."""
    checks = [at(1), at(8, drifted=True), at(15)]
    requests = [one.request for one in checks[0].items]

    assert baseline_of(checks, "b" * 64, when(2), requests) == checks[1]
    assert baseline_of(checks, "c" * 64, when(2), requests) is None


def test_a_check_that_shares_too_little_is_no_baseline() -> None:
    """One whose items failed, or of which most were edited since, could never say anything."""
    failed = at(1, items=[item(number, None, None) for number in range(20)])
    requests = [one.request for one in at(2).items]

    assert baseline_of([failed], "b" * 64, None, requests) is None
    assert baseline_of([at(2)], "b" * 64, None, requests[:9]) is None
    assert baseline_of([at(2)], "b" * 64, None, requests[:10]) == at(2)
