"""Reading files of items: encodings, separators, cells as people see them, and files that mean harm."""

from __future__ import annotations

import datetime
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from commons.errors import BadFile, Problem
from commons.scaffold import rows, spreadsheet
from commons.scaffold.rows import Table
from commons.scaffold.tables import read_table
from tests.scaffold.making import write_text


def cells(table: Table) -> list[dict[str, object]]:
    """The rows as plain mappings."""
    return [dict(row.cells) for row in table.rows]


def refused(path: Path) -> Problem:
    """The first problem of a file that cannot be read."""
    with pytest.raises(BadFile) as caught:
        read_table(path)
    return caught.value.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_excel_writes_are_read(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without a byte order mark, and UTF-16 with one, give the same cells."""
    path = tmp_path / "items.csv"
    path.write_bytes("question,answer\r\nHow é?,ü\r\n".encode(encoding))
    assert cells(read_table(path)) == [{"question": "How é?", "answer": "ü"}]


def test_windows_1252_is_named_with_the_way_to_utf_8(tmp_path: Path) -> None:
    """A file from an old Excel is refused with its encoding, its line and the menu to save it again."""
    path = tmp_path / "items.csv"
    path.write_bytes("question,answer\nfine?,yes\ncafé?,ü\n".encode("cp1252"))
    problem = refused(path)
    assert problem.where.line == 3
    assert "Windows-1252 (cp1252)" in problem.sentence
    assert "CSV UTF-8" in problem.mend


def test_utf_16_without_a_mark_is_refused(tmp_path: Path) -> None:
    """UTF-16 without its mark is refused, and never read as text with zero bytes between."""
    path = tmp_path / "items.csv"
    path.write_bytes("question,answer\n".encode("utf-16-le"))
    assert "UTF-16 without a byte order mark" in refused(path).sentence


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_told_from_the_header(tmp_path: Path, separator: str) -> None:
    """Commas, semicolons and tabs are told apart; the others may stand in cells."""
    text = separator.join(["question", "answer", "level"]) + "\n" + separator.join(['"a, b; c"', "d", "1"]) + "\n"
    assert cells(read_table(write_text(tmp_path / "items.csv", text))) == [
        {"question": "a, b; c", "answer": "d", "level": "1"}]


def test_rows_know_their_line_where_cells_have_many(tmp_path: Path) -> None:
    """A row is known by the line it begins on, though cells before it have several lines."""
    path = write_text(tmp_path / "items.csv", 'question,answer\n"one\r\ntwo\rthree",a\n\n,\nnext?,b\n')
    table = read_table(path)
    assert [row.where.line for row in table.rows] == [2, 7]
    assert table.rows[0].cells["question"] == "one\ntwo\nthree"


@pytest.mark.parametrize(("name", "text", "line", "sentence"), [
    ("items.csv", 'question,answer\n"never closed,a\nb,c\n', 2, "The row that begins here cannot be read"),
    ("items.csv", "question,question\na,b\n", 1, "The column `question` is there twice"),
    ("items.csv", "", 0, "The file holds no rows"),
    ("items.csv", f"text\n{'x' * 140_000}\n", 2, "field larger than field limit"),
    ("items.csv", ",".join(f"c{n}" for n in range(300)) + "\n", 1, "There are 300 columns"),
    ("items.json", '{"question": 1}', 1, "The file is not a JSON list"),
    ("items.json", '[{"a": 1},\n{"b" 2}]', 2, "This is not JSON"),
    ("items.json", '[{"a": 1}\n{"b": 2}]', 1, "neither a comma nor the list's end"),
    ("items.json", "[[1,\n", 1, "This is not JSON"),
    ("items.xls", "anything", 0, "Files called `.xls` cannot be read"),
    ("items.xlsx", "not a zip", 0, "The file is not an .xlsx workbook"),
])
def test_files_that_cannot_be_read_say_why(tmp_path: Path, name: str, text: str, line: int, sentence: str) -> None:
    """A file that cannot be read as a whole is refused with its place and a mend."""
    problem = refused(write_text(tmp_path / name, text))
    assert sentence in problem.sentence
    assert problem.where.line == line
    assert problem.mend


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """A path that leads nowhere is a clear refusal."""
    assert refused(tmp_path / "none.csv").sentence == "This file does not exist."


@pytest.mark.parametrize(("line", "sentence"), [
    ('{"question": NaN}', "NaN is not a JSON number"),
    ('{"question": 1e999}', "is too large"),
    ('{"question": "a", "question": "b"}', "the key `question` is given twice"),
    ('["a"]', "This is not a JSON object."),
    ('{"question": "\\ud800"}', "U+D800"),
    ('{"question": "a\\u0007"}', "U+0007"),
    ('{" ": "a"}', "A key is empty"),
    ("[" * 100_000, "This is not JSON"),
    ('{"question": ' + "9" * 5000 + "}", "This is not JSON"),
])
def test_faulty_lines_are_reported_with_the_good_ones_kept(tmp_path: Path, line: str, sentence: str) -> None:
    """A faulty line of JSON is a problem of its own line, and the others are still read."""
    table = read_table(write_text(tmp_path / "items.jsonl", f'{{"question": "fine"}}\n{line}\n'))
    assert table.rows[0].cells["question"] == "fine"
    assert [(problem.where.line, sentence in problem.sentence) for problem in table.problems] == [(2, True)]


def test_json_elements_know_their_line(tmp_path: Path) -> None:
    """The elements of a JSON list are known by the line they begin on; absent keys are blank cells."""
    table = read_table(write_text(tmp_path / "items.json", '[\n {"a": 1,\n  "b": 2},\n\n {"a": null}\n]\n'))
    assert [row.where.line for row in table.rows] == [2, 5]
    assert cells(table) == [{"a": 1, "b": 2}, {"a": "", "b": ""}]


@pytest.mark.parametrize("text", ["a,b\n1,2,3\n", "a,,c\n1,2,3\n"])
def test_a_cell_under_no_name_is_a_fault(tmp_path: Path, text: str) -> None:
    """A cell beyond the named columns, as a lost quote makes it, is reported and not dropped."""
    (problem,) = read_table(write_text(tmp_path / "items.csv", text)).problems
    assert "stands under no column name" in problem.sentence
    assert problem.where.line == 2


def test_spreadsheet_errors_are_faults(tmp_path: Path) -> None:
    """A cell with #N/A is no text of an item."""
    (problem,) = read_table(write_text(tmp_path / "items.csv", "a,b\n1,#N/A\n")).problems
    assert "#N/A" in problem.sentence


def test_workbook_cells_become_what_a_person_sees(tmp_path: Path) -> None:
    """Numbers, percentages, dates, times and booleans are read as they are shown, dates in one form."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["shown", "value"])
    for shown, value, form in (
        ("3", 3.0, None), ("0.3", 0.1 + 0.2, None), ("50%", 0.5, "0%"), ("3.50", 3.5, "0.00"),
        ("12,000", 12000, "#,##0"), ("12345678901234567890", "12345678901234567890", None),
        ("2024-05-01", datetime.date(2024, 5, 1), None),
        ("2024-05-01 09:30", datetime.datetime(2024, 5, 1, 9, 30), None), ("09:30", datetime.time(9, 30), None),
        ("TRUE", True, None), ("a b", "  a b\n", None),
    ):
        sheet.append([shown, value])
        if form:
            sheet.cell(sheet.max_row, 2).number_format = form
    book.save(tmp_path / "items.xlsx")
    found = cells(read_table(tmp_path / "items.xlsx"))
    assert len(found) == 11
    assert [row["value"] for row in found] == [row["shown"] for row in found]


def test_formulas_without_a_value_read_as_blank_and_rows_keep_their_number(tmp_path: Path) -> None:
    """A formula is never evaluated; blank lines of a sheet do not shift the row numbers."""
    book = openpyxl.Workbook()
    book.active.append(["question", "answer"])
    book.active.append([])
    book.active.append(["q?", '=HYPERLINK("http://example.org", "x")'])
    book.save(tmp_path / "items.xlsx")
    table = read_table(tmp_path / "items.xlsx")
    assert cells(table) == [{"question": "q?", "answer": ""}]
    assert table.rows[0].where.line == 3


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size after unpacking is looked at before anything is unpacked."""
    monkeypatch.setattr(spreadsheet, "MAX_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "items.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 100_000)
    assert "unpacks to 100,000 bytes" in refused(tmp_path / "items.xlsx").sentence


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    """A zip file that holds no workbook is refused with a mend."""
    with zipfile.ZipFile(tmp_path / "items.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook>")
    assert "damaged or encrypted" in refused(tmp_path / "items.xlsx").sentence


def test_the_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files over the limits of bytes and rows are refused in every form."""
    lines = write_text(tmp_path / "items.jsonl", "".join(json.dumps({"a": n}) + "\n" for n in range(4)))
    sheet = write_text(tmp_path / "items.csv", "a\n1\n2\n3\n4\n")
    monkeypatch.setattr(rows, "MAX_ROWS", 3)
    assert refused(lines).sentence == refused(sheet).sentence == "There are more than 3 rows."
    monkeypatch.setattr("commons.scaffold.tables.MAX_BYTES", 5)
    assert "the limit is 5" in refused(lines).sentence
