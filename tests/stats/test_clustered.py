"""Clustered standard errors against known answers, and how often the intervals hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commons.stats.clustered import clt_se, clustered_mean, cr0_se, miller_se, numbered
from commons.stats.intervals import clopper_pearson, clustered_mean_se, wilson
from commons.stats.summary import summarise

VALUES = np.array([1.0, 1, 1, 0, 0, 0, 1, 0])
CLUSTERS = ["a", "a", "a", "b", "b", "b", "c", "c"]


def test_four_standard_errors_of_one_mean() -> None:
    """Known answer 4: CLT, Miller's, CR0 and statsmodels' default (CR1) of eight items in three clusters."""
    index = numbered(CLUSTERS)

    assert clt_se(VALUES) == pytest.approx(0.1889822, abs=1e-7)
    assert miller_se(VALUES, index) == pytest.approx(0.2734534, abs=1e-7)
    assert cr0_se(VALUES, index) == pytest.approx(0.2651650, abs=1e-7)
    assert clustered_mean_se(VALUES, CLUSTERS) == pytest.approx(0.3247595, abs=1e-7)


def test_two_of_them_are_those_of_statsmodels() -> None:
    """CR0 and CR1 are what statsmodels computes without and with its correction."""
    api = pytest.importorskip("statsmodels.api")
    groups = {"groups": numbered(CLUSTERS)}
    fits = [
        api.OLS(VALUES, np.ones(8)).fit(cov_type="cluster", cov_kwds={**groups, "use_correction": corrected})
        for corrected in (False, True)
    ]

    assert cr0_se(VALUES, numbered(CLUSTERS)) == pytest.approx(fits[0].bse[0], rel=1e-10)
    assert clustered_mean_se(VALUES, CLUSTERS) == pytest.approx(fits[1].bse[0], rel=1e-10)


def test_clusters_of_one_size_give_the_textbook() -> None:
    """CR2 is CR1 and its degrees of freedom are G - 1 where clusters are of one size."""
    values = np.array([0.1, 0.4, 0.8, 0.9, 0.3, 0.35])
    found = clustered_mean(values, list("aabbcc"))

    assert found.stderr == pytest.approx(clustered_mean_se(values, list("aabbcc")), rel=1e-12)
    assert found.freedom == pytest.approx(2.0, rel=1e-12)


def test_the_degrees_of_freedom_equal_those_of_the_whole_matrix() -> None:
    """The traces that are written out are those of the covariance matrix, which is made here from its definition."""
    values = np.array([0.2, 0.3, 0.8, 0.7, 0.9, 0.6, 0.45, 0.5, 0.1])
    clusters = list("aabbbbccd")
    found = clustered_mean(values, clusters)
    index = numbered(clusters)
    sizes = np.bincount(index).astype(float)
    n, count = 9, 4
    residuals = values - values.mean()
    between = float((np.bincount(index, weights=residuals) ** 2 / sizes).sum())
    own = (float((residuals**2).sum()) - between) / (n - count)
    shared = max(0.0, (between / (count - 1) - own) / ((n - (sizes**2).sum() / n) / (count - 1)))
    members = np.eye(count)[index]
    omega = own * np.eye(n) + shared * members @ members.T
    centre = np.eye(n) - 1 / n
    rows = members.T @ centre / np.sqrt(1 - sizes / n)[:, None]
    matrix = rows @ omega @ rows.T

    assert shared > 0
    assert found.freedom == pytest.approx(np.trace(matrix) ** 2 / (matrix**2).sum(), rel=1e-10)


def test_a_single_cluster_says_nothing() -> None:
    """The spread of one cluster cannot be known."""
    assert clustered_mean(VALUES, ["a"] * 8) is None
    assert math.isnan(clt_se(np.array([1.0])))


@pytest.mark.parametrize("kind", ["right or wrong", "fractions"])
def test_clustered_intervals_hold_the_truth(kind: str) -> None:
    """95% intervals of ten clusters of unequal sizes hold the true mean 92% of the time or more, of 400 drawn."""
    random = np.random.default_rng(20241110)
    sizes = np.array([1, 2, 3, 5, 9] * 2)
    clusters = [str(one) for one in np.repeat(np.arange(10), sizes)]
    held = 0
    for _ in range(400):
        own = np.repeat(random.beta(1.4, 1.4 / 1.5, 10), sizes)
        noise = random.uniform(-0.2, 0.2, 40)
        values = (random.random(40) < own).astype(float) if kind == "right or wrong" else own + noise
        low, high = summarise("mean", values.tolist(), clusters).interval
        held += low <= 0.6 <= high

    assert held / 400 >= 0.92


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0, 0.1611)), (1, 29, (0.0061, 0.1718)),
     (10, 10, (0.7225, 1)), (0, 10, (0, 0.2775)), (5, 10, (0.2366, 0.7634)), (90, 100, (0.8256, 0.9448))],
)
def test_wilson_of_published_counts(successes: int, n: int, interval: tuple[float, float]) -> None:
    """Known answers 1 and 3: Newcombe's (1998) examples and four more."""
    assert wilson(successes, n) == pytest.approx(interval, abs=5.1e-5)


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [(81, 263, (0.2527, 0.3676)), (15, 148, (0.0578, 0.1617)), (0, 20, (0, 0.1684)), (1, 29, (0.0009, 0.1776))],
)
def test_clopper_pearson_of_published_counts(successes: int, n: int, interval: tuple[float, float]) -> None:
    """Known answer 2: the exact interval, for whoever needs a guarantee, from the same counts."""
    assert clopper_pearson(successes, n) == pytest.approx(interval, abs=5.1e-5)


@pytest.mark.parametrize("sizes", [(99, 1), (90, 1, 1)])
def test_one_cluster_with_most_items_is_no_more_than_one_cluster(sizes: tuple[int, ...]) -> None:
    """Where one source has nearly all items, the interval holds the truth all the same: the jackknife's error."""
    random, held = np.random.default_rng(8), 0
    index = np.repeat(np.arange(len(sizes)), sizes)
    names = [str(one) for one in index]
    for _ in range(400):
        found = clustered_mean(values := random.normal(0, 0.2, len(sizes))[index] + random.normal(0, 0.2, index.size),
                               names)
        assert found is not None
        held += abs(float(values.mean())) <= found.critical() * found.stderr

    assert held / 400 >= 0.93
    assert found.correction.startswith("jackknife")
    assert "one source has most items" in summarise("mean", [0.1, 0.4, 0.2, 0.9], list("aaab")).method
    assert "cluster-robust (CR2)" in summarise("mean", [0.1, 0.4, 0.2, 0.9], list("aabb")).method
