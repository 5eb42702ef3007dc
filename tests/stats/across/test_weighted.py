"""The weighted mean equals the harness's group numbers, and the plain average, where they compute the same thing."""

from __future__ import annotations

import numpy as np
import pytest
from lm_eval.api.metrics import aggregate_subtask_metrics, pooled_sample_stderr

from commons.stats.across.weighted import weighted_mean
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
