"""The effective number of items: kept with a metric, verified, and missing in cells of before."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from commons.evaluate.metrics import MetricRule, metrics_of
from commons.evaluate.verify import content_problems
from commons.pool import cellfile
from commons.pool.cell import Cell
from tests.publish.synthetic import Pool, model, rows

RULES = {"acc,none": MetricRule("mean", True)}


@pytest.fixture
def cell(tmp_path: Path) -> Cell:
    """A cell of twelve items from four sources, with the metrics of its rows."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    made = [replace(row, cluster=f"p{index // 3}") for index, row in enumerate(rows([1.0] * 6 + [0.0] * 6))]
    read = cellfile.read_cell(pool.cell("sums", "alpha", made))
    return replace(read, metrics=metrics_of(read.rows, read.metric_names, RULES))


def sentences(cell: Cell) -> str:
    """What verification says of a metric of the cell."""
    path = Path("results/cells/sums/alpha.json")
    return " ".join(one.sentence for one in content_problems(cell, cellfile.to_text(cell), path, None)
                    if one.kind == "metric")


def test_they_follow_from_the_rows(cell: Cell) -> None:
    """Four sources that are all right or all wrong are worth hardly more than four items."""
    metric = cell.metrics["acc,none"]

    assert metric.n == 12
    assert metric.n_effective == pytest.approx(12 / metric.design_effect)
    assert metric.n_effective < 4
    assert sentences(cell) == ""


def test_cells_of_before_are_no_finding(cell: Cell) -> None:
    """A cell that was written before the two were kept is read, and verifies."""
    text = cellfile.to_text(cell)
    older = re.sub(r'"(n_effective|design_effect)": [0-9.]+, ', "", text)
    read = cellfile.from_text(older, Path("alpha.json"))

    assert older != text
    assert (read.metrics["acc,none"].n_effective, read.metrics["acc,none"].design_effect) == (None, None)
    assert sentences(read) == ""


@pytest.mark.parametrize("part", ["n_effective", "design_effect"])
def test_another_number_is_found(cell: Cell, part: str) -> None:
    """What does not follow from the rows is a finding."""
    edited = cell.metrics["acc,none"].model_copy(update={part: 11.5})

    assert f"The {part} of `acc,none` is 11.5" in sentences(replace(cell, metrics={"acc,none": edited}))
