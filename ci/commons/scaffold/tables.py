"""Reading a file of items: .csv, .tsv, .xlsx, .jsonl or .json. The file may come from anybody and may be hostile."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from commons.errors import BadFile, Problem, Where
from commons.scaffold.rows import MAX_BYTES, Table, table_of_grid, table_of_objects
from commons.scaffold.spreadsheet import read_spreadsheet

_SAVE_AS = "Save it again as UTF-8; in Excel: Save As, `CSV UTF-8 (Comma delimited)`."
_SEPARATORS = (",", ";", "\t")
_BLANK = " \t\r\n"


def read_table(path: Path) -> Table:
    """The rows of ``path``, each with its line (or its row in the sheet), and the faults of single rows.

    Raises:
        BadFile: the file as a whole cannot be read: kind, size, encoding, header.
    """
    readers = {".csv": _read_csv, ".tsv": _read_csv, ".xlsx": read_spreadsheet, ".jsonl": _read_jsonl,
               ".json": _read_json}
    if not path.is_file():
        raise _bad("missing_file", "This file does not exist.", Where(path), "Correct the path given to --from.")
    reader = readers.get(path.suffix.lower())
    if reader is None:
        mend = f"Save it as one of {', '.join(readers)}."
        raise _bad("type", f"Files called `{path.suffix or path.name}` cannot be read as items.", Where(path), mend)
    if (size := path.stat().st_size) > MAX_BYTES:
        sentence = f"The file has {size:,} bytes; the limit is {MAX_BYTES:,}."
        raise _bad("size", sentence, Where(path), "Split it, or draw a sample of its rows.")
    return reader(path)


def _bad(kind: str, sentence: str, where: Where, mend: str) -> BadFile:
    return BadFile([Problem(kind, sentence, where, mend)])


def _read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark, or in UTF-16 with one, as Excel writes them."""
    raw = path.read_bytes()
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if marked else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        guess = "damaged UTF-16" if marked else _likely_encoding(raw)
        raise _bad("encoding", f"The file is not UTF-8 text; it looks like {guess}.", Where(path, line),
                   _SAVE_AS) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _bad("encoding", "The file holds zero bytes, as UTF-16 without a byte order mark does.",
                   Where(path, line), _SAVE_AS)
    return text


def _likely_encoding(raw: bytes) -> str:
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:
        return "another encoding, or no text at all"
    return "Windows-1252 (cp1252)"


def _read_csv(path: Path) -> Table:
    text = _read_text(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    return table_of_grid(path, _csv_lines(path, text, separator))


def _separator(text: str) -> str:
    """The separator that parts the first line that is not blank into most cells; a comma where none does."""
    head = next((line for line in text.splitlines() if line.strip()), "")

    def cells(separator: str) -> int:
        try:
            return len(next(csv.reader([head], delimiter=separator), []))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=cells)


def _csv_lines(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    # strict: without it, a quote that is never closed swallows the rest of the file without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            mend = 'Close every quote, and write a quote inside a quoted cell twice: "she said ""yes""".'
            raise _bad("csv", f"The row that begins here cannot be read: {error}.", Where(path, line), mend) from error
        yield line, cells


def _read_jsonl(path: Path) -> Table:
    problems: list[Problem] = []
    objects: list[tuple[int, JsonValue]] = []
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            objects.append((number, _DECODER.decode(line)))
        except (ValueError, RecursionError) as error:
            problems.append(_not_json(error, Where(path, number)))
    return table_of_objects(path, objects, problems)


def _read_json(path: Path) -> Table:
    """A JSON array, read element by element so that each is known by its line."""
    text = _read_text(path)
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise _bad("json", "The file is not a JSON list.", Where(path, 1), 'Write one list: [{"question": ...}, ...].')
    position = _skip(text, position + 1)
    objects: list[tuple[int, JsonValue]] = []
    line, counted = 1, 0
    while text[position : position + 1] != "]":
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            raise BadFile([_not_json(error, Where(path, line))]) from error
        objects.append((line, value))
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _bad("json", "After this element there is neither a comma nor the list's end.", Where(path, line),
                       "Put a comma between the elements, and `]` after the last.")
    return table_of_objects(path, objects, [])


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def _not_json(error: Exception, where: Where) -> Problem:
    reason = str(error).split(":")[0].rstrip(".")
    mend = "Check quotes, commas and brackets; in .jsonl each line is one whole object."
    return Problem("json", f"This is not JSON: {reason}.", where, mend)


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _without_duplicates(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name, times in Counter(names).items() if times > 1)
        raise ValueError(f"the key `{twice}` is given twice")
    return values


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant, parse_float=_finite)
