"""What docs/data.md says is so: its examples run, and its lists of files, columns and states are whole."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from commons.publish.data.columns import ANSWERS, CELL_LINES, CELL_TABLE, ROW_TABLE, SCORE
from commons.publish.data.readme import FILES
from commons.publish.data.row_table import CSV_ROWS
from commons.publish.states import State
from tests.builders import REPOSITORY_ROOT

from .conftest import Told
from .data_site import read_json

TEXT = (REPOSITORY_ROOT / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def section(title: str) -> str:
    """The text under one heading."""
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def in_rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_run_in_the_folder_of_a_site(example: str, own: Told) -> None:
    """Each block of Python ends without an error where the addresses of the site are files."""
    pytest.importorskip("pandas")
    done = subprocess.run([sys.executable, "-c", example], cwd=own.site, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_examples_find_something(own: Told) -> None:
    """The table of the first example has each measured pair, and the last one finds items on which models differ."""
    pytest.importorskip("pandas")
    first, last = (
        subprocess.run([sys.executable, "-c", f"{example}\nprint({asked})"], cwd=own.site, capture_output=True,
                       text=True, check=True).stdout
        for example, asked in ((EXAMPLES[0], "table.count().sum()"), (EXAMPLES[-1], "len(flipped)"))
    )
    assert int(first) == sum(state == "measured" for state in own.files.states.values())
    cells = [{row["item"]: row["acc,none"] for row in cell.rows} for (task, name), cell in own.files.cells.items()
             if task == "everyday_physics" and "@" not in name]
    assert int(last) == sum(len({cell[item] for cell in cells}) > 1 for item in cells[0]) > 0


def test_every_file_of_the_site_is_listed() -> None:
    """Each address that the README of the data names stands in the table of files."""
    named = {address for row in in_rows("What there is") for address in re.findall(r"`([^`]+)`", row[0] + row[1])}
    beside = {path for path in FILES if path.endswith("-metadata.json")}
    assert FILES.keys() - beside <= named
    assert any(address.endswith("-metadata.json") for address in named)


def test_every_column_is_listed_with_its_table() -> None:
    """The columns under each table are the program's, and no other."""
    named = {row[0]: set(re.findall(r"`([^`]+)`", row[1])) for row in in_rows("Columns")}
    lines, table, rows = ({column.name for column in columns} for columns in (
        CELL_LINES, CELL_TABLE, (*ROW_TABLE, *ANSWERS)))
    assert named["all three tables"] == lines & table & rows
    assert named["both of cells"] == (lines & table) - rows
    assert named["`data/cells.csv`"] - {"yes"} == lines - table
    assert named["`data/cells.parquet`"] == table - lines
    assert named["`data/rows/<task>`"] - {f"{SCORE}<metric>,<filter>"} == rows - (lines & table & rows)


def test_every_state_is_explained() -> None:
    """The table of states has those of the program, in their order."""
    assert [row[0].strip("`") for row in in_rows("A pair without a number")] == [state.value for state in State]
    assert f"{CSV_ROWS:,} rows" in section("What there is")


#: What ``api/v1`` promises: none of these keys may go.
TASK_KEYS = {
    "schema", "as_of", "licence", "citation", "task", "title", "summary", "domain", "languages", "owners", "publish",
    "headline", "items", "lifecycle", "cells", "without_cell", "ranks", "diagnosis", "file_address",
}
CELL_KEYS = {
    "model", "variant", "origin", "state", "metrics", "place", "cell_key", "started", "outcomes", "tokens", "file",
    "page",
}
METRIC_KEYS = {"value", "interval", "confidence", "n", "n_effective", "method", "higher_is_better"}
RESULT_KEYS = {"task", "state", "value", "interval", "n", "unit", "higher_is_better", "licence", "place"}


def test_the_keys_that_stay_are_there(own: Told) -> None:
    """A task's file, its cells and metrics, and a model's results have the keys that programs were built on."""
    task = read_json(own.site / "api/v1/tasks/everyday_physics.json")
    cell = next(one for one in task["cells"] if one["variant"] == "canonical")
    assert task["schema"] == "eval-commons/api/task/1"
    assert task.keys() >= TASK_KEYS
    assert cell.keys() >= CELL_KEYS
    assert all(metric.keys() >= METRIC_KEYS for metric in cell["metrics"].values())
    model = read_json(own.site / "api/v1/models/smollm2-135m-instruct.json")
    assert model.keys() >= {"schema", "as_of", "licence", "citation", "model", "page", "results"}
    assert next(one for one in model["results"] if one["state"] == "measured").keys() >= RESULT_KEYS
