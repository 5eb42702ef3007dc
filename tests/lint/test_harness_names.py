"""The names that lint knows are those of the installed harness."""

from __future__ import annotations

import pytest

from commons.lint import harness_names
from commons.stats import aggregate


def test_every_name_is_known_to_the_harness() -> None:
    """Metrics, aggregations and filters are those of the harness, less the few that are refused."""
    registry = pytest.importorskip("lm_eval.api.registry")
    pytest.importorskip("lm_eval.api.metrics")
    pytest.importorskip("lm_eval.filters")

    metrics = set(harness_names.METRICS) | set(harness_names.REFUSED_METRICS)
    assert metrics == set(registry.METRIC_REGISTRY)
    assert set(harness_names.AGGREGATIONS) | {"bypass"} == set(registry.AGGREGATION_REGISTRY)
    assert set(harness_names.FILTERS) == set(registry.FILTER_REGISTRY)


def test_directions_are_those_of_the_harness() -> None:
    """Which end of a metric's scale is better is what the harness says."""
    registry = pytest.importorskip("lm_eval.api.registry")
    pytest.importorskip("lm_eval.api.metrics")

    for name, metric in harness_names.METRICS.items():
        assert metric.higher_is_better == registry.is_higher_better(name), name


def test_few_shot_keys_are_those_of_the_harness() -> None:
    """The keys of `fewshot_config` are the fields of the harness's class."""
    task = pytest.importorskip("lm_eval.config.task")

    assert set(harness_names.FEWSHOT_KEYS) == set(task.FewshotConfig.__dataclass_fields__)


def test_each_metric_can_be_computed_somewhere() -> None:
    """Every metric has an output type and an aggregation that can be recomputed."""
    for metric in harness_names.METRICS.values():
        assert metric.output_types
        assert metric.aggregations
        assert metric.aggregations <= harness_names.AGGREGATIONS


def test_every_allowed_aggregation_is_recomputed_here() -> None:
    """Lint allows an aggregation exactly where our own statistics can recompute it."""
    assert set(harness_names.AGGREGATIONS) == set(aggregate.AGGREGATIONS)
