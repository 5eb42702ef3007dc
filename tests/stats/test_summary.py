"""Which interval belongs to which numbers."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from commons.stats.aggregate import AGGREGATIONS, aggregate
from commons.stats.intervals import wilson
from commons.stats.summary import summarise


def own(n: int) -> list[str]:
    """Clusters of one item each."""
    return [str(index) for index in range(n)]


def test_right_and_wrong_get_wilson() -> None:
    """Scores of 0 and 1 get Wilson's interval and n items."""
    summary = summarise("mean", [1.0, 0.0, 1.0, 1.0], own(4))

    assert (summary.value, summary.n, summary.method) == (0.75, 4, "Wilson")
    assert summary.interval == pytest.approx(wilson(3, 4), abs=1e-9)


def test_clustered_items_get_a_wider_interval() -> None:
    """Items that share a source count for less than items of their own."""
    scores = [1.0] * 10 + [0.0] * 10
    alone = summarise("mean", scores, own(20))
    shared = summarise("mean", scores, ["a"] * 5 + ["b"] * 5 + ["c"] * 5 + ["d"] * 5)

    assert "effective sample size" in shared.method
    assert shared.interval[0] < alone.interval[0]
    assert shared.interval[1] > alone.interval[1]


def test_few_clusters_widen_the_interval_further() -> None:
    """The spread of three clusters is hardly known, so Student's t takes the place of the normal quantile."""
    scores = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    clusters = ["a", "a", "b", "b", "c", "c"]

    summary = summarise("mean", scores, clusters)

    assert summary.interval[1] - summary.interval[0] > 0.9
    assert summary.method.endswith("(clusters, t)")


def test_many_fractions_get_a_bootstrap() -> None:
    """Fractional scores of 50 items or more get a seeded BCa bootstrap around their mean."""
    scores = [((7 * index) % 11) / 10 for index in range(60)]
    summary = summarise("mean", scores, own(60))

    assert summary.method == "BCa bootstrap of items"
    assert summary.interval[0] < summary.value < summary.interval[1]


def test_few_fractions_get_students_interval() -> None:
    """Six fractions are too few for a bootstrap: their interval is scipy's own t interval."""
    scores = [0.1, 0.5, 0.9, 0.3, 0.4, 0.8]
    summary = summarise("mean", scores, own(6))
    known = scipy_stats.t.interval(0.95, 5, np.mean(scores), scipy_stats.sem(scores))

    assert summary.method == "Student's t"
    assert summary.interval == pytest.approx(known, abs=1e-9)


