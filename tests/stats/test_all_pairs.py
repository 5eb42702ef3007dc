"""All pairs at once are what each pair is alone."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.adjusted import benjamini_hochberg, holm_adjusted
from commons.stats.all_pairs import all_pairs
from commons.stats.differences import difference_of_means
from commons.stats.paired import mcnemar_exact

BH_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
           0.7590, 1.0]


def scores(models: int, items: int, *, binary: bool = True) -> np.ndarray:
    """Models of rising strength."""
    random = np.random.default_rng(12)
    drawn = random.random((models, items))
    return (drawn < np.linspace(0.2, 0.8, models)[:, None]).astype(float) if binary else drawn


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("count", [60, 12])
def test_each_pair_is_its_own_comparison(binary: bool, count: int) -> None:
    """Differences and standard errors equal those of the pair alone, with and without shared sources."""
    matrix = scores(7, 60, binary=binary)
    index = np.arange(60) if count == 60 else (np.arange(60) ** 2 // 7) % 12
    index = np.unique(index, return_inverse=True)[1].reshape(-1)
    found = all_pairs(matrix, index)

    assert found.exact == (binary and count == 60)
    for one in range(7):
        for other in range(7):
            if one != other:
                alone = difference_of_means(matrix[one], matrix[other], [str(place) for place in index])
                assert found.difference[one, other] == pytest.approx(alone.value, abs=1e-12)
                assert found.stderr[one, other] == pytest.approx(alone.stderr or 0.0, rel=1e-9)


@pytest.mark.parametrize("items", [60, 3000])
def test_exact_p_values_are_mcnemars(items: int) -> None:
    """Looked up or computed, each p-value is McNemar's exact one."""
    matrix = scores(5, items)
    found = all_pairs(matrix, np.arange(items))

    for one, other in ((0, 1), (0, 4), (2, 3), (4, 4)):
        counts = int((matrix[one] > matrix[other]).sum()), int((matrix[one] < matrix[other]).sum())
        assert found.p[one, other] == pytest.approx(mcnemar_exact(*counts), rel=1e-8)


def test_holm_counts_each_pair_once() -> None:
    """The adjusted p-values are Holm's over the upper triangle, and the same both ways."""
    found = all_pairs(scores(6, 80), np.arange(80))
    upper = np.triu_indices(6, 1)

    assert found.adjusted[upper] == pytest.approx(holm_adjusted(found.p[upper].tolist()))
    assert (found.adjusted == found.adjusted.T).all()


def test_equal_models_and_single_clusters_are_no_evidence() -> None:
    """Two that answer alike have p = 1; of a single cluster nothing is known."""
    twice = np.stack([scores(1, 30)[0]] * 2)
    single = all_pairs(scores(3, 30), np.zeros(30, dtype=np.intp))

    assert all_pairs(twice, np.arange(30)).p[0, 1] == 1.0
    assert all_pairs(twice, np.arange(30) // 3).p[0, 1] == 1.0
    assert np.isnan(single.stderr).all()
    assert (single.p == 1).all()


def test_what_does_not_fit_is_refused() -> None:
    """Missing scores are refused, and never taken for zeros."""
    with pytest.raises(ValueError, match="finite"):
        all_pairs(np.array([[1.0, np.nan], [0.0, 1.0]]), np.arange(2))
    with pytest.raises(ValueError, match="one cluster"):
        all_pairs(scores(2, 3), np.arange(4))


def test_corrections_of_fifteen_published_p_values() -> None:
    """Known answer 7: Bonferroni and Holm reject three, Benjamini and Hochberg four, as statsmodels does."""
    multitest = pytest.importorskip("statsmodels.stats.multitest")

    assert sum(p <= 0.05 / 15 for p in BH_1995) == 3
    assert sum(p <= 0.05 for p in holm_adjusted(BH_1995)) == 3
    assert sum(p <= 0.05 for p in benjamini_hochberg(BH_1995)) == 4
    for name, ours in (("holm", holm_adjusted), ("fdr_bh", benjamini_hochberg)):
        shuffled = BH_1995[::2] + BH_1995[1::2]
        assert ours(shuffled) == pytest.approx(multitest.multipletests(shuffled, method=name)[1])
