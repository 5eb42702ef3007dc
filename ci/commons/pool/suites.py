"""Suites: named groups of tasks with one declared aggregate, kept as lm-eval group files in ``tasks/_suites/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from commons.errors import BadFile, Problem
from commons.pool.harness_config import TaskName
from commons.pool.validate import Strict, parse
from commons.pool.yamlfile import read_yaml


class SuiteAggregate(Strict):
    """One entry of ``aggregate_metric_list``."""

    metric: str = Field(description="The metric that is averaged.")
    aggregation: Literal["mean"] = Field("mean", description="`mean`.")
    weight_by_size: bool = Field(False, description="false for a macro average: each task counts once.")
    filter_list: str | list[str] | None = None


class Suite(Strict):
    """One lm-eval group file."""

    group: TaskName = Field(description="The suite's name: the file's name.")
    group_alias: str | None = Field(None, description="The name for people.")
    task: list[TaskName] = Field(min_length=1, description="The tasks, by name.")
    aggregate_metric_list: list[SuiteAggregate] = Field(min_length=1, max_length=1, description="The one aggregate.")
    metadata: dict[str, Any] | None = None


def read_suite(path: Path) -> Suite:
    """Read one suite.

    Raises:
        BadFile: every fault found.
    """
    document = read_yaml(path)
    suite = parse(Suite, document)
    if suite.group != path.stem:
        sentence = f"The suite is called `{suite.group}` but its file `{path.name}`."
        where = document.where(("group",))
        raise BadFile([Problem("name", sentence, where, f"Write `group: {path.stem}`, or rename the file.")])
    return suite
