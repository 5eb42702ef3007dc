"""Intervals against known answers and against kept libraries."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commons.stats.intervals import cluster_bootstrap, clustered_mean_se, wilson


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (3, 10), (50, 80), (999, 1000)])
def test_wilson_equals_scipy(successes: int, n: int) -> None:
    """The interval is scipy's own Wilson interval."""
    known = scipy_stats.binomtest(successes, n).proportion_ci(0.95, "wilson")

    assert wilson(successes, n) == pytest.approx((known.low, known.high), abs=1e-12)


def test_wilson_never_has_zero_width() -> None:
    """All right and all wrong still leave doubt, which a Wald interval denies."""
    assert wilson(0, 20)[0] == 0.0
    assert wilson(0, 20)[1] > 0.1
    assert wilson(20, 20)[0] < 0.9
    assert wilson(20, 20)[1] == 1.0


def test_a_count_outside_its_total_is_refused() -> None:
    """There is no proportion of 11 in 10, and none of an empty sample."""
    with pytest.raises(ValueError, match="no proportion"):
        wilson(11, 10)
    with pytest.raises(ValueError, match="no proportion"):
        wilson(0, 0)


def test_items_of_their_own_give_the_ordinary_standard_error() -> None:
    """Without shared clusters the error is sd/sqrt(n) with ddof 1, as the harness computes it."""
    values = np.array([0.0, 1.0, 1.0, 0.5, 0.25])

    expected = values.std(ddof=1) / math.sqrt(5)
    assert clustered_mean_se(values, list("abcde")) == pytest.approx(expected, rel=1e-12)


def test_repeating_every_item_does_not_shrink_the_error() -> None:
    """Ten copies of each item, in clusters, give the error of the items and not of the copies."""
    values = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    copies = np.repeat(values, 10)
    clusters = [str(index) for index in range(5) for _ in range(10)]

    assert clustered_mean_se(copies, clusters) == pytest.approx(clustered_mean_se(values, list("abcde")), rel=1e-12)


def test_the_bootstrap_agrees_with_scipys_bca() -> None:
    """On single items the interval is scipy's BCa interval within its own noise, and the same in every run."""
    values = np.random.default_rng(7).beta(2, 5, 80)
    clusters = [str(index) for index in range(80)]

    result = cluster_bootstrap(lambda rows: float(values[rows].mean()), clusters)
    known = scipy_stats.bootstrap((values,), np.mean, method="BCa", n_resamples=20000,
                                  rng=np.random.default_rng(1)).confidence_interval

    assert result is not None
    assert result[1] == pytest.approx((known.low, known.high), abs=0.004)
    assert cluster_bootstrap(lambda rows: float(values[rows].mean()), clusters) == result


def test_no_interval_where_nothing_varies() -> None:
    """A single cluster, or equal items, give no interval rather than one of zero width."""
    assert cluster_bootstrap(lambda rows: float(len(rows)), ["a", "a"]) is None
    assert cluster_bootstrap(lambda _: 0.5, ["a", "b", "c"]) is None
