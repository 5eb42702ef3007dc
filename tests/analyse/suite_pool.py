"""A pool with suites over three small tasks, for the tests of their numbers and of the verb."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from commons.pool import cellfile
from commons.pool.cell import Metric
from commons.pool.suites import Suite, read_suite
from tests.publish.synthetic import Pool, accuracy, model, rows

TASKS = ("sums", "words", "maps")

#: Each model's right items of ten on each task; None is a cell that is missing.
RIGHT: dict[str, tuple[int | None, ...]] = {"alpha": (4, 7, 10), "beta": (8, 6, 5), "gamma": (2, None, 3)}


def headline(**changes: Any) -> dict[str, Any]:
    """A headline of four options that can be answered in full."""
    return {"metric": "acc", "direction": "higher", "chance": 0.25, "ceiling": 1.0, "unit": "proportion", **changes}


def right(count: int, of: int = 10) -> list[float]:
    """Scores of which the first ``count`` are right."""
    return [1.0] * count + [0.0] * (of - count)


def metric(count: int, of: int = 10) -> Metric:
    """The accuracy of :func:`right` with its standard error."""
    share = count / of
    return accuracy(right(count, of), stderr=(share * (1 - share) / (of - 1)) ** 0.5)


def make_pool(root: Path, table: dict[str, tuple[int | None, ...]] = RIGHT) -> Pool:
    """A pool of these tasks, with a cell for each number in the table."""
    pool = Pool(root)
    pool.models(*(model(name, family=name) for name in [*table, "unseen"]))
    for task in TASKS:
        pool.task(task, headline=headline())
    for name, counts in table.items():
        for task, count in zip(TASKS, counts, strict=True):
            if count is not None:
                pool.cell(task, name, rows(right(count)), {"acc,none": metric(count)})
    return pool


def write_suite(pool: Pool, group: str = "trio", task: list[Any] | None = None, **changes: Any) -> Suite:
    """Write a suite file; ``changes`` stand under ``metadata: commons``, and ``aggregate`` is the harness's own."""
    aggregate = changes.pop("aggregate", None)
    content: dict[str, Any] = {"group": group, "task": task or list(TASKS), "metadata": {"commons": changes}}
    if aggregate is not None:
        content["aggregate_metric_list"] = [aggregate]
    path = pool.root / "tasks" / "_suites" / f"{group}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return read_suite(path)


def write_board_cells(pool: Pool, suite: Suite, name: str, share: float = 0.5) -> None:
    """A cell of each built-in member, each metric at ``share``, with the suite's shots."""
    for task in suite.built_in.values():
        count = round(share * 20)
        metrics = {one: metric(count, 20) for one in task.metrics}
        scores = [replace(row, scores=row.scores * len(metrics)) for row in rows(right(count, 20))]
        path = pool.cell(task.name, name, scores, metrics, names=tuple(metrics))
        cell = cellfile.read_cell(path)
        pool.repository.ledger.write_cell(
            replace(cell, protocol=cell.protocol.model_copy(update={"num_fewshot": task.shots})))
