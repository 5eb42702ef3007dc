"""Paired tests against known answers."""

from __future__ import annotations

import pytest

from commons.stats.paired import more_often


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [(0, 0, 1.0), (1, 0, 0.5), (6, 0, 0.015625), (7, 0, 0.0078125), (5, 5, 0.623046875), (9, 1, 11 / 1024),
     (0, 7, 1.0)],
)
def test_the_exact_tail_at_one_half(one: int, other: int, p: float) -> None:
    """Binomial tails that can be counted by hand; no discordant pair is no evidence."""
    assert more_often(one, other) == pytest.approx(p, abs=1e-12)


def test_it_is_half_of_the_published_two_sided_test() -> None:
    """Agresti's 150 against 86 approvals: the exact two-sided p-value is 3.7159e-5."""
    assert 2 * more_often(150, 86) == pytest.approx(3.7159e-5, rel=1e-4)


def test_negative_counts_are_refused() -> None:
    """Nothing was counted that can be below nothing."""
    with pytest.raises(ValueError, match="no counts"):
        more_often(-1, 0)
