"""What a comparison can show, by known answers."""

from __future__ import annotations

import pytest

from commons.stats.power import QUANTILES
from commons.stats.separating import detectable, items_needed, more_needed, pair_variance


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

    assert 100 * detectable(stderr, 198, binary=False) == pytest.approx(points, abs=0.05)


def test_clusters_multiply_what_is_needed() -> None:
    """A design effect of two asks for twice the items."""
    assert items_needed(0.03, 1 / 9, design_effect=2.0) == 1938


def test_what_was_seen_needs_so_many_more() -> None:
    """The standard error shrinks with the root of the items, until the difference is QUANTILES of it."""
    more = more_needed(0.03, 0.02, 100)

    assert QUANTILES * 0.02 * (100 / (100 + more)) ** 0.5 <= 0.03
    assert QUANTILES * 0.02 * (100 / (100 + more - 1)) ** 0.5 > 0.03
    assert more_needed(0.5, 0.02, 100) == 0


def test_no_number_where_none_is_honest() -> None:
    """A difference of 0, or one that would take a thousand times the items, gets no number."""
    assert more_needed(0.0, 0.02, 100) is None
    assert more_needed(0.0001, 0.05, 100) is None
    with pytest.raises(ValueError, match="difference of 0"):
        items_needed(0.0, 0.1)
    with pytest.raises(ValueError, match="below 0"):
        pair_variance(-1.0)


def test_few_discordant_items_show_no_small_difference() -> None:
    """Right or wrong items that hardly differed have a floor that their observed spread does not go below."""
    assert detectable(0.001, 76, binary=True) == pytest.approx(QUANTILES**2 / (76 + QUANTILES**2))
    assert detectable(0.0, 76, binary=False) is None
