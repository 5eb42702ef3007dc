"""The first sheet of an .xlsx workbook as lines of text, read without evaluating anything it holds."""

from __future__ import annotations

import datetime
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commons.errors import BadFile, Problem, Where
from commons.scaffold.rows import MAX_COLUMNS, MAX_ROWS, Table, table_of_grid, too_many_rows

MAX_UNPACKED_BYTES = 200_000_000
# A sheet may hold blank lines between rows; beyond this many lines of any kind it is not a file of items.
_MAX_LINES = 2 * MAX_ROWS
_FIXED_DECIMALS = re.compile(r"#,##0(\.0+)?|0(\.0+)?|0(\.0+)?%")


def read_spreadsheet(path: Path) -> Table:
    """The first sheet of a workbook.

    Raises:
        BadFile: not a workbook, one that unpacks to too much, or a sheet without a header.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable(path, "The file is not an .xlsx workbook") from error
    if unpacked > MAX_UNPACKED_BYTES:
        sentence = f"The workbook unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}."
        raise BadFile([Problem("size", sentence, Where(path), "Save the one sheet of items as CSV.")])
    try:
        lines = list(_lines(path))
    except BadFile:
        raise
    except Exception as error:  # openpyxl meets a damaged workbook with errors of any kind
        raise _unreadable(path, "The workbook is damaged or encrypted") from error
    return table_of_grid(path, lines)


def _unreadable(path: Path, sentence: str) -> BadFile:
    mend = "Open it in a spreadsheet program and save it again as .xlsx, or as CSV in UTF-8."
    return BadFile([Problem("type", f"{sentence}.", Where(path), mend)])


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    # data_only: the values a person last saw, never the formulas.
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        # One column more than the limit, so that a sheet that is too wide is seen to be.
        rows = book.worksheets[0].iter_rows(max_col=MAX_COLUMNS + 1)
        for number, row in enumerate(itertools.islice(rows, _MAX_LINES + 1), start=1):
            if number > _MAX_LINES:
                raise BadFile([too_many_rows(Where(path, number))])
            cells = [_text(cell.value, str(cell.number_format or "")) for cell in row]
            if any(cells):
                yield number, cells
    finally:
        book.close()


def _text(value: Any, number_format: str) -> str:
    """A cell as a person sees it. Dates are written the one way that no country reads wrongly: 2024-05-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return f"{value.date().isoformat()} {_clock(value.time())}"
    if isinstance(value, datetime.time):
        return _clock(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _clock(time: datetime.time) -> str:
    return time.strftime("%H:%M:%S" if time.second else "%H:%M")


def _number(value: float, number_format: str) -> str:
    """A number with the decimals and the percent sign of its format; 15 digits, as spreadsheets show, without one."""
    if not _FIXED_DECIMALS.fullmatch(number_format):
        # Spreadsheets store 3 as 3.0 and 0.1 + 0.2 as 0.30000000000000004.
        return str(value) if isinstance(value, int) else format(value, ".15g")
    decimals = len(number_format.rstrip("%").partition(".")[2])
    separated = "," if number_format.startswith("#,##0") else ""
    if number_format.endswith("%"):
        return format(value * 100, f".{decimals}f") + "%"
    return format(value, f"{separated}.{decimals}f")
