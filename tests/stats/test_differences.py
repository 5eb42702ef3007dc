"""Paired differences against known answers and kept libraries."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commons.stats.aggregate import aggregate
from commons.stats.clustered import clt_se
from commons.stats.differences import (
    bonett_price,
    cochrans_q,
    difference_of_means,
    difference_of_statistics,
    sign_flip,
)
from commons.stats.paired import mcnemar_exact

A = np.array([float(one) for one in "1111001011"])
B = np.array([float(one) for one in "1010011001"])
OWN = [str(index) for index in range(10)]

#: Agresti's approvals: 794 and 570 agree, 86 and 150 changed.
FIRST = np.array([1.0] * 794 + [1.0] * 86 + [0.0] * 150 + [0.0] * 570)
SECOND = np.array([1.0] * 794 + [0.0] * 86 + [1.0] * 150 + [0.0] * 570)


def test_pairing_pays() -> None:
    """Known answer 5: the difference, its paired error, the unpaired one and the correlation that joins them."""
    found = difference_of_means(A, B, OWN)
    one, other = clt_se(A), clt_se(B)
    r = float(np.corrcoef(A, B)[0, 1])

    assert (found.value, found.stderr) == (pytest.approx(0.2), pytest.approx(0.2))
    assert math.hypot(one, other) == pytest.approx(0.2260777, abs=1e-7)
    assert r == pytest.approx(0.2182179, abs=1e-7)
    assert math.sqrt(one**2 + other**2 - 2 * one * other * r) == pytest.approx(found.stderr, rel=1e-12)


def test_mcnemar_and_cochran_of_agresti() -> None:
    """Known answer 6: the exact p-value, and Cochran's Q, which is McNemar's chi-squared over two models."""
    assert mcnemar_exact(86, 150) == pytest.approx(3.7159e-5, rel=1e-4)
    found = cochrans_q(np.stack([FIRST, SECOND]))

    assert found.q == pytest.approx(17.35593, abs=1e-5)
    assert found.p == pytest.approx(3.0993e-5, rel=1e-4)


def test_they_equal_statsmodels() -> None:
    """McNemar's exact p and Cochran's Q of three models are those of statsmodels."""
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    random = np.random.default_rng(4)
    right = (random.random((3, 60)) < np.array([[0.4], [0.5], [0.7]])).astype(float)
    one, other = int((right[0] > right[1]).sum()), int((right[0] < right[1]).sum())
    known = tables.cochrans_q(right.T)

    assert mcnemar_exact(one, other) == pytest.approx(tables.mcnemar([[1, one], [other, 1]], exact=True).pvalue)
    assert (cochrans_q(right).q, cochrans_q(right).p) == (pytest.approx(known.statistic), pytest.approx(known.pvalue))


def test_no_discordant_item_is_no_evidence() -> None:
    """Where statsmodels gives nan, Q is 0 and p is 1; and two that answer alike keep an interval."""
    same = np.array([1.0, 0.0, 1.0] * 10)
    found = difference_of_means(same, same, [str(index) for index in range(30)])

    assert (cochrans_q(np.stack([same, same])).q, cochrans_q(np.stack([same, same])).p) == (0.0, 1.0)
    assert (found.value, found.stderr, found.p) == (0.0, None, 1.0)
    assert found.interval[0] < 0 < found.interval[1]


def test_binary_items_of_their_own_get_the_exact_test() -> None:
    """Right or wrong on items of their own: McNemar's exact test and the interval of Bonett and Price."""
    found = difference_of_means(FIRST, SECOND, [str(index) for index in range(1600)])

    assert (found.test, found.first_only, found.second_only) == ("McNemar, exact", 86, 150)
    assert found.interval == bonett_price(86, 150, 1600)
    assert found.p == mcnemar_exact(86, 150)


def test_bonett_and_price_hold_the_truth() -> None:
    """Over all outcomes of 40 items with planted discordance, the 95% interval holds the difference 94% or more."""
    p, q, n = 0.15, 0.05, 40
    held = 0.0
    for one, other in itertools.product(range(n + 1), repeat=2):
        if one + other <= n:
            low, high = bonett_price(one, other, n)
            weight = float(scipy_stats.multinomial.pmf([one, other, n - one - other], n, [p, q, 1 - p - q]))
            held += weight * (low <= p - q <= high)

    assert held >= 0.94


