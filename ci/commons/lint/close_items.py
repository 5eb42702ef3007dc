"""Items that ask one thing in nearly one wording, where the card's columns tell what the question and the choices are.

Runs of five words tell long texts apart and say little of short ones; a question that is asked again of a reworded
passage, or of the same choices with a word more, is a copy whatever its runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence

from commons.lint.item_texts import SeenItem
from commons.pool.card import ItemFields
from commons.text.normalise import normalised
from commons.text.similar import Pair, jaccard

#: Of a question about reworded passages, this likeness of the whole is enough.
SAME_QUESTION = 0.5
#: So few items may share a question, or a set of choices: more of them are a form that the task uses.
FEW = 3
#: Sets of fewer choices ("yes", "no") belong to no one question.
FEWEST_CHOICES = 3
#: So many words may differ between two questions with the same choices and the same right answer.
WORDS_APART = 2


def close_pairs(items: Sequence[SeenItem], fields: ItemFields) -> Iterator[Pair]:
    """The pairs of items that ask one thing; ``fields`` are the columns that the card names."""
    golds = [_gold(item, fields) for item in items]
    for one, other in _few_together(items, lambda item: _asked(item, fields) or None):
        likeness = jaccard(items[one].shingles, items[other].shingles)
        if likeness >= SAME_QUESTION and golds[one] is not None and golds[one] == golds[other]:
            yield Pair(one, other, likeness)
    for one, other in _few_together(items, lambda item: _set_of(_choices(item, fields))):
        apart = _apart(_asked(items[one], fields), _asked(items[other], fields))
        if golds[one] is not None and golds[one] == golds[other] and 0 < apart <= WORDS_APART:
            yield Pair(one, other, jaccard(items[one].shingles, items[other].shingles))


def _asked(item: SeenItem, fields: ItemFields) -> str:
    """The words of the question's column."""
    text = item.row.values.get(fields.question) if fields.question else None
    return normalised(text) if isinstance(text, str) else ""


def _choices(item: SeenItem, fields: ItemFields) -> tuple[str, ...]:
    """The texts of the choices: those of the card's column, because the choices that are sent may be letters."""
    own = item.row.values.get(fields.choices) if fields.choices else None
    texts = own if isinstance(own, list) else item.choices
    return tuple(normalised(one) for one in texts if isinstance(one, str))


def _set_of(choices: tuple[str, ...]) -> frozenset[str] | None:
    return frozenset(choices) if len(set(choices)) >= FEWEST_CHOICES else None


def _gold(item: SeenItem, fields: ItemFields) -> str | None:
    """The text of the right answer: that of the choice, where the gold is its index or its letter."""
    value = item.row.values.get(fields.gold) if fields.gold else None
    choices = _choices(item, fields)
    if isinstance(value, str) and len(value) == 1 and value.isascii() and value.isalpha():
        value = ord(value.upper()) - ord("A")
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(choices):
        return choices[value]
    return item.gold


def _apart(one: str, other: str) -> int:
    """How many words two questions do not share."""
    first, second = Counter(one.split()), Counter(other.split())
    return sum(((first - second) + (second - first)).values())


def _few_together(
    items: Sequence[SeenItem], key: Callable[[SeenItem], Hashable | None]
) -> Iterator[tuple[int, int]]:
    """The places of items with an equal key, pair by pair, where few items share it."""
    groups: dict[Hashable, list[int]] = {}
    for place, item in enumerate(items):
        if (found := key(item)) is not None:
            groups.setdefault(found, []).append(place)
    for places in groups.values():
        if 1 < len(places) <= FEW:
            yield from ((places[at], later) for at in range(len(places)) for later in places[at + 1 :])
