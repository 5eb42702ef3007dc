"""The smallest difference that a task can show, against known answers and a simulation by exact sums."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from commons.stats.power import QUANTILES, best_case_difference, smallest_difference


def test_the_quantiles_are_those_of_the_reference() -> None:
    """(z.975 + z.80) squared is 7.84888."""
    assert pytest.approx(7.84888, abs=1e-5) == QUANTILES**2


@pytest.mark.parametrize(("n", "variance", "difference"), [
    (969, 1 / 9, 0.03), (3876, 1 / 9 + 2 / 6, 0.03), (1260, 1 / 9 + 2 / 60, 0.03),
    (198, 1 / 9 + 2 / 6, 0.133), (198, 1 / 9 + 2 / 60, 0.076),
])  # fmt: skip
def test_the_formula_gives_the_published_sizes(n: int, variance: float, difference: float) -> None:
    """Miller's formula turned round: the sizes that the reference works out give back their differences."""
    assert smallest_difference(n, variance) == pytest.approx(difference, abs=5e-4)


def test_independent_models_are_the_default() -> None:
    """72 items show 23 points where the models err independently."""
    assert smallest_difference(72) == pytest.approx(0.2335, abs=1e-4)


@pytest.mark.parametrize("n", [6, 72, 1000])
def test_the_best_case_solves_its_equation(n: int) -> None:
    """The bound is the difference at which Miller's formula with the least variance gives the difference itself."""
    bound = best_case_difference(n)

    assert smallest_difference(n, bound - bound**2) == pytest.approx(bound)
    assert bound == pytest.approx(7.84888 / (n + 7.84888), abs=1e-6)


@pytest.mark.parametrize("better", [0.5, 0.7, 0.95])
def test_no_pair_of_models_varies_less(better: float) -> None:
    """Whatever share of items goes each way, the variance of the difference is at least d - d squared."""
    for worse in (share / 100 for share in range(round(min(better, 1 - better) * 100) + 1)):
        difference = better - worse
        variance = better + worse - difference**2
        assert variance >= difference - difference**2 - 1e-12


@pytest.mark.parametrize("n", [0, -1])
def test_no_items_show_nothing(n: int) -> None:
    """Without items there is no number to give, and none is given."""
    with pytest.raises(ValueError, match="no power"):
        smallest_difference(n)
    with pytest.raises(ValueError, match="no power"):
        best_case_difference(n)
    with pytest.raises(ValueError, match="no power"):
        smallest_difference(10, -0.1)


def test_more_items_show_less() -> None:
    """Four times the items halve the difference; no variance leaves none."""
    assert smallest_difference(400) == pytest.approx(smallest_difference(100) / 2)
    assert math.isclose(smallest_difference(100, 0), 0)


def test_it_needs_no_numpy() -> None:
    """Lint, whose install has no numpy, can import it."""
    code = "import sys; import commons.stats.power; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
