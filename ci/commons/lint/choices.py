"""Multiple choice items with their choices and the place of the gold, for the rules that look at a whole task."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commons.errors import Where
from commons.lint.prompt_parts import kept
from commons.lint.rendering import RenderedRow
from commons.lint.subject import TaskSubject
from commons.stats.exact import binomial_tail

#: What luck does in fewer tasks than this is no luck.
ALPHA = 0.001
#: Always choosing one place must score so much above chance.
PLACE_MARGIN = 0.15
_LABEL = re.compile(r"\(?[A-Za-z0-9][).:]?\Z")


@dataclass(frozen=True)
class KeyedItem:
    """One item: its choices in order, and which of them is right, counted from 0."""

    where: Where
    choices: tuple[str, ...]
    gold: int

    @property
    def chance(self) -> float:
        """How often a blind guess is right."""
        return 1.0 / len(self.choices)


@kept
def keyed_items(subject: TaskSubject) -> tuple[KeyedItem, ...]:
    """The multiple choice items with exactly one gold that points to a choice; D007 speaks of the others."""
    if subject.output_type != "multiple_choice" or subject.config is None or subject.config.process_results is not None:
        return ()
    items = tuple(item for row in subject.rendered_items if (item := _keyed(row)) is not None)
    column = subject.fields.choices
    if column is None or not items or not are_letters(items[0].choices):
        return items
    written = {row.where: row.values.get(column) for row in subject.items}
    return tuple(_with_texts(item, written.get(item.where)) for item in items)


def _with_texts(item: KeyedItem, texts: object) -> KeyedItem:
    """The item with the texts that its letters stand for, where the card says which column holds them."""
    fits = isinstance(texts, list) and len(texts) == len(item.choices) and all(isinstance(one, str) for one in texts)
    return replace(item, choices=tuple(texts)) if fits else item  # type: ignore[arg-type]


def _keyed(row: RenderedRow) -> KeyedItem | None:
    choices = row.choices.value if row.choices else None
    if not isinstance(choices, list) or len(choices) < 2 or not all(isinstance(one, str) for one in choices):
        return None
    # A prompt that is a number makes the harness take the choices as prompts and the number as the gold (Winogrande).
    as_prompts = row.text is not None and isinstance(row.text.value, int)
    known = row.text if as_prompts else row.target
    gold = known.value if known else None
    if isinstance(gold, list) and len(gold) == 1:
        gold = gold[0]
    if isinstance(gold, str) and gold in choices:
        gold = choices.index(gold)
    if isinstance(gold, bool) or not isinstance(gold, int) or not 0 <= gold < len(choices):
        return None
    return KeyedItem(row.where, tuple(choices), gold)


def share_their_choices(items: Sequence[KeyedItem]) -> bool:
    """Whether every item offers the same choices, in whatever order: then they are labels of classes."""
    return len({frozenset(item.choices) for item in items}) == 1


def are_letters(choices: Sequence[str]) -> bool:
    """Whether the choices are letters or numbers that stand for texts in the prompt, such as A, B, C."""
    return all(_LABEL.match(choice.strip()) for choice in choices)


def leading_place(items: Sequence[KeyedItem]) -> int | None:
    """The place that holds the gold always, or far more often than chance and luck allow (Bonferroni's correction)."""
    golds = Counter(item.gold for item in items)
    place, count = max(golds.items(), key=lambda pair: (pair[1], -pair[0]))
    offering = [item for item in items if len(item.choices) > place]
    expected = sum(item.chance for item in offering)
    places = max(len(item.choices) for item in items)
    significant = binomial_tail(count, len(offering), expected / len(offering)) * places < ALPHA
    if len(golds) == 1 or (significant and count - expected > PLACE_MARGIN * len(items)):
        return place
    return None
