"""One cause behind the faults of many golds: a setting that makes them all, or golds that are counted from 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from commons.errors import Where
from commons.lint.registry import Fault
from commons.lint.rendering import RenderedRow
from commons.lint.subject import TaskSubject

#: Of fewer rows, all may be wrong each for a reason of its own.
_FEWEST = 3
_ONLY_COLUMN = re.compile(r"\{\{-?\s*\w+\s*-?\}\}")


def by_cause(subject: TaskSubject, faults: Sequence[Fault]) -> list[Fault]:
    """The faults of golds and choices with one in place of many where they have one cause."""
    rows = [row for row in subject.rendered_items if row.choices is not None]
    examples = [row for row in subject.rendered_examples if row.choices is not None]
    by_row = {fault.where: fault for fault in faults}
    if len(rows) < _FEWEST or not faults:
        return list(faults)
    if all(row.where in by_row for row in rows) and (one := _of_setting(subject, rows, by_row)):
        # The examples are made by the same settings.
        own = {row.where for row in (*rows, *examples)}
        return [one, *(fault for fault in faults if fault.where not in own)]
    beyond = _counted_from_1(rows)
    if beyond and all(where in by_row for where in beyond):
        several = len({len(_choices(row)) for row in rows}) > 1
        last = "the number of choices" if several else str(len(_choices(rows[0])))
        sentence = f"All golds lie in 1..{last}: they look one-based, and the first choice is 0."
        first = by_row[beyond[0]]
        also = {*beyond, *_counted_from_1(examples)}
        rest = [fault for fault in faults if fault.where not in also]
        return [Fault(sentence, first.where, "Subtract one from the gold of every row."), *rest]
    return list(faults)


def _of_setting(subject: TaskSubject, rows: Sequence[RenderedRow], by_row: dict[Where, Fault]) -> Fault | None:
    """The one fault of a template or a constant that makes the same fault in every row."""
    config = subject.config
    sentences = {by_row[row.where].sentence for row in rows}
    if config is None:
        return None
    first = by_row[rows[0].where]
    about_choices = not any(sentence.startswith(("The gold", "A gold", "Some rows")) for sentence in sentences)
    if about_choices and len(sentences) == 1 and _makes_something(subject, config.doc_to_choice):
        sentence = f"`doc_to_choice` makes the same fault in all {len(rows)} items: {_begun_small(first.sentence)}"
        return Fault(sentence, subject.where("doc_to_choice"), f"Correct it here. {first.mend}")
    of_golds = all(sentence.startswith("The gold") for sentence in sentences)
    if of_golds and isinstance(config.doc_to_target, str) and _makes_something(subject, config.doc_to_target):
        sentence = f"`doc_to_target` names no choice in any of the {len(rows)} items; in the first, "
        mend = "Correct it here: name the column of the right choice, or give its text as it stands among the choices."
        return Fault(sentence + _begun_small(first.sentence), subject.where("doc_to_target"), mend)
    return None


def _makes_something(subject: TaskSubject, setting: Any) -> bool:
    """Whether a setting is more than the name of a column, whose rows would be at fault."""
    if isinstance(setting, str):
        return setting not in subject.columns and not _ONLY_COLUMN.fullmatch(setting.strip())
    return isinstance(setting, (list, dict))


def _counted_from_1(rows: Sequence[RenderedRow]) -> list[Where]:
    """The rows whose gold is one more than the last choice's, where all golds are counted from 1."""
    beyond = []
    for row in rows:
        gold, last = row.target.value if row.target else None, len(_choices(row))
        if not isinstance(gold, int) or isinstance(gold, bool) or not 1 <= gold <= last:
            return []
        if gold == last:
            beyond.append(row.where)
    return beyond


def _choices(row: RenderedRow) -> Sequence[Any]:
    value = row.choices.value if row.choices else None
    return value if isinstance(value, list) else ()


def _begun_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
