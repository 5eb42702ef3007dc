"""What stands in the column that a template prints as the gold, where the harness makes something else of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from commons.errors import Where
from commons.lint.subject import TaskSubject

#: In so few rows, digits that are also a choice may well be an index.
MIN_TURNED = 3
_ONLY_COLUMN = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")


def printed_golds(subject: TaskSubject) -> Mapping[Where, Any]:
    """What each row holds in the column that ``doc_to_target`` prints and nothing else; empty for other templates."""
    setting = subject.config.doc_to_target if subject.config else None
    found = _ONLY_COLUMN.fullmatch(setting.strip()) if isinstance(setting, str) and len(setting) < 200 else None
    return {row.where: row.values.get(found[1]) for row in subject.items} if found else {}


def turned_into_indices(subject: TaskSubject) -> Mapping[Where, tuple[str, int]]:
    """Rows whose gold is a choice in digits that a template turns into the index of another choice, with its place.

    That it is a choice is plain where every row has such a text and it is one of the choices each time.
    """
    written = printed_golds(subject) if subject.output_type == "multiple_choice" else {}
    rows = [row for row in subject.rendered_items if row.choices is not None]
    turned: dict[Where, tuple[str, int]] = {}
    for row in rows if written else ():
        text, choices = written.get(row.where), row.choices.value if row.choices else None
        if not isinstance(text, str) or not isinstance(choices, list) or not text.isdecimal() or text not in choices:
            return {}
        if choices.index(text) != int(text):
            turned[row.where] = text, choices.index(text)
    return turned if len(rows) >= MIN_TURNED else {}
