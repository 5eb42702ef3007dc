"""Reading a table of outcomes: one row for each item, with the columns that the caller names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from commons.errors import BadFile, Problem, Where
from commons.evaluate.importing.outside import Imported, ImportedRow
from commons.scaffold.rows import text_of
from commons.scaffold.tables import read_table

_TRUE, _FALSE = {"true", "yes", "right", "correct"}, {"false", "no", "wrong", "incorrect"}


@dataclass(frozen=True)
class Columns:
    """Which column holds what; a dot leads into an object, as in ``cot.correct``. ``metric`` names the score."""

    item: str
    score: str
    metric: str
    answer: str | None = None
    gold: str | None = None
    cluster: str | None = None


def read_columns(path: Path, columns: Columns) -> Imported:
    """The rows of a .jsonl, .json, .csv, .tsv or .xlsx file.

    Raises:
        BadFile: every row that has no item, or no score that is a number, true or false; or the file cannot be read.
    """
    table = read_table(path)
    problems = list(table.problems)
    rows: list[tuple[Where, ImportedRow]] = []
    for row in table.rows:
        try:
            rows.append((row.where, _row(row.cells, columns, row.where)))
        except BadFile as error:
            problems += error.problems
    if problems:
        raise BadFile(problems)
    return Imported(tuple(rows))


def _row(cells: Mapping[str, JsonValue], columns: Columns, where: Where) -> ImportedRow:
    item = _text(cells, columns.item, where)
    if not item:
        raise _bad(where, f"The row has no item id in `{columns.item}`.", "Name the column of ids with --item.")
    return ImportedRow(
        item=item, scores={f"{columns.metric},none": _score(cells, columns.score, where)},
        answer=_text(cells, columns.answer, where), gold=_text(cells, columns.gold, where),
        cluster=_text(cells, columns.cluster, where),
    )


def _text(cells: Mapping[str, JsonValue], column: str | None, where: Where) -> str | None:
    if column is None:
        return None
    value = _at(cells, column, where)
    if value is None:
        return None
    return text_of(value) if not isinstance(value, (list, dict)) else json.dumps(value, ensure_ascii=False)


def _score(cells: Mapping[str, JsonValue], column: str, where: Where) -> float:
    value = _at(cells, column, where)
    if isinstance(value, (bool, int, float)):
        return float(value)
    said = str(value).strip().casefold() if isinstance(value, str) else ""
    if said in _TRUE | _FALSE:
        return float(said in _TRUE)
    try:
        return float(said)
    except ValueError:
        sentence = f"`{column}` is no score: write a number, true or false."
        raise _bad(where, sentence, "A row that was not scored has no place here: leave it out.") from None


def _at(cells: Mapping[str, JsonValue], column: str, where: Where) -> JsonValue:
    """The value of a column; one whose name holds a dot is looked for as it is first."""
    if column in cells:
        return cells[column]
    value: JsonValue = dict(cells)
    for part in column.split("."):
        if not isinstance(value, dict) or part not in value:
            raise _bad(where, f"The row has no column `{column}`.", f"Its columns: {', '.join(cells)}.")
        value = value[part]
    return value


def _bad(where: Where, sentence: str, mend: str) -> BadFile:
    return BadFile([Problem("import", sentence, where, mend)])
