"""The table that every kind of file is read into: named columns, and rows that know the line they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from commons.errors import BadFile, Problem, Where

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_REPORTED = 100

# Control characters but tab and line feed, and halves of characters: no file here can hold them as text.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")


@dataclass(frozen=True)
class Row:
    """One row: the place it came from, and its cells by column. A cell that is missing or blank is ``""``."""

    where: Where
    cells: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Table:
    """A file of items. ``typed`` says whether its cells carry JSON types; a spreadsheet's are all text."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    typed: bool


def tidy(text: str) -> str:
    """``text`` without blank ends, and with a line feed as its only line ending."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def text_of(value: JsonValue) -> str | None:
    """A single value as the text a person reads (3.0 is ``3``); None for a list or an object.

    >>> text_of(3.0), text_of(True), text_of([1])
    ('3', 'true', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, (str, int)):
        return str(value)
    return None


def strange_character(value: JsonValue) -> str | None:
    """The first character in any text of ``value`` that is none (a control character, half a pair), as ``U+0007``."""
    found = next((match for text in _texts(value) if (match := _NOT_TEXT.search(text))), None)
    return f"U+{ord(found[0]):04X}" if found else None


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise what was found, if anything was.

    Raises:
        BadFile: with the first faults, and the number of those left out where there are very many.
    """
    found = list(problems)
    if not found:
        return
    shown = found[:MAX_REPORTED]
    if len(found) > MAX_REPORTED:
        sentence = f"There are {len(found) - MAX_REPORTED:,} more faults."
        shown.append(Problem("more", sentence, Where(found[-1].where.path), "Mend these first, then run it again."))
    raise BadFile(shown)


def table_of_grid(path: Path, grid: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """Read numbered lines of text cells as a table: the first line that is not blank names the columns.

    Raises:
        BadFile: no header, a column named twice, or more rows or columns than the limits.
    """
    header: list[str] | None = None
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, given in grid:
        where = Where(path, number)
        cells = [tidy(cell) for cell in given]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if header is None:
            header = _checked_header(cells, where)
            continue
        if len(rows) >= MAX_ROWS:
            raise BadFile([too_many_rows(where)])
        faults = _grid_faults(header, cells, where)
        problems.extend(faults)
        if not faults:
            cells += [""] * (len(header) - len(cells))
            rows.append(Row(where, {name: cell for name, cell in zip(header, cells, strict=True) if name}))
    if header is None:
        raise BadFile([_no_rows(path)])
    return Table(path, tuple(name for name in header if name), tuple(rows), tuple(problems), typed=False)


def table_of_objects(path: Path, objects: Iterable[tuple[int, JsonValue]], problems: Iterable[Problem]) -> Table:
    """Read numbered JSON objects as a table whose columns are all their keys.

    Raises:
        BadFile: no objects, or more rows or columns than the limits.
    """
    columns: dict[str, None] = {}
    rows: list[Row] = []
    faults = list(problems)
    for number, given in objects:
        where = Where(path, number)
        if len(rows) >= MAX_ROWS:
            raise BadFile([too_many_rows(where)])
        if not isinstance(given, dict):
            mend = 'Write an object, for example {"question": "...", "answer": "..."}.'
            faults.append(Problem("json", "This is not a JSON object.", where, mend))
            continue
        cells = {tidy(key): _tidied(value) for key, value in given.items()}
        strange = [name for name in cells if not name or _NOT_TEXT.search(name)]
        if strange or len(cells) < len(given):
            mend = "Give every key a plain name of its own."
            faults.append(Problem("json", "A key is empty, repeated or not plain text.", where, mend))
            continue
        columns.update(dict.fromkeys(cells))
        faults.extend(_text_faults(cells, where))
        rows.append(Row(where, cells))
    if len(columns) > MAX_COLUMNS:
        raise BadFile([_too_many_columns(len(columns), Where(path))])
    if not columns and not faults:
        raise BadFile([_no_rows(path)])
    filled = tuple(Row(row.where, {name: row.cells.get(name, "") for name in columns}) for row in rows)
    return Table(path, tuple(columns), filled, tuple(faults), typed=True)


def too_many_rows(where: Where) -> Problem:
    """The fault of a file with more rows than the limit."""
    return Problem("size", f"There are more than {MAX_ROWS:,} rows.", where, "Split the file, or draw a sample of it.")


def _too_many_columns(count: int, where: Where) -> Problem:
    mend = "Keep the columns that belong to the items."
    return Problem("size", f"There are {count} columns; the limit is {MAX_COLUMNS}.", where, mend)


def _no_rows(path: Path) -> Problem:
    mend = "Write the column names in the first line, and one item on each line after it."
    return Problem("missing", "The file holds no rows.", Where(path), mend)


def _checked_header(cells: list[str], where: Where) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise BadFile([_too_many_columns(len(cells), where)])
    problems = []
    for name in dict.fromkeys(cells):
        if name and cells.count(name) > 1:
            problems.append(Problem("duplicate", f"The column `{name}` is there twice.", where, "Rename one of them."))
        if _NOT_TEXT.search(name):
            problems.append(Problem("encoding", f"The column name {name!r} is not plain text.", where, "Retype it."))
    raise_all(problems)
    return cells


def _grid_faults(header: list[str], cells: list[str], where: Where) -> list[Problem]:
    mend = "Put a cell that holds the separator in double quotes, or name the column in the first line."
    extra = [index for index, cell in enumerate(cells) if cell and not (index < len(header) and header[index])]
    if extra:
        return [Problem("columns", f"Cell {extra[0] + 1} stands under no column name.", where, mend)]
    return _text_faults(dict(zip(header, cells, strict=False)), where)


def _text_faults(cells: Mapping[str, JsonValue], where: Where) -> list[Problem]:
    faults = []
    for column, value in cells.items():
        if strange := strange_character(value):
            sentence = f"`{column}` holds the character {strange}, which is not text."
            faults.append(Problem("encoding", sentence, where, "Retype the cell."))
        if value in _SPREADSHEET_ERRORS:
            sentence = f"`{column}` holds the spreadsheet's error {value}."
            faults.append(Problem("value", sentence, where, "Mend the formula, or type the value."))
    return faults


def _texts(value: JsonValue) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)


def _tidied(value: JsonValue) -> JsonValue:
    if value is None:
        return ""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, list):
        return [tidy(inner) if isinstance(inner, str) else inner for inner in value]
    return value