def test_effective_sample_size_follows_from_the_design_effect() -> None:
    """Ten sources of two copies each are worth ten items, and items of their own are worth what they are."""
    scores = [float(index % 3 == 0) for index in range(10)]
    copies = summarise("mean", [one for one in scores for _ in range(2)], [str(index // 2) for index in range(20)])
    alone = summarise("mean", scores, own(10))

    assert copies.n_effective == pytest.approx(20 / copies.design_effect)
    assert copies.design_effect == pytest.approx(2 * 19 / 18)
    assert (alone.n_effective, alone.design_effect) == (10.0, 1.0)


def test_clusters_of_opposites_are_worth_no_more_than_their_items() -> None:
    """A design effect below 1 is not credited."""
    summary = summarise("mean", [1.0, 0.0] * 6, [str(index // 2) for index in range(12)])

    assert (summary.n_effective, summary.design_effect) == (12.0, 1.0)


def test_answers_to_one_item_are_no_items() -> None:
    """Three answers to each of four items are four items, whose interval is wider than that of twelve."""
    scores = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    items = [str(index // 3) for index in range(12)]
    summary = summarise("mean", scores, items, items)
    naive = summarise("mean", scores, own(12))

    assert (summary.n, summary.n_effective, summary.design_effect) == (4, 4.0, 1.0)
    assert summary.interval[1] - summary.interval[0] > naive.interval[1] - naive.interval[0]


def test_equal_clustered_scores_count_each_source_once() -> None:
    """Where every item is right nothing tells the design effect, so the worst is taken."""
    summary = summarise("mean", [1.0] * 12, [str(index // 4) for index in range(12)])

    assert (summary.n_effective, summary.design_effect) == (3.0, 4.0)
    assert summary.interval[0] < 0.5


def test_a_corpus_score_of_few_items_gets_the_jackknife() -> None:
    """F1 over ten items: the jackknife's standard error and Student's t, and no word on a design effect of clusters."""
    pytest.importorskip("sklearn")
    pairs = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)] * 2
    alone = summarise("f1", pairs, own(10))
    shared = summarise("f1", pairs, [str(index // 2) for index in range(10)])

    assert alone.method == "jackknife over items, Student's t, cut at 1"
    assert alone.interval[0] < alone.value < alone.interval[1] == 1.0
    assert (shared.n_effective, shared.design_effect) == (None, None)


def test_bounded_numbers_have_no_interval_beyond_their_bounds() -> None:
    """Fractions end at 1, and the method says where it was cut; numbers that are no proportions are left."""
    near = summarise("mean", [0.9, 1.0, 1.0, 0.95], own(4))
    free = summarise("mean", [9.0, 10.0, 10.0, 9.5], own(4))

    assert (near.interval[1], near.method) == (1.0, "Student's t, cut at 1")
    assert (free.interval[1] > 10, free.method) == (True, "Student's t")


def test_a_perplexity_is_never_below_nothing() -> None:
    """Its interval is made of the logarithm: that of the mean log-likelihood, exponentiated."""
    logs = [-1.0, -5.0, -0.1]
    found = summarise("perplexity", logs, own(3))
    low, high = scipy_stats.t.interval(0.95, 2, -np.mean(logs), scipy_stats.sem(logs))

    assert found.interval == pytest.approx((np.exp(low), np.exp(high)))
    assert found.method.endswith("on the log scale")
    assert "too few items" in summarise("perplexity", [-1.0, -200.0], own(2)).method


def test_a_median_has_the_interval_of_its_order() -> None:
    """Ten values: from the second to the ninth, with 97.9%; it holds the median of a skewed distribution so often."""
    found = summarise("median", [float(one) for one in range(10)], own(10))
    random, held = np.random.default_rng(6), 0
    for _ in range(400):
        drawn = summarise("median", random.exponential(1, 20).tolist(), own(20))
        held += drawn.interval[0] <= np.log(2) <= drawn.interval[1]

    assert (found.interval, found.stderr, found.method) == ((1.0, 8.0), None, "order statistics (binomial)")
    assert held / 400 >= 0.93


def test_a_median_of_few_items_or_few_sources_has_no_interval() -> None:
    """It says why."""
    values = [float(one) for one in range(20)]

    assert "6 are needed" in summarise("median", values[:5], own(5)).method
    assert summarise("median", values, [str(one // 2) for one in range(20)]).interval is None
    assert "10 shared sources" in summarise("median", values, [str(one // 2) for one in range(20)]).method


def test_equal_fractions_get_no_interval_and_say_so() -> None:
    """Where no item differs there is a value and no interval."""
    summary = summarise("mean", [0.5, 0.5, 0.5], own(3))

    assert (summary.value, summary.interval) == (0.5, None)
    assert "do not vary" in summary.method


def test_perplexity_is_recomputed_from_its_sufficient_statistics() -> None:
    """Log-likelihoods and weights give bits per byte, with an interval of the ratio."""
    summary = summarise("bits_per_byte", [(-10.0, 5.0), (-30.0, 10.0), (-8.0, 6.0)], own(3))

    assert summary.value == pytest.approx(48 / 21 / 0.6931471805599453, rel=1e-9)
    assert summary.interval[0] < summary.value < summary.interval[1]


def test_what_is_not_finite_is_refused() -> None:
    """An overflow, or no items at all, is an error and never a number."""
    with pytest.raises((ValueError, OverflowError)):
        aggregate("perplexity", [-1e6])
    with pytest.raises(ValueError, match="no items"):
        aggregate("mean", [])


@pytest.mark.parametrize("name", sorted(set(AGGREGATIONS) - {"bleu", "chrf", "chrf++", "ter"}))
def test_each_aggregation_equals_the_harness(name: str) -> None:
    """Our value is the harness's own, to the last bits, on the same item values."""
    metrics = pytest.importorskip("lm_eval.api.metrics")
    from lm_eval.api.registry import get_aggregation

    assert metrics
    pairs = [(0, 1), (1, 1), (1, 0), (1, 1), (0, 0)]
    raw = {
        "weighted_perplexity": [(-3.5, 4), (-9.25, 7)], "bits_per_byte": [(-3.5, 4), (-9.25, 7)],
        "f1": pairs, "matthews_corrcoef": pairs,
        "brier_score": [(0, [0.7, 0.2, 0.1]), (2, [0.1, 0.3, 0.6])],
    }.get(name, [0.25, 0.5, 1.0, 0.125])
    from commons.harness.score import statistic_of

    ours = aggregate(name, [statistic_of(name, one, "a test value") for one in raw])

    assert ours == pytest.approx(float(get_aggregation(name)(raw)), rel=1e-12)


@pytest.mark.parametrize("name", ["bleu", "chrf", "chrf++", "ter"])
def test_corpus_scores_follow_from_segment_counts(name: str) -> None:
    """Summed segment counts give sacrebleu's corpus score, which is the harness's."""
    pytest.importorskip("lm_eval.api.metrics")
    from lm_eval.api.registry import get_aggregation

    from commons.harness.score import statistic_of

    raw = [("the cat sat on the mat", "the cat sat on a mat"), ("two dogs ran home", "two dogs ran away home"),
           ("it rains", "it is raining")]

    ours = aggregate(name, [statistic_of(name, one, "a test value") for one in raw])

    assert ours == pytest.approx(get_aggregation(name)(raw), rel=1e-9)
