"""Classical item statistics: known answers, and what is not defined."""

import numpy as np
import pytest

from commons.stats.intervals import wilson
from commons.stats.items.classical import difficulty_intervals, group_means, item_rest, item_statistics

from .lsat import lsat


def test_lsat_items() -> None:
    """Known answer 14: sums and item-rest correlations; the item-total ones, which are inflated, are not ours."""
    table = item_statistics(lsat())
    scores = lsat()
    total = [np.corrcoef(scores[:, item], scores.sum(axis=1))[0, 1] for item in range(5)]

    assert (table.difficulty * 1000).round().tolist() == [924, 709, 553, 763, 870]
    assert table.rest_correlation == pytest.approx([0.1128, 0.1532, 0.1728, 0.1444, 0.1216], abs=5e-5)
    assert total == pytest.approx([0.362, 0.5668, 0.6184, 0.5344, 0.4354], abs=5e-5)
    assert not table.dead.any()


def test_item_rest_is_the_plain_correlation() -> None:
    """The vectorised formula gives what numpy gives item by item, for scores of any size."""
    scores = np.random.default_rng(4).normal(size=(30, 12)) * 1e3 + 5e3
    expected = [np.corrcoef(scores[:, item], np.delete(scores, item, 1).sum(axis=1))[0, 1] for item in range(12)]

    assert item_rest(scores) == pytest.approx(expected, abs=1e-9)


def test_dead_items_have_no_correlation() -> None:
    """An item on which all models agree is dead; its correlation is nan and not zero."""
    scores = np.array([[1.0, 0.0, 1.0, 0.3], [1.0, 0.0, 0.0, 0.3], [1.0, 0.0, 1.0, 0.4]])
    table = item_statistics(scores)

    assert table.dead.tolist() == [True, True, False, False]
    assert np.isnan(table.rest_correlation).tolist() == [True, True, False, False]
    assert np.isnan(item_rest(scores[:1])).all()


def test_no_models_are_refused() -> None:
    """Without a model there is nothing to say."""
    with pytest.raises(ValueError, match="no matrix of finite scores"):
        item_statistics(np.empty((0, 3)))


def test_kin_count_once_in_a_difficulty() -> None:
    """Three fine-tunes weigh as much as one other model, and the interval is over two."""
    scores = np.array([[1.0], [1.0], [1.0], [0.0]])
    means = group_means(scores, ((0, 1, 2), (3,)))

    assert means.tolist() == [0.5]
    assert difficulty_intervals(means, 2) == [pytest.approx(wilson(1, 2))]
