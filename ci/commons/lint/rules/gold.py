"""D007 and D009: the right answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from commons.errors import Where
from commons.lint.choice_faults import Said, case_counts, choices_fault, hidden_repetition, written_faults
from commons.lint.findings import Fix
from commons.lint.gold_causes import by_cause
from commons.lint.gold_columns import printed_golds, turned_into_indices
from commons.lint.mending import Lines, replaced_json
from commons.lint.prompt_parts import names_in
from commons.lint.registry import Fault, rule
from commons.lint.rendering import RenderedRow
from commons.lint.subject import TaskSubject
from commons.pool.harness_config import HarnessConfig

_COLUMN = re.compile(r"\{\{ *([A-Za-z_]\w*) *\}\}")


@rule(code="D007", level="lint", subject="task")
def bad_gold(subject: TaskSubject) -> Iterator[Fault]:
    """The right answer of a multiple choice item does not point to one of its choices.

    ## What it finds
    An item whose gold is no index of its choices (below 0, too large, a letter, a number in quotes, a text that is
    none of the choices, a text such as "2" that a template turns into the index 2 where the choice "2" stands
    elsewhere), or a list in which a gold stands twice or every choice is right; or whose choices are not a list of at
    least two different, non-empty texts. Two choices that differ only in spaces count as equal, and so do two that
    differ only in letter case, but for domains where case tells things apart (computing, chemistry and the like).
    Where letters are scored, the texts that they stand for (the card's `fields.choices`) are looked at too. Few-shot
    examples are looked at like items. Where a template makes the same fault in every item, or all golds are counted
    from 1, that is said once.

    ## Why it matters
    The harness warns in a log and scores the item as wrong for every model, or, with equal choices, as right for the
    wrong reason. One such item in fifty costs every model two points.

    ## How to mend it
    Write the place of the right choice as a number without quotes, counted from 0: the first choice is 0.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["4", "5", "6"], "answer": "B"}
    ```
    D007: write `"answer": 1`.
    """
    config = subject.config
    if config is None or config.doc_to_choice is None or subject.output_type is None:
        return
    rows = subject.rendered_items
    constant = isinstance(config.doc_to_choice, (list, dict))
    if constant and rows and rows[0].choices and (fault := choices_fault(rows[0].choices.value)):
        yield Fault(fault[0], subject.where("doc_to_choice"), fault[1])
        return
    yield from by_cause(subject, list(_row_faults(subject, config)))


def _row_faults(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    """What is wrong with each item and each few-shot example."""
    rows = subject.rendered_items
    known = {row.where for row in rows}
    written, lines, turned = _how_written(config, rows), Lines(), turned_into_indices(subject)
    counts, said = case_counts(subject), set()
    lists = 2 * sum(map(_has_list, rows)) > len(rows)
    for row in (*rows, *(one for one in subject.rendered_examples if one.where not in known)):
        if row.choices is None:
            continue
        if row.where in turned:
            text, place = turned[row.where]
            sentence = f'The gold "{text}" is taken as the index {text}, and the choice "{text}" stands at {place}.'
            mend = f"Write {place}, or name the column in `doc_to_target` without braces."
            yield Fault(sentence, row.where, mend)
            continue
        fix = None
        fault = choices_fault(row.choices.value) or _gold_fault(config, row, row.choices.value)
        if fault is None and subject.output_type == "multiple_choice":
            fault = hidden_repetition(row.choices.value, case_counts=counts)
        if fault is None and _has_list(row) != lists:
            fault = "Some rows have one gold and some a list.", "Give every row a list, or none."
        elif fault:
            fix = _gold_fix(config, row, written, lines)
        if fault:
            said.add(row.where)
            yield Fault(fault[0], row.where, fault[1], fix=fix)
    for where, (sentence, mend) in written_faults(subject):
        if where not in said:
            yield Fault(sentence, where, mend)


@dataclass(frozen=True)
class _Written:
    """How the golds of a task are written, which says how a mended one must be: as indices, or as choices."""

    counted_from_0: bool
    as_index: bool
    as_text: bool


def _how_written(config: HarnessConfig, rows: Sequence[RenderedRow]) -> _Written:
    pairs = [(row.target.value, row.choices.value) for row in rows if row.target and row.choices]
    golds = [(gold, choices) for gold, choices in pairs if isinstance(gold, (int, str)) and not isinstance(gold, bool)]
    return _Written(
        any(gold in {0, "0"} for gold, _ in golds),
        any(isinstance(gold, int) for gold, _ in golds),
        config.output_type == "multiple_choice" and any(
            isinstance(gold, str) and isinstance(choices, list) and gold in choices for gold, choices in golds
        ),
    )


def _gold_fix(config: HarnessConfig, row: RenderedRow, written: _Written, lines: Lines) -> Fix | None:
    """The fix for a gold that is a column's text and means one choice, written as the other rows write theirs."""
    named = config.doc_to_target if isinstance(config.doc_to_target, str) else ""
    template = _COLUMN.fullmatch(named)
    gold, choices = row.target.value if row.target else None, row.choices.value if row.choices else None
    as_prompts = row.text is not None and isinstance(row.text.value, int)
    if not isinstance(gold, str) or not isinstance(choices, list) or choices_fault(choices):
        return None
    if as_prompts or (written.as_text and written.as_index):
        return None
    index = _meant(gold, choices, from_zero=written.counted_from_0)
    if index is None:
        return None
    column = template[1] if template else named
    return replaced_json(lines, row.where, column, choices[index] if written.as_text else index)


def _meant(gold: str, choices: list[str], *, from_zero: bool) -> int | None:
    """The one choice that a text can mean; a number in quotes means one only where counting begins with 0."""
    bare = gold.strip()
    if re.fullmatch(r"[0-9]{1,4}", bare):
        return int(bare) if from_zero and int(bare) < len(choices) else None
    found = {index for index, choice in enumerate(choices) if choice.strip().casefold() == bare.casefold()}
    letter = gold.strip("() .").upper()
    if len(letter) == 1 and 0 <= ord(letter) - ord("A") < min(len(choices), 26):
        found.add(ord(letter) - ord("A"))
    return found.pop() if len(found) == 1 else None


def _has_list(row: RenderedRow) -> bool:
    return row.target is not None and isinstance(row.target.value, list)


def _gold_fault(config: HarnessConfig, row: RenderedRow, choices: list[str]) -> Said | None:
    """What is wrong with the gold of an item whose choices are in order, and the mend."""
    if config.output_type not in {"multiple_choice", "generate_until"} or config.process_results is not None:
        return None
    # A prompt that is a number makes the harness take the choices as prompts and the number as the gold (Winogrande).
    as_prompts = row.text is not None and isinstance(row.text.value, int) and config.output_type == "multiple_choice"
    known = row.text if as_prompts else row.target
    if known is None:
        return None
    if isinstance(known.value, list):
        if not known.value:
            return "The item has no gold.", "Write the index of the right choice, counted from 0."
        found = (_one_gold_fault(gold, choices, indices_only=True) for gold in known.value)
        return next((fault for fault in found if fault), None) or _several_fault(known.value, choices)
    return _one_gold_fault(known.value, choices, indices_only=config.output_type == "generate_until")


def _several_fault(golds: list[Any], choices: list[str]) -> Said | None:
    """What is wrong with several golds of which each by itself is in order."""
    different = set(map(str, golds))
    if len(different) < len(golds):
        return "A gold is listed twice.", "List each right choice once."
    if len(different) == len(choices):
        return "Every choice is right, so that any answer scores.", "Leave only the right ones in the list."
    return None


def _one_gold_fault(gold: Any, choices: list[str], *, indices_only: bool) -> Said | None:
    last = len(choices) - 1
    count = f"Write a whole number from 0 (the first choice) to {last}, without quotes."
    if isinstance(gold, bool) or not isinstance(gold, (int, str)):
        return f"The gold is {_shown(gold)}, which is no index of a choice.", count
    if isinstance(gold, int):
        if 0 <= gold <= last:
            return None
        side = "below 0" if gold < 0 else f"above {last}, the last choice"
        return f"The gold {gold} is {side}.", count
    if gold in choices and not indices_only:
        return None
    if gold.strip().lstrip("-").isdigit():
        return f'The gold is the text "{gold}", which is not a number and none of the choices.', count
    letter = gold.strip("() .").upper()
    if len(letter) == 1 and "A" <= letter <= chr(ord("A") + min(last, 25)):
        place = ord(letter) - ord("A")
        return f"The gold is the letter {letter}, and the choices have no letters.", f"Write {place}, without quotes."
    near = [choice for choice in choices if choice.strip().casefold() == gold.strip().casefold()]
    if near:
        return f"The gold {_shown(gold)} is none of the choices, letter by letter.", f"Write {choices.index(near[0])}."
    return f"The gold {_shown(gold)} is none of the choices.", count


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else "missing" if value is None else f"`{value}`"
    return text if len(text) <= 80 else f"{text[:76]}..."


@rule(code="D009", level="lint", subject="task")
def empty_gold(subject: TaskSubject) -> Iterator[Fault]:
    """The right answer of an item is empty, or is no text.

    ## What it finds
    For generated answers and log-likelihood tasks: an item whose target renders to nothing, or to the word `None`
    because a column holds null, or, where a text is scored, to something that is no text; and items of which some have
    one right answer and some a list. For generated answers also a text such as "[1, 2]", which the harness takes for a
    list of right answers.

    ## Why it matters
    An empty gold is matched by a model that says nothing. A task in which silence scores is no task.

    ## How to mend it
    Write the right answer into the row, as text in double quotes. Where several answers are right, give every row a
    list, also the rows with one.

    ## Example
    ```json
    {"id": "a3", "question": "Name the enzyme.", "answer": ""}
    ```
    D009: the answer is empty.
    """
    config = subject.config
    if config is None or config.process_results is not None or config.doc_to_choice is not None:
        return
    if subject.output_type in {None, "multiple_choice"}:
        return
    scores_text = subject.output_type != "generate_until"
    rows = [row for row in subject.rendered_items if row.target is not None]
    printed, unfilled = printed_golds(subject), _unfilled(subject)
    for row in rows:
        target = row.target.value if row.target else None
        if _is_empty(target, unfilled=row.where in unfilled):
            yield Fault("The right answer is empty.", row.where, "Write the answer that scores, as text.")
        elif not scores_text and isinstance(target, list) and isinstance(text := printed.get(row.where), str):
            sentence = f"The text {_shown(text)} is taken for a list of {len(target)} right answers."
            mend = "Name the column in `doc_to_target` without braces, or write a JSON list if several are right."
            yield Fault(sentence, row.where, mend)
        elif scores_text and not isinstance(target, str):
            sentence = f"The text to score is {_shown(target)}, which is no text."
            yield Fault(sentence, row.where, "Put it in double quotes.")
        elif _has_list(row) != _has_list(rows[0]):
            mend = "Give every row a list of answers, or none."
            yield Fault("Some rows have one right answer and some a list.", row.where, mend)


def _unfilled(subject: TaskSubject) -> frozenset[Where]:
    """The rows in which a column of the gold holds null, which a template prints as `None`.

    A row that says "None" in quotes has that word as its answer, as what a program prints.
    """
    columns = names_in(subject.config.doc_to_target if subject.config else None, subject.columns)
    return frozenset(row.where for row in subject.items if any(row.values.get(one) is None for one in columns))


def _is_empty(value: Any, *, unfilled: bool) -> bool:
    if isinstance(value, list):
        return not value or any(_is_empty(one, unfilled=unfilled) for one in value)
    if value is None or not isinstance(value, str):
        return value is None
    return not value.strip() or (unfilled and value.strip() == "None")
