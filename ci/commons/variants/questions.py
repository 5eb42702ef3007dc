"""Changes of the question alone: what is asked is put otherwise, and choices and gold stay as they are."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterable

from commons.pool.task import Task
from commons.text.perturb.words import holds_any
from commons.variants.registry import SEED, CannotVary, Change, Row

#: The text and a generator of the item's own give the text as the variant puts it.
Rewrite = Callable[[str, random.Random], str]


def draw_for(name: str, item: str) -> random.Random:
    """A generator that depends on the committed seed, the variant and the item's id: not on the order of items."""
    text = f"{SEED}:{name}:{item}"
    return random.Random(int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big"))  # noqa: S311


def of_question(
    name: str, task: Task, words: str, rewrite: Rewrite, *, speaking: Iterable[str] = ()
) -> Change:
    """The change that puts each item's question otherwise; ``words`` say how.

    An item whose choices or gold hold one of ``speaking`` keeps its question: the answer would no longer be to it.
    Examples are changed only where they are drawn from the evaluated items.

    Raises:
        CannotVary: the question stands in no column, or is itself what is graded.
    """
    column = question_column(task)
    fields, guarded = task.card.fields, frozenset(speaking)
    answers = [one for one in (fields.choices, fields.gold) if one]

    def change(item: str, row: Row) -> Row:
        text = row.get(column)
        if not isinstance(text, str):
            return row
        if guarded and any(holds_any(one, guarded) for one in texts_in([row.get(name) for name in answers])):
            return row
        return {**row, column: rewrite(text, draw_for(name, item))}

    return Change(words, row=change)


def question_column(task: Task) -> str:
    """The column with the question.

    Raises:
        CannotVary: there is none, or changing it would change what the answer is graded against.
    """
    config, fields = task.config, task.card.fields
    if not config.files_by_split:
        raise CannotVary("Its data lies on the Hub, and only rows in the task's own folder can be changed.")
    if "coding" in task.card.skills or task.card.answer.type == "code":
        raise CannotVary("Its items are about code, whose meaning hangs on case, spaces and single words.")
    if fields.question is None:
        raise CannotVary("Its card names no column with the question (`fields: {question: ...}`).")
    if config.output_type == "loglikelihood_rolling":
        raise CannotVary("What is scored is the text itself, so there is no question to put otherwise.")
    if fields.question in {fields.gold, fields.choices}:
        raise CannotVary("Its question is also what is graded.")
    graded = (config.doc_to_target, config.doc_to_choice)
    if any(isinstance(one, str) and names_column(one, fields.question) for one in graded):
        raise CannotVary("Its gold or its choices are made from the question, which would change with it.")
    return fields.question


def names_column(template: str, column: str) -> bool:
    """Whether a template, or the bare name of a column that the harness takes for one, uses ``column``."""
    if template == column:
        return True
    spans = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", template, re.DOTALL)
    return any(re.search(rf"(?<!\w){re.escape(column)}(?!\w)", span) for span in spans)


def texts_in(value: object) -> list[str]:
    """Every text of a value, however deep in lists and groups."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in texts_in(one)]
