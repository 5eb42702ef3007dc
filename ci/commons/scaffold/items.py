"""Rows turned into the items of a task of one type, each checked; every fault of every row is reported at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from commons.errors import BadFile, CannotRun, Problem, Where
from commons.pool.hashing import sha256_json
from commons.scaffold.choices import Fault, choices_of, fault_of_choices, gold_index
from commons.scaffold.columns import Kind, Layout, layout_of
from commons.scaffold.rows import Row, Table, raise_all, strange_character, text_of, tidy

MAX_ID_LENGTH = 100
# What the harness's JSON reader takes for a moment in time; it then hands on a date object in place of the text.
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}(:[0-9]{2}(:[0-9]{2})?|[0-9]{2}([0-9]{2})?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
# Field names stand in the prompt's template, where braces and percent signs would be code.
_FIELD_NAME = re.compile(r"\w[\w .-]{0,63}")


@dataclass(frozen=True)
class Reading:
    """How doubtful cells are read: from what numbered answers count, and whether ``|`` parts accepted answers."""

    answers_from: int | None = None
    multiple_answers: bool = False


@dataclass(frozen=True)
class Item:
    """One item. ``asked`` is what tells it from others; ``core`` what the harness reads; ``extras`` come along."""

    where: Where
    own_id: str | None
    asked: JsonValue
    core: Mapping[str, JsonValue]
    extras: Mapping[str, str]


@dataclass(frozen=True)
class ItemSet:
    """The items of a task. ``cluster`` is the column with what items share, ``fields`` the keys of a record."""

    kind: Kind
    items: tuple[Item, ...]
    cluster: str | None
    fields: tuple[str, ...]
    extras: tuple[str, ...]


def read_items(table: Table, kind: Kind, reading: Reading) -> ItemSet:
    """Read the rows of ``table`` as items of ``kind``.

    Raises:
        BadFile: the columns, or every fault of every row.
        CannotRun: ``reading`` asks for something this kind of task does not have.
    """
    if reading.answers_from is not None and kind != "multiple_choice":
        raise CannotRun("`--answers-from` is for multiple_choice.", mend="Leave it out.")
    if reading.multiple_answers and kind != "generate_until":
        raise CannotRun("`--multiple-answers` is for generate_until.", mend="Leave it out.")
    layout = layout_of(table, kind)
    reader = _Reader(table, layout, reading)
    items = [reader.item(row) for row in table.rows]
    problems = [*table.problems, *reader.problems]
    if not items and not problems:
        mend = "Write one item on each line under the column names."
        raise BadFile([Problem("missing", "The file has column names and no items.", Where(table.path, 1), mend)])
    if not problems:
        problems = [*_repeated(items), *_moments(items, layout)]
    raise_all(sorted(problems, key=lambda problem: problem.where))
    return ItemSet(kind, tuple(items), layout.cluster, reader.fields, layout.extras)


class _Reader:
    """Reads row after row and keeps the faults."""

    def __init__(self, table: Table, layout: Layout, reading: Reading) -> None:
        self.problems: list[Problem] = []
        self.fields = layout.fields
        self._layout = layout
        self._reading = reading
        self._core: Callable[[Row], dict[str, JsonValue]] = {
            "multiple_choice": self._choice,
            "generate_until": self._generation,
            "loglikelihood": self._texts,
            "loglikelihood_rolling": self._texts,
            "structured": self._record,
        }[layout.kind]
        self._several = reading.multiple_answers or (
            layout.kind == "generate_until"
            and any(isinstance(row.cells[layout.roles["answer"]], list) for row in table.rows)
        )

    def item(self, row: Row) -> Item:
        """The item of a row; where cells are faulty, one that is never used."""
        core = self._core(row)
        asked: JsonValue = {name: value for name, value in core.items() if name not in ("choices", "answer")}
        if "choices" in core and isinstance(core["choices"], list):
            # Sorted, so that an item's id does not depend on the order its choices were written in.
            asked = [asked, *sorted(str(choice) for choice in core["choices"])]
        extras = {name: self._extra(row, name) for name in self._layout.extras}
        return Item(row.where, self._own_id(row), asked, core, extras)

    def _fault(self, row: Row, column: str, fault: Fault) -> None:
        self.problems.append(Problem("value", f"`{column}`: {fault.sentence}", row.where, fault.mend))

    def _text(self, row: Row, column: str) -> str:
        text = text_of(row.cells[column])
        if text is None:
            self._fault(row, column, Fault("This is a list or an object.", "Write text."))
        elif not text:
            mend = "Fill it. (A formula that was never computed reads as empty: open and save the workbook once.)"
            self._fault(row, column, Fault("The cell is empty.", mend))
        return text or ""

    def _texts(self, row: Row) -> dict[str, JsonValue]:
        return {role: self._text(row, column) for role, column in self._layout.roles.items()}

    def _choice(self, row: Row) -> dict[str, JsonValue]:
        roles = self._layout.roles
        question = self._text(row, roles["question"])
        choices: list[str] | Fault
        if self._layout.choice_columns:
            choices = [text_of(row.cells[column]) or "" for column in self._layout.choice_columns]
            named = self._layout.choice_columns[0]
        else:
            choices = choices_of(row.cells[roles["choices"]])
            named = roles["choices"]
        fault = choices if isinstance(choices, Fault) else fault_of_choices(choices)
        if isinstance(choices, Fault) or fault:
            self._fault(row, named, fault or Fault("", ""))
            return {}
        gold = gold_index(choices, row.cells[roles["answer"]], self._reading.answers_from)
        if isinstance(gold, Fault):
            self._fault(row, roles["answer"], gold)
            return {}
        return {"question": question, "choices": list(choices), "answer": gold}

    def _generation(self, row: Row) -> dict[str, JsonValue]:
        column = self._layout.roles["answer"]
        question = self._text(row, self._layout.roles["question"])
        given = row.cells[column]
        if not self._several:
            accepted = [self._text(row, column)]
        else:
            parts = given if isinstance(given, list) else (text_of(given) or "").split("|")
            accepted = list(dict.fromkeys(tidy(text_of(part) or "") for part in parts))
            if not accepted or "" in accepted:
                mend = "Write each accepted answer, parted by |; in JSON as a list of texts."
                self._fault(row, column, Fault("An accepted answer is empty.", mend))
        if any("\n" in answer for answer in accepted):
            mend = "Answers end with their line: write it in one line, or make the task `structured`."
            self._fault(row, column, Fault("The answer has more than one line.", mend))
        return {"question": question, "answer": list(accepted) if self._several else accepted[0]}

    def _record(self, row: Row) -> dict[str, JsonValue]:
        roles = self._layout.roles
        text = self._text(row, roles["input"])
        record = self._given_record(row) if "answer" in roles else self._assembled_record(row)
        if record is None:
            return {}
        if not self.fields:
            self.fields = tuple(record)
        if set(record) != set(self.fields):
            mend = "Give every record the same fields, with null where the input does not say."
            wanted, found = ", ".join(self.fields), ", ".join(record)
            self._fault(row, roles.get("answer", "answer"), Fault(f"The fields are {found}, not {wanted}.", mend))
        if strange := next((name for name in record if not _FIELD_NAME.fullmatch(name)), None):
            mend = "Use letters, digits, spaces, points, hyphens and underscores, 64 at most."
            self._fault(row, roles.get("answer", strange), Fault(f"The field name {strange!r} is not plain.", mend))
        # As one text: in columns of objects, the harness's JSON reader fills in fields and changes their types.
        ordered = {name: record[name] for name in self.fields if name in record}
        return {"input": text, "answer": json.dumps(ordered, ensure_ascii=False)}

    def _given_record(self, row: Row) -> dict[str, JsonValue] | None:
        column = self._layout.roles["answer"]
        given = row.cells[column]
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except (ValueError, RecursionError):
                given = None
        if not isinstance(given, dict) or not given or not _is_finite(given):
            mend = 'Write one JSON object, for example {"name": "Ana", "day": "Monday"}, without NaN or Infinity.'
            self._fault(row, column, Fault("The answer is not a JSON object with fields.", mend))
            return None
        if strange := strange_character(given):
            self._fault(row, column, Fault(f"It holds the character {strange}, which is not text.", "Retype it."))
            return None
        return given

    def _assembled_record(self, row: Row) -> dict[str, JsonValue]:
        record: dict[str, JsonValue] = {}
        for name in self._layout.fields:
            value = row.cells[name]
            if value == "":
                mend = "Fill it, with null where the input does not say."
                self._fault(row, name, Fault("The cell is empty.", mend))
            record[name] = None if value == "null" else value
        return record

    def _extra(self, row: Row, column: str) -> str:
        value = row.cells[column]
        text = text_of(value)
        if column == self._layout.cluster and not text:
            mend = "This column says which items belong together: fill it in every row, or rename it."
            self._fault(row, column, Fault("The cell is empty.", mend))
        return json.dumps(value, ensure_ascii=False) if text is None else text

    def _own_id(self, row: Row) -> str | None:
        if self._layout.own_id is None:
            return None
        text = text_of(row.cells[self._layout.own_id]) or ""
        if not text or "\n" in text or len(text) > MAX_ID_LENGTH:
            mend = f"Write one line of at most {MAX_ID_LENGTH} characters, or remove the column to get ids made."
            self._fault(row, self._layout.own_id, Fault("This is no id.", mend))
        return text


def _is_finite(value: JsonValue) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _repeated(items: list[Item]) -> list[Problem]:
    """Items that ask the same thing twice, and ids given twice."""
    first: dict[str, Item] = {}
    named: dict[str, Item] = {}
    problems = []
    for item in items:
        earlier = first.setdefault(sha256_json(item.asked), item)
        if earlier is not item:
            sentence = f"This row asks the same as line {earlier.where.line}."
            problems.append(Problem("duplicate", sentence, item.where, "Remove one of the two."))
        if item.own_id is not None and (holder := named.setdefault(item.own_id, item)) is not item:
            sentence = f"The id `{item.own_id}` stands on line {holder.where.line} already."
            problems.append(Problem("duplicate", sentence, item.where, "Give every item an id of its own."))
    return problems


def _moments(items: list[Item], layout: Layout) -> list[Problem]:
    """Columns in which every text reads as a date, which the harness would not get as text."""
    columns: dict[str, list[str]] = {}
    for item in items:
        for name, value in item.core.items():
            texts = value if isinstance(value, list) else [value]
            columns.setdefault(name, []).extend(str(text) for text in texts)
        if item.own_id is not None:
            columns.setdefault("id", []).append(item.own_id)
        if layout.cluster:
            columns.setdefault(layout.cluster, []).append(item.extras[layout.cluster])
    sentence = "Every text of `{}` is a date in the form 2024-05-01, which the harness would not read as text."
    mend = "Write the dates another way, for example 1 May 2024."
    return [
        Problem("value", sentence.format(name), items[0].where, mend)
        for name, texts in columns.items() if all(_TIMESTAMP.fullmatch(text) for text in texts)
    ]
