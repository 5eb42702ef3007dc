"""D004 to D006: the rows of the data files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from commons.lint.findings import Fix
from commons.lint.mending import Lines, added_json, renamed_json, replaced_json
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.items import DataRow
from commons.pool.validate import only_meant

#: Larger files come from a program, which should write the canary itself.
_MOST_MENDED = 10_000


@rule(code="D004", level="lint", subject="task")
def uneven_rows(subject: TaskSubject) -> Iterator[Fault]:
    """A row does not have the same keys as the others.

    ## What it finds
    A row that lacks a key that most rows have, or has one that they do not.

    ## Why it matters
    The harness fills the gap with nothing, and a template prints nothing as the word `None`. The model is asked
    "None" and its answer is scored.

    ## How to mend it
    Give every row the same keys; where a row has nothing to say, write an empty text. Look for a misspelt key first.

    ## Example
    ```json
    {"id": "a1", "question": "2 + 3?", "answer": "5"}
    {"id": "a2", "qestion": "4 + 4?", "answer": "8"}
    ```
    D004: the second row lacks `question` and has `qestion`.
    """
    columns, lines = subject.columns, Lines()
    for split in subject.splits.values():
        for row in split.rows:
            own = subject.columns_of(row)
            lacking, extra = sorted(columns - own), sorted(own - columns)
            if lacking:
                close = difflib.get_close_matches(lacking[0], extra, n=1)
                mend = f"Is `{close[0]}` meant? Rename it." if close else "Add it, with an empty text if need be."
                pairs = (only_meant(word, lacking) for word in extra)
                meant = next((pair for pair in pairs if pair and pair[1] == lacking[0]), None)
                fix = renamed_json(lines, row.where, *meant) if meant else None
                yield Fault(f"This row has no `{lacking[0]}`, which the other rows have.", row.where, mend, fix=fix)
            elif extra:
                mend = "Remove it, or add it to every row."
                yield Fault(f"This row has `{extra[0]}`, which the other rows do not have.", row.where, mend)


@rule(code="D005", level="lint", subject="task")
def no_canary(subject: TaskSubject) -> Iterator[Fault]:
    """A row does not carry the card's canary.

    ## What it finds
    A row whose canary column is missing or differs from the `canary` of the card.

    ## Why it matters
    The canary is a text that occurs nowhere else. Those who collect training data can search for it and leave the
    items out; those who doubt a model can test whether it knows the text. It works only if every row carries it.

    ## How to mend it
    Copy the card's `canary` into every row, letter by letter. `commons new` does so by itself.

    ## Example
    ```json
    {"id": "a1", "question": "2 + 3?", "answer": "5", "canary": "todo"}
    ```
    D005: the card has another canary.
    """
    if subject.card is None:
        return
    column, canary = subject.card.fields.canary, subject.card.canary
    own = "or put a canary of your own in the card and in every row."
    mend = f'Write "{column}": "{canary}" into'
    lines = Lines()
    for split in subject.splits.values():
        bare = [row for row in split.rows if row.values.get(column) != canary]
        if len(bare) > 1 and len(bare) == len(split.rows):
            sentence = f"None of the {len(bare)} rows carries the card's canary."
            yield Fault(sentence, bare[0].where, f"{mend} each row, {own}", fix=_added_everywhere(bare, column, canary))
            continue
        for row in bare:
            state = "differs from the card's" if row.values.get(column) else "is missing"
            change = replaced_json if column in row.values else added_json
            fix = change(lines, row.where, column, canary)
            yield Fault(f"The row's canary {state}.", row.where, f"{mend} the row, {own}", fix=fix)


def _added_everywhere(rows: list[DataRow], column: str, canary: str) -> Fix | None:
    """The fix for rows of which none has a canary; where they have another, it may be the card that is wrong."""
    if len(rows) > _MOST_MENDED or any(column in row.values for row in rows):
        return None
    lines = Lines()
    fixes = [added_json(lines, row.where, column, canary) for row in rows]
    whole = [fix for fix in fixes if fix is not None]
    return replace(whole[0], also=tuple(whole[1:])) if whole and len(whole) == len(rows) else None


@rule(code="D006", level="lint", subject="task")
def bad_id(subject: TaskSubject) -> Iterator[Fault]:
    """An item's id is missing, empty or repeated.

    ## What it finds
    A row whose id (the column that the card names under `fields.id`) is not there, is empty, is neither text nor a
    whole number, or stands in an earlier row already.

    ## Why it matters
    The id ties an item to its answers from every model and every year. With a repeated id nobody can say which of
    the two was answered.

    ## How to mend it
    Give every row an id of its own that says nothing of its place, and never use an old id for a new item. If the
    items have no ids, write `id: null` under `fields` in the card; the content of a row then names it.

    ## Example
    ```json
    {"id": "q7", "question": "2 + 3?"}
    {"id": "q7", "question": "4 + 4?"}
    ```
    D006: the second row repeats an id.
    """
    column = subject.fields.id
    for split in subject.splits.values() if column else ():
        seen: dict[str, int] = {}
        for row in split.rows:
            value = row.values.get(column or "")
            mend = f'Write an id that no other row has, for example "{column}": "{subject.folder.name}-001".'
            if not _is_id(value):
                state = "is missing" if value is None else "is empty" if value == "" else "is no text"
                yield Fault(f"The item's id (`{column}`) {state}.", row.where, mend)
            elif str(value) in seen:
                yield Fault(f"The id `{value}` stands on line {seen[str(value)]} already.", row.where, mend)
            else:
                seen[str(value)] = row.where.line


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int) and not isinstance(value, bool)
