"""Whether models are told apart, beside statsmodels; and how many items would do it."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.saturation.more_items import items_to_order, items_to_show
from commons.stats.saturation.separability import separability

from .frontiers import drawn


def test_right_or_wrong_items_give_what_statsmodels_gives() -> None:
    """Cochran's Q, and McNemar's exact test with Holm's correction."""
    contingency = pytest.importorskip("statsmodels.stats.contingency_tables")
    multiple = pytest.importorskip("statsmodels.stats.multitest")
    scores = drawn(0.0, 700, 8, np.array([0.0, 0.1, 0.3, 0.5, 0.7]))
    found = separability(scores, np.arange(700))
    pvalues = []
    for one in range(5):
        for other in range(one + 1, 5):
            table = [[int(((scores[one] == a) & (scores[other] == b)).sum()) for b in (1, 0)] for a in (1, 0)]
            pvalues.append(contingency.mcnemar(table, exact=True).pvalue)

    assert found.omnibus == pytest.approx(contingency.cochrans_q(scores.T).pvalue)
    assert found.separated == int(multiple.multipletests(pvalues, 0.05, "holm")[0].sum())
    assert (found.pairs, found.omnibus_method) == (10, "Cochran's Q")
    assert 0 < found.share < 1


def test_items_on_which_all_agree_tell_nothing_apart() -> None:
    """No discordant item: p is 1, no pair is separated, and every item is exhausted."""
    found = separability(np.ones((5, 30)), np.arange(30))

    assert (found.omnibus, found.separated, found.exhausted) == (1.0, 0, 1.0)


def test_fractional_scores_are_flipped_and_not_counted() -> None:
    """Scores between right and wrong get the permutation test; a clear difference is found, none is not."""
    random = np.random.default_rng(1)
    noise = random.normal(0, 0.05, (3, 80))
    apart = separability(0.5 + noise + np.array([[0.0], [0.2], [0.4]]), np.arange(80))
    tied = separability(0.5 + noise, np.arange(80))

    assert apart.pair_method.startswith("paired permutation test")
    assert (apart.separated, tied.separated) == (3, 0)
    assert apart.omnibus < 1e-6 < 0.05 < tied.omnibus


def test_items_of_one_source_do_not_pass_for_many() -> None:
    """Six sources of fifty equal items separate nothing that six items would not."""
    scores = np.zeros((2, 6))
    scores[0, :5] = 1
    repeated, clusters = np.repeat(scores, 50, axis=1), np.repeat(np.arange(6), 50)

    assert separability(repeated, clusters).separated == 0
    assert separability(repeated, np.arange(300)).separated == 1


def test_the_number_of_items_is_the_formulas() -> None:
    """A variance of 1/9 and a difference of 3 points take 969 items; models that never differ say nothing."""
    difference = np.zeros(900)
    difference[:50], difference[50:100] = 1.0, -1.0
    scores = np.stack([difference, np.zeros(900)])
    assert scores[0].var(ddof=1) == pytest.approx(1 / 9, rel=2e-3)
    assert items_to_show(scores, np.arange(900), 0.03) == pytest.approx(969, abs=3)
    assert items_to_show(np.ones((3, 10)), np.arange(10), 0.03) is None
    with pytest.raises(ValueError, match="difference"):
        items_to_show(scores, np.arange(900), 0.0)


def test_longer_tests_order_better_as_spearman_and_brown_say() -> None:
    """A reliability of .5 on 100 items is .8 on 400, and none is ever reached from 0."""
    assert items_to_order(0.5, 100) == 400
    assert items_to_order(0.0, 100) is None
