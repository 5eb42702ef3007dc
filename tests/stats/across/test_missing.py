"""Coverage, the common block, bounds and connection: what can be said where cells are missing."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.across.missing import Block, bounds, common_block, coverage, is_connected
from commons.stats.across.near_duplicates import duplicate_weights

NAN = float("nan")


def present(*rows: str) -> np.ndarray:
    """Which cells are there: ``x`` or ``.`` for each model and task."""
    return np.array([[sign == "x" for sign in row] for row in rows])


def test_coverage_is_by_weight() -> None:
    """A heavy task that is missing costs more than a light one; a task without weight costs nothing."""
    assert coverage(present("x.x", ".xx"), [3, 1, 0]).tolist() == [0.75, 0.25]


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0]])
def test_weights_that_weigh_nothing_are_refused(weights: list[float]) -> None:
    """Without any weight there is no share of it."""
    with pytest.raises(ValueError, match="weights"):
        coverage(present("xx"), weights)


def test_a_whole_table_is_its_own_block() -> None:
    """Nothing is dropped where nothing is missing."""
    assert common_block(present("xxx", "xxx"), [1, 1, 1]) == Block((0, 1), (0, 1, 2), 1.0)


def test_exactly_four_fifths_are_enough() -> None:
    """A model with 80% of the weight stays, and the mean is over what all have."""
    assert common_block(present("xxxxx", "xxxx."), [0.1] * 5) == Block((0, 1), (0, 1, 2, 3), 0.8)


def test_a_model_with_too_little_does_not_shrink_the_others() -> None:
    """Below 80% a model goes, and its missing tasks are kept for the others."""
    assert common_block(present("xxxxx", "xxx.."), [1] * 5) == Block((0,), (0, 1, 2, 3, 4), 1.0)


def test_models_that_share_too_little_go_by_coverage() -> None:
    """Three models with different gaps share 3 of 5 tasks; those with least coverage go, all of them together."""
    assert common_block(present("xxxxx", "xxxx.", "xxx.x", "xxxxx"), [1] * 5) == Block((0, 3), (0, 1, 2, 3, 4), 1.0)
    assert common_block(present("xxxx.", "xxx.x"), [1] * 5) is None


def test_a_task_without_weight_is_in_no_block() -> None:
    """A saturated task neither counts nor keeps anybody out."""
    assert common_block(present("xx.", "xxx"), [1, 1, 0]) == Block((0, 1), (0, 1), 1.0)


def test_bounds_hold_the_mean_that_the_missing_cell_would_give() -> None:
    """Wherever between chance and ceiling the missing cell lies, the mean lies between the bounds; none gives equal."""
    low, high = bounds(np.array([0.5, NAN, 0.7]), [0.25, 0.25, 0.0], [1.0, 0.9, 1.0], [1, 2, 1])

    assert (low, high) == pytest.approx(((0.5 + 0.5 + 0.7) / 4, (0.5 + 1.8 + 0.7) / 4))
    assert bounds(np.array([0.5, 0.7]), [0, 0], [1, 1], [1, 1]) == pytest.approx((0.6, 0.6))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(["xx.", ".xx"], True), (["x..", ".xx"], False), (["x.", "x.", ".x"], False), (["x.", "xx", ".x"], True),
     (["x.", "x."], False)],
)
def test_a_graph_that_falls_apart_is_seen(rows: list[str], expected: bool) -> None:
    """Models without a task in common, directly or through others, cannot be compared; nor can an empty task."""
    assert is_connected(present(*rows)) is expected


def test_nothing_is_connected_without_models() -> None:
    """An empty table holds nobody together."""
    assert not is_connected(np.zeros((0, 3), dtype=bool))


def test_near_duplicates_share_one_weight() -> None:
    """Two equal tasks weigh one half each; one that goes the other way is as much of a duplicate."""
    one = np.linspace(0.1, 0.9, 6)
    scores = np.column_stack([one, one, 1 - one, one**2])

    assert duplicate_weights(scores, [(0, 1)]) == pytest.approx([0.5, 0.5, 1.0, 1.0])
    assert duplicate_weights(scores, [(0, 1, 2)]) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1.0])
    by_correlation = 1 / (1 + np.corrcoef(one, one**2)[0, 1])
    assert duplicate_weights(scores, [(0, 3)])[[0, 3]] == pytest.approx([by_correlation] * 2)


def test_too_few_models_to_correlate_count_as_alike() -> None:
    """Four shared models, or a task without spread, leave the declaration to decide."""
    scores = np.array([[0.1, 0.9], [0.5, 0.2], [0.4, 0.7], [0.3, 0.3], [0.2, NAN]])

    assert duplicate_weights(scores, [(0, 1)]).tolist() == [0.5, 0.5]
    assert duplicate_weights(np.column_stack([np.arange(6.0), np.ones(6)]), [(0, 1)]).tolist() == [0.5, 0.5]
