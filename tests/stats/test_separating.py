"""What a comparison can show, by known answers and by counting."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.differences import difference_of_means
from commons.stats.paired import mcnemar_exact
from commons.stats.power import QUANTILES, best_case_difference
from commons.stats.separating import (
    POWER,
    detectable_mean,
    detectable_right,
    fewest_units,
    items_needed,
    more_mean,
    more_right,
    pair_variance,
    paired_power,
)


def test_items_needed_by_the_formula() -> None:
    """Known answer 8: 969 items without sampling noise, 3,876 with one answer an item, 1,260 with ten."""
    assert pytest.approx(7.84888, abs=1e-5) == QUANTILES**2
    assert items_needed(0.03, pair_variance(1 / 9)) == 969
    assert items_needed(0.03, pair_variance(1 / 9, 1 / 6, 1 / 6)) == 3876
    assert items_needed(0.03, pair_variance(1 / 9, 1 / 6, 1 / 6, 10, 10)) == 1260


@pytest.mark.parametrize(("answers", "points"), [(1, 13.3), (10, 7.6)])
def test_detectable_with_198_items(answers: int, points: float) -> None:
    """Known answer 8: 198 items find 13.3 points with one answer an item, 7.6 with ten."""
    stderr = (pair_variance(1 / 9, 1 / 6, 1 / 6, answers, answers) / 198) ** 0.5
    found = detectable_mean(stderr, 198)

    assert found is not None
    assert 100 * found == pytest.approx(points, abs=0.05)


def test_clusters_multiply_what_is_needed() -> None:
    """A design effect of two asks for twice the items."""
    assert items_needed(0.03, 1 / 9, design_effect=2.0) == 1938


def test_what_was_seen_needs_so_many_more() -> None:
    """The standard error shrinks with the root of the items, until the difference is QUANTILES of it."""
    more = more_mean(0.03, 0.02, 100)

    assert more is not None
    assert QUANTILES * 0.02 * (100 / (100 + more)) ** 0.5 <= 0.03
    assert QUANTILES * 0.02 * (100 / (100 + more - 1)) ** 0.5 > 0.03
    assert more_mean(0.5, 0.02, 100) == 0


def test_no_number_where_none_is_honest() -> None:
    """A difference of 0, or one that would take a thousand times the items, gets no number."""
    assert more_mean(0.0, 0.02, 100) is None
    assert more_mean(0.0001, 0.05, 100) is None
    assert more_right(4, 4, 60) is None
    assert more_right(1001, 1000, 2001) is None
    with pytest.raises(ValueError, match="difference of 0"):
        items_needed(0.0, 0.1)
    with pytest.raises(ValueError, match="below 0"):
        pair_variance(-1.0)


@pytest.mark.parametrize("alpha", [0.05, 0.025, 0.01])
def test_the_fewest_items_are_those_of_the_tests_themselves(alpha: float) -> None:
    """With so many items that all favour one model both exact tests come below the level, with one less neither."""
    fewest = fewest_units(alpha)

    for n, below in ((fewest, True), (fewest - 1, False)):
        flips = difference_of_means(np.full(2 * n, 1.0), np.zeros(2 * n), [str(item // 2) for item in range(2 * n)])
        assert (mcnemar_exact(n, 0) <= alpha) == below
        assert (flips.p <= alpha) == below


def test_too_few_items_show_nothing() -> None:
    """Five items or clusters cannot come out clear, whatever their spread, and are no good at 0.0 points."""
    assert detectable_right(0, 0, 5) is None
    assert detectable_right(5, 0, 5) is None
    assert detectable_mean(0.02, 4) is None
    assert detectable_mean(None, 40) is None


def test_one_item_more_settles_five_of_five() -> None:
    """Five right of five against none: the sixth such item makes it clear, and so does the sixth such cluster."""
    assert more_right(5, 0, 5) == 1
    assert more_right(0, 5, 5) == 1
    assert more_mean(1.0, None, 5) == 1


def test_the_power_is_that_of_drawn_items() -> None:
    """Of 20,000 drawn outcomes of 40 items the test finds the better model as often as the sum says."""
    random = np.random.default_rng(4)
    drawn = random.multinomial(40, (0.3, 0.1, 0.6), 20_000)
    found = np.mean([mcnemar_exact(one, other) <= 0.05 and one > other for one, other, _ in drawn.tolist()])

    assert paired_power(0.3, 0.1, 40) == pytest.approx(found, abs=4 * (0.25 / 20_000) ** 0.5)


@pytest.mark.parametrize(("one", "other", "n"), [(0, 0, 12), (6, 2, 40), (20, 15, 200), (3, 0, 1000)])
def test_what_is_detectable_is_found_four_times_in_five(one: int, other: int, n: int) -> None:
    """At the detectable difference the exact power is 80%, just below it less; more tests make it larger."""
    found, corrected = detectable_right(one, other, n), detectable_right(one, other, n, 0.01)
    noise = min(one, other) / n

    assert found is not None
    assert corrected is not None
    assert paired_power(noise + found, noise, n) >= POWER > paired_power(noise + 0.98 * found, noise, n)
    assert corrected > found >= best_case_difference(n) * 0.95


def test_many_items_go_by_the_normal_formula() -> None:
    """Above two thousand items the formula and the sum are near each other."""
    exact, formula = detectable_right(12, 9, 2000), detectable_right(12, 9, 2001)

    assert exact is not None
    assert formula == pytest.approx(exact, rel=0.06)


def test_what_is_needed_suffices_and_little_less_does_not() -> None:
    """With the items that are asked for the exact power is 80%; with a fifth less it is not."""
    more = more_right(9, 4, 60)

    assert more is not None
    assert paired_power(9 / 60, 4 / 60, 60 + more) >= POWER
    assert paired_power(9 / 60, 4 / 60, round(0.8 * (60 + more))) < POWER
