"""Reading a table of outcomes: one row for each item, with the columns that the caller names."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from commons.errors import BadFile, Problem, Where
from commons.evaluate.importing.outside import LONGEST_ITEM, Imported, ImportedRow, number_of, raise_first
from commons.scaffold.rows import Table, text_of
from commons.scaffold.tables import read_table

_TRUE, _FALSE = ("true", "yes", "right", "correct"), ("false", "no", "wrong", "incorrect")


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
        BadFile: a column that no row has; the first rows without an item, or without a score that is a number or one
            of the words for right and wrong; or the file cannot be read.
    """
    table = read_table(path)
    problems = list(table.problems)
    if not table.rows:
        raise_first(problems)
    _refuse_unknown(table, columns)
    rows: list[tuple[Where, ImportedRow]] = []
    for row in table.rows:
        try:
            rows.append((row.where, _row(row.cells, columns, row.where)))
        except BadFile as error:
            problems += error.problems
    raise_first(problems)
    return Imported(tuple(rows))


def _refuse_unknown(table: Table, columns: Columns) -> None:
    """A wrong column name is said once, with the names that there are."""
    named = {"--item": columns.item, "--score": columns.score, "--answer": columns.answer, "--gold": columns.gold,
             "--cluster": columns.cluster}
    problems = []
    for option, name in named.items():
        if name is None or name in table.columns or name.split(".")[0] in table.columns:
            continue
        near = difflib.get_close_matches(name, table.columns, n=1)
        also = f" Did you mean `{near[0]}`?" if near else ""
        problems.append(Problem("import", f"There is no column `{name}` ({option}).{also}", Where(table.path),
                                f"The columns: {', '.join(table.columns)}."))
    if problems:
        raise BadFile(problems)


def _row(cells: Mapping[str, JsonValue], columns: Columns, where: Where) -> ImportedRow:
    item = _text(cells, columns.item, where)
    if not item:
        raise _bad(where, f"The row has no item id in `{columns.item}`.", "Name the column of ids with --item.")
    if len(item) > LONGEST_ITEM:
        raise _bad(where, f"The item id `{item[:40]}...` has {len(item)} characters; the limit is {LONGEST_ITEM}.",
                   "Name another column of ids with --item.")
    return ImportedRow(
        item=item, scores={f"{columns.metric},none": _score(cells, columns.score, item, where)},
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


def _score(cells: Mapping[str, JsonValue], column: str, item: str, where: Where) -> float:
    value = _at(cells, column, where)
    said = value.strip().casefold() if isinstance(value, str) else ""
    if said in _TRUE or said in _FALSE:
        return float(said in _TRUE)
    number = number_of(value)
    if number is None:
        shown = "nothing" if value in ("", None) else f"`{text_of(value) or json.dumps(value, ensure_ascii=False)}`"
        raise _bad(where, f"The item `{item}` has {shown[:60]} in `{column}`, which is no score.",
                   f"Write a number as in 1, 0.5 or 1000, or one of the words {', '.join((*_TRUE, *_FALSE))}. A row "
                   "that was not scored has no place here: leave it out.")
    return number


def _at(cells: Mapping[str, JsonValue], column: str, where: Where) -> JsonValue:
    """The value of a column; one whose name holds a dot is looked for as it is first."""
    if column in cells:
        return cells[column]
    value: JsonValue = dict(cells)
    for part in column.split("."):
        if not isinstance(value, dict) or part not in value:
            raise _bad(where, f"The row has nothing at `{column}`.", f"Its columns: {', '.join(cells)}.")
        value = value[part]
    return value


def _bad(where: Where, sentence: str, mend: str) -> BadFile:
    return BadFile([Problem("import", sentence, where, mend)])
