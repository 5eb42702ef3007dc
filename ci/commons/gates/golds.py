"""What the right answer of an item is, whichever way its task writes it down."""

from __future__ import annotations

import re

from commons.harness.rendering import ItemRendering

#: Longer numbers are compared as they are written; a float would lose or overflow them.
MOST_DIGITS = 15
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def gold_places(item: ItemRendering) -> tuple[int, ...]:
    """The places of the right choices among the item's choices; empty where the gold is none of them."""
    choices = item.choices or ()
    found = []
    for one in item.gold if isinstance(item.gold, tuple) else (item.gold,):
        if isinstance(one, int) and 0 <= one < len(choices or item.plain):
            found.append(one)
        elif isinstance(one, str) and one in choices:
            found.append(choices.index(one))
    return tuple(found)


def gold_texts(item: ItemRendering) -> tuple[str, ...]:
    """The right texts of an item that is answered in words; more than one where several are right."""
    found = []
    for one in item.gold if isinstance(item.gold, tuple) else (item.gold,):
        if isinstance(one, int) and item.choices is not None:
            found += [item.choices[one]] if 0 <= one < len(item.choices) else []
        elif one is not None:
            found.append(str(one))
    return tuple(found)


def plain_form(text: str) -> str:
    """``text`` without case, spacing and punctuation, to tell whether two answers say the same."""
    numbers = _NUMBER.findall(text)
    letters = "".join(character for character in text.casefold() if character.isalpha())
    return letters + "|" + "|".join(_value(number) for number in numbers) if numbers else letters or text.strip()


def _value(number: str) -> str:
    if len(number) > MOST_DIGITS:
        return number
    value = float(number.replace(",", ""))
    return str(int(value)) if value.is_integer() else str(value)
