"""What a regular expression may cost, told from its parts and without running it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from re import _constants as names  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from commons.lint.endless_patterns import can_take_for_ever

#: A longer text is put to patterns with one open repetition alone.
LONG_TEXT = 20_000
#: With so many open repetitions, going back over a text takes too long from this length on.
MANY, SHORT_TEXT = 4, 1_000
#: A repetition of more than so many is as good as one without end.
_OPEN = 64
_REPEATS = {names.MAX_REPEAT, names.MIN_REPEAT}


def refused_pattern(pattern: str, length: int) -> str | None:
    """Why a pattern is not put to a text of this length, as the end of a sentence; None where it may be."""
    if can_take_for_ever(pattern):
        return "can take for ever"
    nested, count = _open_repeats(pattern)
    if nested and length > SHORT_TEXT:
        return f"repeats a repetition, which takes too long on a text of {length:,} characters"
    if (count > 1 and length > LONG_TEXT) or (count >= MANY and length > SHORT_TEXT):
        return f"has {count} open repetitions, too many for a text of {length:,} characters"
    return None


@lru_cache(maxsize=256)
def _open_repeats(pattern: str) -> tuple[bool, int]:
    """Whether an open repetition stands inside another, and how many there are; nothing for what is no pattern."""
    try:
        found = list(_depths(parser.parse(pattern), 0))
    except (re.error, RecursionError, OverflowError):
        return False, 0
    return max(found, default=0) > 1, len(found)


def _depths(parts: Iterable[Any], depth: int) -> Iterator[int]:
    """How deep in open repetitions each open repetition stands, from 1."""
    for operator, argument in parts:
        inside = depth
        if operator in _REPEATS and (argument[1] is names.MAXREPEAT or argument[1] > _OPEN):
            inside += 1
            yield inside
        for part in _inner(argument):
            yield from _depths(part, inside)


def _inner(argument: Any) -> Iterator[Any]:
    """The parts of a pattern that stand inside one of its parts."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (list, tuple)):
        for one in argument:
            yield from _inner(one)
