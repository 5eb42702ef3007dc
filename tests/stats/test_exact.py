"""Exact tails against known answers, and that reading them needs no numeric package."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from math import comb

import pytest

from commons.stats.exact import binomial_tail, hoeffding_tail, holm


def _by_fractions(successes: int, n: int, p: Fraction) -> float:
    return float(sum(comb(n, count) * p**count * (1 - p) ** (n - count) for count in range(max(successes, 0), n + 1)))


@pytest.mark.parametrize("n", [1, 7, 40])
@pytest.mark.parametrize("p", [Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)])
def test_every_tail_equals_the_sum_of_fractions(n: int, p: Fraction) -> None:
    """The sum in floating point is the sum in exact fractions, in both halves of the distribution."""
    for successes in range(-1, n + 2):
        assert binomial_tail(successes, n, float(p)) == pytest.approx(_by_fractions(successes, n, p), rel=1e-10)


@pytest.mark.parametrize(
    ("successes", "n", "p", "tail"),
    [
        (10, 10, 0.5, 2**-10),
        (0, 10, 0.5, 1.0),
        (11, 10, 0.5, 0.0),
        (60, 100, 0.5, 0.02844396682049039),  # scipy.stats.binom.sf(59, 100, .5)
        (101_000, 200_000, 0.5, 3.912164257690504e-06),  # scipy.stats.binom.sf(100_999, 200_000, .5)
        (3, 5, 0.0, 0.0),
        (3, 5, 1.0, 1.0),
    ],
)
def test_known_tails(successes: int, n: int, p: float, tail: float) -> None:
    """Published or independently computed values come out, the ends of the range among them."""
    assert binomial_tail(successes, n, p) == pytest.approx(tail, rel=1e-7)


@pytest.mark.parametrize(("n", "p"), [(-1, 0.5), (5, 1.5), (5, -0.1)])
def test_what_is_no_distribution_is_refused(n: int, p: float) -> None:
    """A negative count or a probability outside 0 to 1 is an error, not a number."""
    with pytest.raises(ValueError, match="no binomial"):
        binomial_tail(1, n, p)


def test_hoeffding_known_values() -> None:
    """The bound of a perfect mean is p to the power of n; a mean at or below the expectation says nothing."""
    assert hoeffding_tail(1.0, 10, 0.25) == pytest.approx(0.25**10)
    assert hoeffding_tail(0.75, 8, 0.5) == pytest.approx(0.3511660, rel=1e-6)
    assert hoeffding_tail(0.2, 50, 0.25) == 1.0
    assert hoeffding_tail(0.1, 5, 0.0) == 0.0
    assert hoeffding_tail(0.9, 0, 0.5) == 1.0


@pytest.mark.parametrize("successes", range(6, 21))
def test_hoeffding_never_undercuts_the_exact_tail(successes: int) -> None:
    """For right-or-wrong scores the bound is never smaller than the exact probability."""
    assert hoeffding_tail(successes / 20, 20, 0.25) >= binomial_tail(successes, 20, 0.25)


def test_hoeffding_refuses_scores_outside_its_range() -> None:
    """A mean above one is an error: the inequality is about scores between 0 and 1."""
    with pytest.raises(ValueError, match="0 to 1"):
        hoeffding_tail(1.2, 5, 0.5)


def test_holm_steps_down_and_stops() -> None:
    """Each p-value meets its own level, and the first that fails stops all larger ones."""
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == (True, False, False, True)  # Holm's own worked levels
    assert holm([0.001, 0.02, 0.025], 0.05) == (True, True, True)
    assert holm([0.06], 0.05) == (False,)
    assert holm([], 0.05) == ()


def test_reading_it_needs_no_numeric_package() -> None:
    """Lint runs where numpy is not installed."""
    code = "import sys, commons.stats.exact; sys.exit(any(m.split('.')[0] in {'numpy', 'scipy'} for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
