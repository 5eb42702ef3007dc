"""D049: a label among the answers that is nearly another one."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from commons.lint.grading import exact_graders, golds
from commons.lint.prompt_parts import prompts, words
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.worked_answer import as_compared

MIN_ITEMS = 20
MAX_LABELS = 6
#: A label that stands in so many rows was meant; one that stands in no more than these is looked at.
OFTEN, SELDOM = 3, 2
#: Shorter words have true words for neighbours (yes and yet, der and den).
SHORTEST, LONGEST = 5, 60
#: Shorter ones change their meaning with capitals (us and US).
SHORTEST_IN_CAPITALS = 3
_LIKENESS = 0.8
#: The prompts of the first items name the labels, where any do.
_PROMPTS = 3


@rule(code="D049", level="lint", subject="task")
def misspelt_label(subject: TaskSubject) -> Iterator[Fault]:
    """An answer is one of the task's few labels, misspelt.

    ## What it finds
    In a task of at least 20 items with one right answer each, of which at most six stand in three rows or more, and no
    other answers than these and their like: an answer of one or two rows that differs from a frequent one by a letter
    that is missing, added, or changed inside the word, by two neighbouring letters that are exchanged, or by
    capitals. Not where the comparison overlooks the difference, nor where a prompt names the answer.

    ## Why it matters
    A model that answers `positive` is scored as wrong where the row says `postive`.

    ## How to mend it
    Write the label as in the other rows.

    ## Example
    ```json
    {"review": "I cried at the end, such a tender film", "mood": "postive"}
    ```
    D049: the other rows say "positive".
    """
    config = subject.config
    if config is None or config.process_results is not None or config.doc_to_choice is not None:
        return
    if subject.output_type not in {"generate_until", "loglikelihood"}:
        return
    graders = exact_graders(config)
    arguments: Mapping[str, Any] = graders[0][1].arguments if graders else {}
    single = [(gold.place, gold.texts[0].strip()) for gold in golds(subject) if len(gold.texts) == 1]
    counts = Counter(text for _, text in single)
    often = sorted(label for label, times in counts.items() if times >= OFTEN)
    rare = sorted(label for label, times in counts.items() if times <= SELDOM)
    if len(single) < MIN_ITEMS or not 2 <= len(often) <= MAX_LABELS or len(rare) > MAX_LABELS:
        return
    shown = _shown(subject) if rare else ""
    meant = {label: _meant(label, often, arguments, shown) for label in rare}
    if not all(meant.values()):
        return
    for place, text in single:
        if label := meant.get(text):
            sentence = f"The answer `{text}` is nearly `{label}`, which is the answer of {counts[label]} rows."
            yield Fault(sentence, subject.rendered_items[place].where, f'Write "{label}" as in the other rows.')


def _meant(text: str, labels: list[str], arguments: Mapping[str, Any], shown: str) -> str | None:
    """The frequent label that ``text`` misspells, if it surely does so and the comparison sees it."""
    if words(text) in shown and text.casefold() not in {one.casefold() for one in labels}:
        return None
    for label in labels:
        if not (_is_slip(text, label) or (words(label) in shown and _is_near(text, label))):
            continue
        try:
            if as_compared(text, arguments) != as_compared(label, arguments):
                return label
        except re.error:
            return None
    return None


def _is_slip(text: str, label: str) -> bool:
    """Whether the two differ by capitals alone, or by one slip inside a word, where endings do not change."""
    if text.casefold() == label.casefold():
        return len(text) >= SHORTEST_IN_CAPITALS
    return _is_near(text, label) and text[0].casefold() == label[0].casefold() and text[-1] == label[-1]


def _is_near(text: str, label: str) -> bool:
    """Whether one slip of the fingers makes one of the other: a letter more, less, or another, or two exchanged."""
    if not (min(len(text), len(label)) >= SHORTEST and max(len(text), len(label)) <= LONGEST):
        return False
    if any(character.isdigit() for character in text + label) or abs(len(text) - len(label)) > 1:
        return False
    if difflib.SequenceMatcher(None, text, label).ratio() < _LIKENESS:
        return False
    start = next((at for at, (one, other) in enumerate(zip(text, label, strict=False)) if one != other), None)
    if start is None:
        return len(text) != len(label)
    first, second = text[start:], label[start:]
    return (
        first[1:] == second[1:] or first[1:] == second or first == second[1:]
        or (first[:2] == second[1::-1] and first[2:] == second[2:])
    )


def _shown(subject: TaskSubject) -> str:
    """The words of the description and of the first prompts, in small letters."""
    description = subject.config.description if subject.config else ""
    texts = [description if isinstance(description, str) else "", *(one.text for one in prompts(subject)[:_PROMPTS])]
    return words("\n".join(texts))
