"""D020: values that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from commons.lint.prompt_parts import printed_in
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.templates import is_template, syntax_fault
from commons.pool.items import DataRow

#: What programs write for a value that they do not have; nobody asks or answers it.
_WRITTEN_BY_PROGRAMS = frozenset({"nan", "null", "undefined", "#n/a", "<na>", "nat"})
#: What people write for it too, and what may be meant.
_WRITTEN_BY_PEOPLE = frozenset({"none", "n/a"})
#: Where more of the rows than this leave a text empty, they do so on purpose.
_BY_ACCIDENT = 0.2
_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701  (it parses and never renders)


@rule(code="D020", level="lint", subject="task")
def missing_value(subject: TaskSubject) -> Iterator[Fault]:
    """A row leaves something out that the prompt or the answer shows.

    ## What it finds
    A column that the prompt or the answer prints, and that is null in this row, is empty or only spaces while nearly
    all other rows have a text, or holds a word that programs write for a missing value, such as `NaN`. Columns that
    the template asks about first (`{% if hint %}`) may be empty.

    ## Why it matters
    A template prints null as the word `None`. The model is asked about "None", or about nothing, and its answer is
    scored.

    ## How to mend it
    Write the text into the row, or remove the row. A column that may be empty belongs between `{% if column %}` and
    `{% endif %}` in the template.

    ## Example
    ```json
    {"id": "a1", "question": "2 + 3?", "answer": "5"}
    {"id": "a2", "question": null, "answer": "8"}
    ```
    D020: the second prompt is the word `None`.
    """
    config = subject.config
    if config is None or config.process_docs or config.custom_dataset or config.task_class:
        return
    columns = subject.columns
    prompt = printed_in(config.doc_to_text, columns)
    answer = printed_in(config.doc_to_target, columns) if config.doc_to_choice is None else frozenset()
    # D007 speaks of choices, and of a target that is one of them; D009 of a target that is one column alone.
    elsewhere = printed_in(config.doc_to_choice, columns) | (answer if len(answer) == 1 else frozenset())
    guarded = frozenset().union(*map(_guarded, (config.doc_to_text, config.doc_to_target)))
    asked = subject.fields.question if subject.fields.question in prompt else None
    main = asked or (next(iter(prompt)) if len(prompt) == 1 else None)
    for column in sorted((prompt | answer) - elsewhere - guarded):
        words = _WRITTEN_BY_PROGRAMS | (_WRITTEN_BY_PEOPLE if column == main else frozenset())
        yield from _missing(column, _rows(subject), words)


def _rows(subject: TaskSubject) -> list[DataRow]:
    """The items and few-shot examples that have the usual columns; D004 speaks of the others."""
    config = subject.config
    used = dict.fromkeys((config.evaluated_split, config.fewshot_split)) if config else {}
    splits = [subject.splits[name] for name in used if name in subject.splits]
    return [row for split in splits for row in split.rows if subject.columns_of(row) == subject.columns]


def _missing(column: str, rows: list[DataRow], words: frozenset[str]) -> Iterator[Fault]:
    states = [(row, _state(row.values.get(column), words)) for row in rows]
    bad = [(row, state) for row, state in states if state]
    if len(bad) == len(rows):
        return
    blank = [row for row, state in bad if state != "is null"]
    by_accident = len(blank) <= max(1, _BY_ACCIDENT * len(rows))
    mend = f"Write it, or remove the row; if it may be empty, write {{% if {column} %}} before it in the template."
    for row, state in bad:
        if by_accident or state == "is null":
            yield Fault(f"`{column}`, which is shown to the model or scored, {state} in this row.", row.where, mend)


def _state(value: Any, words: frozenset[str]) -> str | None:
    if value is None:
        return "is null"
    if not isinstance(value, str) or len(value) > 1_000:
        return None
    text = value.strip()
    if not text:
        return "is empty"
    return f"says `{text}`" if text.casefold() in words else None


@lru_cache(maxsize=256)
def _guarded_in(source: str) -> frozenset[str]:
    """The names that a template asks about before it prints them."""
    try:
        tree = _ENVIRONMENT.parse(source)
    except (TemplateSyntaxError, RecursionError):
        return frozenset()
    asked: list[nodes.Node] = [one.test for one in tree.find_all((nodes.If, nodes.CondExpr))]  # type: ignore[attr-defined]
    asked += list(tree.find_all((nodes.Or, nodes.And, nodes.Not, nodes.Test)))
    asked += [one for one in tree.find_all(nodes.Filter) if one.name in {"default", "d"}]
    asked += [one.iter for one in tree.find_all(nodes.For)]
    return frozenset(
        name.name for one in asked for name in (one, *one.find_all(nodes.Name)) if isinstance(name, nodes.Name)
    )


def _guarded(setting: object) -> frozenset[str]:
    if not isinstance(setting, str) or not is_template(setting) or syntax_fault(setting):
        return frozenset()
    return _guarded_in(setting)
