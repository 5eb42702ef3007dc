"""The rows of the cells as tables: each row of each file, cut to what the card publishes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commons.publish.data.row_table import RowTable
from commons.publish.inert import visible
from commons.publish.pages import exports

from .committed import File
from .conftest import Told
from .data_site import build_data, read_csv, read_json
from .synthetic import CANARY, Pool, model, rows

#: What stands in a row beside the item, the cell and the scores.
PLAIN = ("repeat", "outcome", "chosen", "tokens_in", "tokens_out")
#: What a card that publishes no text takes away.
WITHHELD = ("chosen", "tokens_in", "tokens_out")
TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}


def published(told: Told, cell: File) -> str:
    """The stricter of what the card publishes and what the cell was written under."""
    levels = [cell.card.content.get("publish", "samples"), cell.content["publish"]]
    return min(levels, key=["none", "aggregate", "samples"].index)


def expected(told: Told, task: str) -> list[dict[str, Any]]:
    """The rows that a task's table must have, from its cells' files; lists for metrics of several numbers."""
    found = []
    for (of, name), cell in told.files.cells.items():
        level = published(told, cell)
        # Ids that were written before the card took its items back are not salted.
        if of != task or (of, name) in told.files.withdrawn or (level == "none" != cell.content["publish"]):
            continue
        columns: list[str] = cell.content["columns"]
        for row in cell.rows:
            one = {key: row[key] if level == "samples" or key not in WITHHELD else None for key in PLAIN}
            one |= {f"score:{key}": row[key] for key in columns[3 : columns.index("chosen")]}
            one |= {"item": visible(row["item"]), "model": name.partition("@")[0],
                    "variant": name.partition("@")[2] or "canonical", "stale": cell.stale}
            if level == "samples" and row["answer"] is not None:
                one["answer"] = visible(row["answer"])
            found.append(one)
    return found


def identity(row: dict[str, Any]) -> tuple[str, ...]:
    """Which row it is."""
    return tuple(str(row[key]) for key in ("model", "variant", "item", "repeat"))


def test_each_row_of_a_table_is_a_row_of_a_cell(told: Told) -> None:
    """No row is lost, none is added, and each says what its line in the cell's file says."""
    for task in told.files.cards:
        path = told.site / f"data/rows/{task}.parquet"
        rows_ = pq.read_table(path).to_pylist() if path.is_file() else []
        wanted = expected(told, task)
        assert len(rows_) == len(wanted)
        for row, one in zip(sorted(rows_, key=identity), sorted(wanted, key=identity), strict=True):
            assert {key: row.get(key) for key in one} == one


def test_the_csv_has_the_rows_of_the_parquet(told: Told) -> None:
    """Line by line the two formats say the same: empty for null, apart by spaces for lists."""
    tables = sorted(told.site.glob("data/rows/*.parquet"))
    assert tables
    for path in tables:
        lines, table = read_csv(path.with_suffix(".csv")), pq.read_table(path).to_pylist()
        assert len(lines) == len(table)
        for line, row in zip(lines, table, strict=True):
            assert line.keys() == row.keys()
            for name, value in row.items():
                assert_same(line[name], value)


def assert_same(field: str, value: object) -> None:
    """A CSV field says what the value of a Parquet table is."""
    if value is None:
        assert field == ""
    elif isinstance(value, bool):
        assert field == str(value).lower()
    elif isinstance(value, list):
        assert [float(part) for part in field.split(" ")] == value
    elif isinstance(value, str):
        assert field in {value, "'" + value}
    else:
        assert float(field) == value


def test_the_metadata_beside_a_csv_names_its_columns_and_their_types(told: Told) -> None:
    """The CSVW file has the columns of the header in their order, with types that fit the Parquet's and a meaning."""
    tables = [told.site / "data/cells.csv", *sorted(told.site.glob("data/rows/*.csv"))]
    for path in tables:
        beside = read_json(path.with_name(path.name + "-metadata.json"))
        columns = beside["tableSchema"]["columns"]
        with path.open(encoding="utf-8") as file:
            assert [one["titles"] for one in columns] == next(csv.reader(file))
        assert beside["url"] == path.name
        assert beside["@context"] == "http://www.w3.org/ns/csvw"
        assert len({one["name"] for one in columns}) == len(columns)
        for one in columns:
            assert all(part.isalnum() for part in one["name"].replace("%", "").split("_")), one["name"]
            assert one["dc:description"]
        if path.name != "cells.csv":
            schema = pq.read_schema(path.with_suffix(".parquet"))
            for one in columns:
                type_ = TYPES[one["datatype"]]
                assert schema.field(one["titles"]).type == (pa.list_(type_) if "separator" in one else type_)


def test_the_tables_of_cells_have_the_types_that_are_promised(told: Told) -> None:
    """Columns of ``cells.parquet`` have the types of the CSV's columns of the same name."""
    schema = pq.read_schema(told.site / "data/cells.parquet")
    beside = read_json(told.site / "data/cells.csv-metadata.json")
    types = {one["name"]: TYPES[one["datatype"]] for one in beside["tableSchema"]["columns"]}
    shared = types.keys() & set(schema.names)
    assert {"value", "low", "high", "n", "state", "place_best", "higher_is_better"} <= shared
    assert all(schema.field(name).type == types[name] for name in shared)


def test_answers_carry_the_canary_and_tables_without_them_none(told: Told) -> None:
    """Where a table holds what models wrote, each row and the file itself can be found by the task's canary."""
    seen = set()
    for path in sorted(told.site.glob("data/rows/*.parquet")):
        table = pq.read_table(path)
        has_answers = "answer" in table.column_names
        seen.add(has_answers)
        card = told.files.cards[path.stem].content
        assert ("canary" in table.column_names) is has_answers
        assert (table.schema.metadata.get(b"canary") == card["canary"].encode()) is has_answers
        if has_answers:
            assert set(table.column("canary").to_pylist()) == {card["canary"]}
            assert card.get("publish", "samples") == "samples"
    assert True in seen


def one_cell(root: Path, count: int) -> Pool:
    """A pool of one cell with so many rows."""
    pool = Pool(root / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0] * (count // 2)))
    return pool


@pytest.mark.parametrize(("most", "stands"), [(20, True), (19, False)])
def test_a_csv_of_rows_stands_up_to_a_number_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, stands: bool
) -> None:
    """At the limit a task's rows stand as CSV too; one row beyond only the Parquet and no metadata does."""
    monkeypatch.setattr(exports, "CSV_ROWS", most)
    out = build_data(one_cell(tmp_path, 20), tmp_path / "_site")
    assert pq.read_table(out / "data/rows/sums.parquet").num_rows == 20
    assert (out / "data/rows/sums.csv").is_file() is stands
    assert (out / "data/rows/sums.csv-metadata.json").is_file() is stands


def test_answers_beyond_the_room_for_them_are_left_out_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all answers of a task are too long together, none of them stands; the scores do."""
    monkeypatch.setattr(exports, "RowTable", lambda task: RowTable(task, most_answers=100))
    out = build_data(one_cell(tmp_path, 20), tmp_path / "_site")
    table = pq.read_table(out / "data/rows/sums.parquet")
    assert "answer" not in table.column_names
    assert "canary" not in table.column_names
    assert CANARY.encode() not in (out / "data/rows/sums.csv").read_bytes()
    assert table.column("score:acc,none").to_pylist() == [1.0, 0.0] * 10