def test_shared_sources_widen_the_interval() -> None:
    """Items in clusters are tested by whole clusters, and the interval says so by its width."""
    first, second = np.repeat(A, 3), np.repeat(B, 3)
    shared = difference_of_means(first, second, [str(index // 3) for index in range(30)])
    naive = difference_of_means(first, second, [str(index) for index in range(30)])

    assert shared.units == 10
    assert "clusters" in shared.test
    assert shared.interval[1] - shared.interval[0] > 1.3 * (naive.interval[1] - naive.interval[0])
    assert shared.p > naive.p


def test_few_sign_flips_are_all_counted() -> None:
    """Six clusters have 64 flips: p is the share of them that is as large, counted here one by one."""
    apart = np.array([0.3, 0.1, -0.05, 0.2, 0.4, -0.1])
    flips = [abs(sum(sign * one for sign, one in zip(signs, apart, strict=True)))
             for signs in itertools.product((1, -1), repeat=6)]
    p, exact = sign_flip(apart, list("abcdef"))

    assert exact
    assert p == pytest.approx(np.mean([one >= abs(apart.sum()) - 1e-12 for one in flips]))


def test_many_sign_flips_equal_scipy() -> None:
    """Drawn flips agree with scipy's own permutation test, within simulation error, and repeat exactly."""
    random = np.random.default_rng(8)
    apart = random.normal(0.2, 1, 60)
    clusters = [str(index) for index in range(60)]
    known = scipy_stats.permutation_test((apart, np.zeros(60)), lambda x, y, axis: np.mean(x - y, axis=axis),
                                         permutation_type="samples", vectorized=True, n_resamples=9999, rng=1)
    p, exact = sign_flip(apart, clusters)

    assert not exact
    assert p == pytest.approx(known.pvalue, abs=0.02)
    assert sign_flip(apart, clusters)[0] == p


def test_sign_flips_keep_their_size() -> None:
    """Of 400 pairs without a difference, in eight unequal clusters, at most 5% and simulation error are called one."""
    random = np.random.default_rng(9)
    clusters = [str(one) for one in np.repeat(np.arange(8), [1, 2, 3, 4, 5, 6, 7, 8])]
    shared = [random.normal(0, 1, 8)[np.array(clusters, dtype=int)] + random.normal(0, 1, 36) for _ in range(400)]

    assert np.mean([sign_flip(apart, clusters)[0] <= 0.05 for apart in shared]) <= 0.05 + 2.6 * math.sqrt(0.0475 / 400)


def test_a_corpus_score_is_compared_from_its_sufficient_statistics() -> None:
    """Bits per byte of two models: the difference, an interval around it and a p-value, the same at every call."""
    random = np.random.default_rng(10)
    weights = random.integers(50, 200, 40).astype(float)
    first = [((-float(w), float(w)),) for w in weights]
    second = [((-float(w * scale), float(w)),) for w, scale in zip(weights, random.normal(1.1, 0.1, 40), strict=True)]
    clusters = [str(index) for index in range(40)]
    found, again = (difference_of_statistics(lambda some: aggregate("bits_per_byte", some), first, second, clusters,
                                             draws=299) for _ in range(2))

    assert found == again
    assert found.interval[0] < found.value < found.interval[1] < 0
    assert found.p == pytest.approx(1 / 300)


def test_a_corpus_score_without_a_difference() -> None:
    """A model against itself: no interval, and no evidence."""
    one = [((-float(index + 3), 2.0),) for index in range(10)]
    found = difference_of_statistics(lambda some: aggregate("bits_per_byte", some), one, one, OWN, draws=99)

    assert (found.value, found.interval, found.p) == (0.0, None, 1.0)


def test_few_clusters_of_a_corpus_score_get_the_jackknife() -> None:
    """Five items: percentiles of a bootstrap held the truth in 84% of boards of perplexities, Student's t in 95%."""
    random, held = np.random.default_rng(2), 0
    for _ in range(200):
        shared = random.normal(-2, 0.5, 5)
        one, other = (shared + random.normal(0, 0.3, 5) for _ in range(2))
        found = difference_of_statistics(lambda some: aggregate("perplexity", some), [(float(x),) for x in one],
                                         [(float(x),) for x in other], OWN[:5], draws=9)
        held += found.interval[0] <= 0 <= found.interval[1]

    assert held / 200 >= 0.91
    assert (found.freedom, found.method) == (4, "jackknife over items, Student's t")
    few = difference_of_statistics(lambda some: aggregate("perplexity", some), [(-1.0,), (-2.0,)],
                                   [(-1.5,), (-2.1,)], OWN[:2], draws=9)
    assert (few.interval, few.freedom) == (None, None)


def test_differences_of_bounded_numbers_stay_within_a_hundred_points() -> None:
    """Two fractional scores cannot lie further apart than 1, and the method says that it was cut."""
    found = difference_of_means(np.array([1.0, 0.9, 0.95, 1.0]), np.array([0.0, 0.3, 0.05, 0.5]), OWN[:4])
    known = scipy_stats.t.interval(0.95, 3, found.value, found.stderr)
    plain = difference_of_means(np.array([9.0, 8.0, 9.5]), np.array([0.0, 3.0, 1.0]), OWN[:3])

    assert known[1] > 1.0 == found.interval[1]
    assert (found.method, found.freedom) == ("Student's t, cut at 1", pytest.approx(3.0))
    assert (plain.interval[1] > 1, plain.method) == (True, "Student's t")


def test_skewed_differences_are_called_clear_less_often_than_by_flips() -> None:
    """Ten lognormal differences whose true mean is 0: sign flips reject far more than 5%, the larger p-value less."""
    random = np.random.default_rng(3)
    boards = [0.1 * (np.exp(random.normal(0, 1, 10)) - math.exp(0.5)) for _ in range(400)]
    zero = np.zeros(10)
    flips = np.mean([sign_flip(one, OWN)[0] <= 0.05 for one in boards])
    ours = np.mean([difference_of_means(one, zero, OWN).p <= 0.05 for one in boards])
    normal = np.mean([difference_of_means(random.normal(0, 1, 10), zero, OWN).p <= 0.05 for _ in range(400)])

    assert flips > 0.11 > ours
    assert normal <= 0.05 + 2.6 * math.sqrt(0.0475 / 400)


def test_differences_of_one_size_keep_the_p_value_of_their_signs() -> None:
    """Eight items that all differ alike: nothing varies, and 2/2^8 stands."""
    assert difference_of_means(np.full(8, 0.75), np.full(8, 0.5), OWN[:8]).p == 2 / 2**8
    assert difference_of_means(np.full(8, 0.5), np.full(8, 0.5), OWN[:8]).p == 1.0


def test_the_words_promise_an_exact_p_value_only_where_it_is() -> None:
    """McNemar's is exact; sign flips of fractions are not where scores are skewed, and both say so."""
    assert difference_of_means(A, B, OWN).promise == "The p-value is exact."
    assert "unlike skewness" in difference_of_means(A / 2, B / 3, OWN).promise


def test_other_items_are_refused() -> None:
    """A paired difference of different items is none."""
    with pytest.raises(ValueError, match="same items"):
        difference_of_means(A, B[:9], OWN)
    with pytest.raises(ValueError, match="same items"):
        difference_of_statistics(lambda some: aggregate("mean", some), [(1.0,)], [], ["a"])
    with pytest.raises(ValueError, match="no discordant counts"):
        bonett_price(7, 8, 10)
    with pytest.raises(ValueError, match="Cochran"):
        cochrans_q(np.full((2, 3), 0.5))


def test_nine_items_of_ten_in_equal_steps_are_a_difference() -> None:
    """Of grades in few steps skewness cannot be told, so it takes nothing from what the signs say."""
    first, second = np.full(10, 2 / 3), np.array([1 / 3] * 9 + [1.0])

    found = difference_of_means(first, second, OWN[:10] if len(OWN) >= 10 else [str(one) for one in range(10)])

    assert found.p == pytest.approx(22 / 1024)


def test_right_or_wrong_items_in_clusters_are_left_to_the_signs() -> None:
    """Five clusters of six all right against none: the flips of five clusters that differ."""
    found = difference_of_means(np.array([1.0] * 10 + [0.0] * 2), np.zeros(12), [str(item // 2) for item in range(12)])

    assert found.p == pytest.approx(2 / 32)
