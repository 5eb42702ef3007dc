"""D021: columns that the harness's reader hands on as something else than what stands in the file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commons.lint.prompt_parts import printed_in
from commons.lint.registry import Fault, rule
from commons.lint.rendering import Known, Templates, item_templates
from commons.lint.subject import TaskSubject
from commons.pool.items import DataRow

#: What `datasets` 5.2 (pyarrow) takes for a moment in time where every text of a column is one.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}(:[0-9]{2}(:[0-9]{2})?|[0-9]{2}([0-9]{2})?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_LONGEST_MOMENT = 32
_LARGEST = 2**63
_SHOWN = ("doc_to_text", "doc_to_choice", "doc_to_target")


@rule(code="D021", level="lint", subject="task")
def changed_by_the_reader(subject: TaskSubject) -> Iterator[Fault]:
    """The harness reads a column as something else than what stands in the file.

    ## What it finds
    A column called `self`, at which templates fail. A column of texts that are all dates, which the reader turns into
    moments in time; a column of whole numbers in which one has a decimal point, or is too large, which turns all into
    decimal numbers: both only where the prompt, the choices or the answer would look different. A column with numbers
    in some rows and texts in others, or with a list or an object in some and texts in most, at which some versions of
    the reader stop.

    ## Why it matters
    The model is asked about `2024-05-01 00:00:00` or `3.0 tablets`, and an answer that repeats the text of the file
    does not match.

    ## How to mend it
    Rename a column called `self`. Write dates another way (1 May 2024), and put numbers in quotes in every row.

    ## Example
    ```json
    {"question": "How much is left?", "tablets": 3}
    {"question": "How much is left?", "tablets": 2.5}
    ```
    D021: the first prompt says `3.0`; write "3" and "2.5".
    """
    for split in subject.splits.values():
        if first := next((row for row in split.rows if "self" in row.values), None):
            sentence = "The column `self` has a name at which the harness's templates fail."
            yield Fault(sentence, first.where, "Rename the column, for example to `speaker`.")
    config = subject.config
    rows = [row for row in subject.items if subject.columns_of(row) == subject.columns]
    if config is None or not rows or config.process_docs or config.custom_dataset or config.task_class:
        return
    templates = item_templates(config, subject.columns)
    golds = printed_in(config.doc_to_target, subject.columns)
    for column in sorted(subject.columns - _of_other_rules(subject)):
        values = [row.values[column] for row in rows]
        if fault := _mixed(column, values, rows, is_gold=column in golds) or _changed(column, values, rows, templates):
            yield fault


def _of_other_rules(subject: TaskSubject) -> frozenset[str]:
    """The columns of which P001 (a prompt that is no text), D007 (choices) and D009 (golds of a wrong type) speak."""
    config = subject.config
    if config is None:
        return frozenset()
    texts_only = config.doc_to_choice is not None or subject.output_type != "generate_until"
    golds = printed_in(config.doc_to_target, subject.columns) if texts_only else frozenset()
    return golds | {str(config.doc_to_text), str(config.doc_to_choice)}


def _mixed(column: str, values: Sequence[Any], rows: Sequence[DataRow], *, is_gold: bool) -> Fault | None:
    """A column with texts and lists or objects, or with texts and numbers: at the first row of the fewer.

    D009 speaks of golds of which some are lists.
    """
    texts = [place for place, value in enumerate(values) if isinstance(value, str)]
    nested = [place for place, value in enumerate(values) if isinstance(value, (list, dict))]
    if not is_gold and 0 < len(nested) < len(texts):
        what = "a list" if isinstance(values[nested[0]], list) else "an object in braces"
        sentence = f"`{column}` is {what} here and a text elsewhere; some versions of the harness's reader stop there."
        return Fault(sentence, rows[nested[0]].where, "Write a text in double quotes, as in the other rows.")
    numbers = [place for place, value in enumerate(values) if _is_number(value)]
    if not texts or not numbers:
        return None
    fewer, what, mend = (
        (numbers, "a number", "Put it in double quotes")
        if len(numbers) <= len(texts)
        else (texts, "a text", "Write it without quotes, or put the numbers of all rows in double quotes")
    )
    sentence = f"`{column}` is {what} here and not in the other rows; some versions of the harness's reader stop there."
    return Fault(sentence, rows[fewer[0]].where, f"{mend}, so that the column is of one kind.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _changed(column: str, values: Sequence[Any], rows: Sequence[DataRow], templates: Templates) -> Fault | None:
    """A column that the reader converts as a whole, where that shows."""
    there = [(row, value) for row, value in zip(rows, values, strict=True) if value is not None]
    if not there:
        return None
    kept = [value for _, value in there]
    if all(isinstance(value, str) for value in kept) and all(map(_is_moment, kept)):
        row, value = there[0]
        sentence = f"Every `{column}` is a date, which the harness reads as a moment in time and shows as `{{}}`."
        mend = "Write the dates another way, for example 1 May 2024."
    elif all(map(_is_number, kept)) and any(isinstance(value, float) or abs(value) >= _LARGEST for value in kept):
        whole = next(((row, value) for row, value in there if isinstance(value, int)), None)
        if whole is None:
            return None
        row, value = whole
        sentence = f"`{column}` is read as a decimal number in every row, because it is one in some: here as `{{}}`."
        mend = f"Put the numbers of `{column}` in double quotes in every row, or use the filter `int` or `round`."
    else:
        return None
    read = _as_read(value)
    shows = read is not None and _rendered(templates, row.values) != _rendered(templates, {**row.values, column: read})
    return Fault(sentence.format(read), row.where, mend) if shows else None


def _is_moment(text: str) -> bool:
    return len(text) <= _LONGEST_MOMENT and _MOMENT.fullmatch(text) is not None and _as_read(text) is not None


def _as_read(value: Any) -> datetime.datetime | float | None:
    """The value as the reader hands it on; ``None`` where it is no date of the calendar, or too large."""
    try:
        if isinstance(value, str):
            return datetime.datetime.fromisoformat(value[:10])
        return float(value)
    except (ValueError, OverflowError):
        return None


def _rendered(templates: Templates, document: Mapping[str, Any]) -> list[str]:
    known = (templates.value(name, document)[0] for name in _SHOWN)
    return [str(one.value) if isinstance(one, Known) else "" for one in known]
