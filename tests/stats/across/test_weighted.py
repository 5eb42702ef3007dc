"""The weighted mean equals the harness's group numbers, and the plain average, where they compute the same thing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lm_eval.api.metrics import aggregate_subtask_metrics, pooled_sample_stderr

from commons.stats.across.weighted import Piece, weighted_interval, weighted_mean
from commons.stats.intervals import wilson
from commons.stats.macro import Member, macro_mean

VALUES, ERRORS, SIZES = [0.42, 0.71, 0.55], [0.031, 0.022, 0.027], [250, 400, 310]


def test_the_macro_mean_is_the_harness_unweighted_mean() -> None:
    """``weight_by_size: false`` of a group, and the project's own macro mean with its error."""
    mean, stderr = weighted_mean(VALUES, ERRORS, [1.0] * 3)
    average = macro_mean([Member(*one) for one in zip(VALUES, ERRORS, SIZES, strict=True)])

    assert mean == pytest.approx(aggregate_subtask_metrics(VALUES, SIZES, weight_by_size=False), rel=1e-12)
    assert (mean, stderr) == pytest.approx((average.value, average.stderr), rel=1e-12)


def test_the_size_weighted_mean_is_the_harness_weighted_mean() -> None:
    """``weight_by_size: true`` of a group."""
    mean, _ = weighted_mean(VALUES, ERRORS, [float(size) for size in SIZES])

    assert mean == pytest.approx(aggregate_subtask_metrics(VALUES, SIZES), rel=1e-12)


def test_the_size_weighted_error_is_the_pooled_one() -> None:
    """Equal where sizes are equal; else within the share that n-1 in place of n makes."""
    _, equal = weighted_mean(VALUES, ERRORS, [300.0] * 3)
    _, unequal = weighted_mean(VALUES, ERRORS, [float(size) for size in SIZES])

    assert equal == pytest.approx(pooled_sample_stderr(ERRORS, [300] * 3), rel=1e-12)
    assert unequal == pytest.approx(pooled_sample_stderr(ERRORS, SIZES), rel=1 / min(SIZES))


def test_the_error_is_that_of_all_items_drawn_again() -> None:
    """The size-weighted mean of proportions is the mean over all items, and so nearly is its error."""
    random = np.random.default_rng(5)
    tasks = [random.integers(0, 2, size).astype(float) for size in SIZES]
    errors = [task.std(ddof=1) / len(task) ** 0.5 for task in tasks]
    mean, stderr = weighted_mean([task.mean() for task in tasks], errors, [float(size) for size in SIZES])
    everything = np.concatenate(tasks)

    assert mean == pytest.approx(everything.mean())
    assert stderr == pytest.approx(everything.std(ddof=1) / len(everything) ** 0.5, rel=0.01)


def test_one_missing_error_leaves_none() -> None:
    """A task without an error leaves the mean without one, unless it weighs nothing."""
    assert weighted_mean([0.5, 0.7], [0.1, None], [1, 1]) == (pytest.approx(0.6), None)
    assert weighted_mean([0.5, 0.7], [0.1, None], [1, 0]) == pytest.approx((0.5, 0.1))


@pytest.mark.parametrize(
    ("values", "weights"), [([], []), ([0.5], [0.0]), ([0.5], [1.0, 1.0]), ([0.5, 0.5], [2.0, -1.0])]
)
def test_no_mean_of_nothing(values: list[float], weights: list[float]) -> None:
    """Without tasks, without weight, or with lengths that differ there is no mean."""
    with pytest.raises(ValueError, match="weight"):
        weighted_mean(values, [0.1] * len(values), weights)


def pieces(random: np.random.Generator, tasks: int, n: int, share: float) -> list[Piece]:
    """Right-or-wrong tasks, each with its own error or, where nothing varies, half of Wilson's interval."""
    found = []
    for right in random.binomial(n, share, tasks).tolist():
        low, high = wilson(right, n)
        value = right / n
        error = math.sqrt(value * (1 - value) / (n - 1)) or (high - low) / 2 / 1.959964
        found.append(Piece(value, error, math.inf, n, (0.0, 1.0)))
    return found


@pytest.mark.parametrize(("tasks", "n", "share"), [(3, 5, 0.86), (6, 20, 0.97), (20, 5, 0.86)])
def test_the_interval_near_the_bounds_stays_within_and_holds_the_truth(tasks: int, n: int, share: float) -> None:
    """Value and error alone gave 87.5% to 112.5% and held the truth in 89% of boards of the first kind."""
    random = np.random.default_rng(12)
    ends = [weighted_interval(pieces(random, tasks, n, share), [1.0] * tasks)[0] for _ in range(500)]

    assert all(0 <= low < high <= 1 for low, high in ends)
    assert np.mean([low <= share <= high for low, high in ends]) >= 0.9


def test_one_task_keeps_its_own_interval() -> None:
    """A mean over one task is that task."""
    (one,) = pieces(np.random.default_rng(1), 1, 40, 0.7)
    low, high = weighted_interval([one], [2.0])[0]

    assert (low, high) == pytest.approx(wilson(one.value * 40, 40), abs=0.002)


def test_without_bounds_the_interval_is_students() -> None:
    """Two tasks of two degrees of freedom each have four together."""
    held = [Piece(value, 0.1, 2.0, 10.0, None) for value in (1.0, 2.0)]
    (low, high), method = weighted_interval(held, [1.0, 1.0])

    assert (high - low) / 2 == pytest.approx(2.776445 * 0.1 / math.sqrt(2))
    assert "Satterthwaite" in method
