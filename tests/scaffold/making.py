"""Small sheets of each type of task, and the ways to write them, make a task of them and read it back."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.pool.items import read_rows
from commons.pool.task import Task, read_task
from commons.scaffold.card import Particulars
from commons.scaffold.columns import Kind
from commons.scaffold.folder import files_of, write_folder
from commons.scaffold.items import ItemSet, Reading, read_items
from commons.scaffold.tables import read_table

UNIQUE = "12345678-1234-1234-1234-123456789abc"
CANARY = f"eval-commons:{UNIQUE}"
TODAY = datetime.date(2026, 3, 4)
WHO = Particulars("my_task", "My task", "general", "en", "someone", "CC-BY-4.0")

Sheet = Sequence[Mapping[str, str]]

SHEETS: dict[Kind, Sheet] = {
    "multiple_choice": [
        {"Question": f"Which is number {n}?", "A": f"the {n}th", "B": f"{n} plus one", "C": f"not {n}", "Answer": "A"}
        for n in range(10, 19)
    ],
    "generate_until": [
        {"question": f"Who sits in seat {n}, \"window\" side?", "answer": f"Person, {n}"} for n in range(6)
    ],
    "loglikelihood": [{"context": f"After {n} comes", "target": f"number {n + 1}"} for n in range(6)],
    "loglikelihood_rolling": [{"Text": f"Line one of {n};\nline two, with ünïcode 漢字."} for n in range(6)],
    "structured": [
        {"input": f"Ana took {n} apples.", "answer": json.dumps({"who": "Ana", "count": n})} for n in range(6)
    ],
}


def write_sheet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as the kind of file that the path's ending names."""
    columns = list(rows[0])
    if path.suffix == ".csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(text.getvalue().encode())
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(columns)
        for row in rows:
            sheet.append([row[column] for column in columns])
        book.save(path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a file of text as it stands, and give its path."""
    path.write_bytes(text.encode())
    return path


def items_of(path: Path, kind: Kind, reading: Reading | None = None) -> ItemSet:
    """The items of a file."""
    return read_items(read_table(path), kind, reading or Reading())


def make(
    tasks: Path, items: ItemSet, *, who: Particulars = WHO, seed: int = 7
) -> tuple[Task, list[Mapping[str, Any]]]:
    """Make the folder of a task and read it back, with its data rows."""
    tasks.mkdir(exist_ok=True)
    files = files_of(who, items, today=TODAY, unique=UNIQUE, seed=seed, examples=False)
    task = read_task(write_folder(tasks, who.name, files))
    return task, data_of(task)


def data_of(task: Task) -> list[Mapping[str, Any]]:
    """The data rows of a task, of which none may be faulty."""
    (path,) = task.data_files["test"]
    rows, problems = read_rows(path)
    assert not problems
    return [row.values for row in rows]


def empty_pool(folder: Path) -> Path:
    """A pool without tasks."""
    (folder / "tasks").mkdir(parents=True)
    (folder / "models.yaml").write_text("models: []\n", encoding="utf-8")
    return folder


def new(pool: Path, *arguments: str) -> Result:
    """Run ``commons new`` in a pool."""
    return CliRunner().invoke(cli, ["new", *arguments, "--root", str(pool)])
