"""Options in another order: each row's options moved round by some places, and the gold with them."""

from __future__ import annotations

import re

from commons.errors import BadFile
from commons.pool.items import read_rows
from commons.pool.task import Task
from commons.variants.questions import names_column, texts_in
from commons.variants.registry import Row, RowChange
from commons.variants.template import Template

#: An option that may speak of others by their place; a gold that names its option by a letter.
_OF_OTHERS = re.compile(r"\b(?:above|below|both|n?either|all of|none of|[A-H] (?:and|or|&) [A-H])\b", re.IGNORECASE)
_LETTER = re.compile(r"[A-Z]")


def shifts_of(task: Task, template: Template) -> int:
    """How many orders there are, the canonical one counted; 1 where the options cannot be moved.

    They can where the prompt shows them (else each is asked by itself, and their order changes nothing that is sent),
    one column holds them and another the gold, and every row has at least two.

    Raises:
        BadFile: the rows cannot be read.
    """
    fields, target = task.card.fields, task.config.doc_to_target
    if not fields.choices or not fields.gold or not template.names(fields.choices):
        return 1
    if not isinstance(target, str) or not names_column(target, fields.gold):
        return 1
    counts = set()
    for path in {path for paths in task.data_files.values() for path in paths}:
        rows, problems = read_rows(path)
        if problems:
            raise BadFile(problems)
        for row in rows:
            options = row.values.get(fields.choices)
            if not _can_move(row.values, fields.choices, fields.gold) or not isinstance(options, list):
                return 1
            counts.add(len(options))
    return min(counts, default=1)


def shifted(choices: str, gold: str, by: int) -> RowChange:
    """The change that begins each row's options ``by`` places later; the gold goes with its option.

    Rows with an option that speaks of others by their place ("all of the above") stay as they are.
    """

    def change(_: str, row: Row) -> Row:
        options, answer = row.get(choices), row.get(gold)
        if not isinstance(options, list) or any(_OF_OTHERS.search(one) for one in texts_in(options)):
            return row
        step = by % len(options)
        moved = {**row, choices: options[step:] + options[:step]}
        if isinstance(answer, int):
            moved[gold] = (answer - step) % len(options)
        elif isinstance(answer, str) and answer not in options:
            moved[gold] = chr(ord("A") + (ord(answer) - ord("A") - step) % len(options))
        return moved

    return change


def _can_move(row: Row, choices: str, gold: str) -> bool:
    """Whether it is known where the gold goes, and no other column runs beside the options."""
    options, answer = row.get(choices), row.get(gold)
    if not isinstance(options, list) or len(options) < 2:
        return False
    if any(isinstance(value, list) and len(value) == len(options) for name, value in row.items() if name != choices):
        return False
    if isinstance(answer, bool):
        return False
    if isinstance(answer, int):
        return 0 <= answer < len(options)
    if not isinstance(answer, str):
        return False
    return answer in options or (bool(_LETTER.fullmatch(answer)) and ord(answer) - ord("A") < len(options))
