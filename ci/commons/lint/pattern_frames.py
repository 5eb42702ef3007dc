r"""What stands around the captured part of a regular expression: the frame that a right answer must have.

``The answer is (\d+)`` finds an answer only behind the words "The answer is ". The words are read off the parsed
pattern: a class is stood for by a member, what is optional is left out, of alternatives the first is taken. The parser
is the one of the standard library, which calls it private and has kept its trees since Python 2.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

MAX_PATTERN = 2_000
MAX_TARGETS = 6
MAX_REPEATS = 200

_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_GOLD = None
_PALETTE = "a1 .-,;\n~"
_CATEGORY_MEMBERS = {
    "CATEGORY_DIGIT": "1", "CATEGORY_NOT_DIGIT": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_WORD": "a", "CATEGORY_NOT_WORD": " ",
}  # fmt: skip
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
#: What a frame cannot stand for: a pattern with one of these may match although no frame of it does.
_BEYOND = {"ASSERT_NOT", "GROUPREF", "GROUPREF_IGNORE", "GROUPREF_EXISTS"}


class _BeyondFramesError(Exception):
    """The pattern asks for something that a frame cannot show."""


@lru_cache(maxsize=256)
def frames(pattern: str) -> tuple[tuple[str, str], ...] | None:
    r"""The texts before and after each captured group (without groups: around the match), or None if unknown.

    >>> frames(r"The answer is (\d+)\.")
    (('The answer is ', '.'),)
    """
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        tree = _PARSER.parse(pattern)
        groups = tree.state.groups - 1
        return tuple(_frame(tree, group) for group in (range(1, min(groups, MAX_TARGETS) + 1) if groups else [0]))
    except (_BeyondFramesError, re.error, RecursionError, OverflowError):
        return None


def _frame(tree: Any, target: int) -> tuple[str, str]:
    pieces = list(_pieces(tree, target)) if target else list(_around(tree))
    place = pieces.index(_GOLD)
    before, after = pieces[:place], pieces[place + 1 :]
    return "".join(one or "" for one in before), "".join(one or "" for one in after)


def _around(tree: Any) -> Iterator[str | None]:
    """The frame of a pattern without groups: what it looks back and ahead for."""
    nodes = list(tree)
    ahead = [argument[1] for operator, argument in nodes[-1:] if str(operator) == "ASSERT" and argument[0] > 0]
    behind = [argument[1] for operator, argument in nodes[:1] if str(operator) == "ASSERT" and argument[0] < 0]
    for operator, _ in nodes[len(behind) : len(nodes) - len(ahead)]:
        if str(operator) in _BEYOND | {"ASSERT"}:
            raise _BeyondFramesError
    for inner in behind:
        yield from _pieces(inner, -1)
    yield _GOLD
    for inner in ahead:
        yield from _pieces(inner, -1)


def _pieces(tree: Iterable[Any], target: int) -> Iterator[str | None]:
    nodes = list(tree)
    for place, (operator, argument) in enumerate(nodes):
        name = str(operator)
        if name in _BEYOND:
            raise _BeyondFramesError
        if name == "ASSERT":
            # Only at an end does it ask for text of its own; inside it restricts what its neighbours match.
            if place != (0 if argument[0] < 0 else len(nodes) - 1):
                raise _BeyondFramesError
            yield from _pieces(argument[1], target)
        elif name in _REPEATS:
            yield from _repeated(argument, target)
        elif name == "SUBPATTERN" and argument[0] == target:
            yield _GOLD
        elif name == "SUBPATTERN":
            yield from _pieces(argument[-1], target)
        elif name == "BRANCH":
            branches = argument[1]
            yield from _pieces(next((one for one in branches if _holds(one, target)), branches[0]), target)
        elif name == "ATOMIC_GROUP":
            yield from _pieces(argument, target)
        elif name != "AT":
            yield _character(name, argument)


def _repeated(argument: Any, target: int) -> Iterator[str | None]:
    least, _, inner = argument
    holds = _holds(inner, target)
    if least - holds > 0:
        once = list(_pieces(inner, -1))
        # Repeats within repeats multiply: a short pattern can ask for gigabytes.
        if (least - holds) * len(once) > MAX_REPEATS:
            raise _BeyondFramesError
        yield from once * (least - holds) if once else ()
    if holds:
        yield from _pieces(inner, target)


def _holds(tree: Iterable[Any], target: int) -> bool:
    """Whether the group ``target`` stands somewhere in ``tree``."""
    for operator, argument in tree:
        name = str(operator)
        if name == "SUBPATTERN":
            inner = [argument[-1]]
            if argument[0] == target:
                return True
        elif name in _REPEATS:
            inner = [argument[2]]
        elif name == "BRANCH":
            inner = argument[1]
        elif name == "ASSERT":
            inner = [argument[1]]
        elif name == "ATOMIC_GROUP":
            inner = [argument]
        else:
            continue
        if any(_holds(one, target) for one in inner):
            return True
    return False


def _character(name: str, argument: Any) -> str:
    """One character that the node matches."""
    if name == "LITERAL":
        return chr(argument)
    if name == "ANY":
        return "."
    members = [("NEGATE", None), ("LITERAL", argument)] if name == "NOT_LITERAL" else argument
    if name not in {"NOT_LITERAL", "IN"}:
        raise _BeyondFramesError
    members = [(str(operator), value) for operator, value in members]
    if members[0][0] != "NEGATE":
        operator, value = members[0]
        return _CATEGORY_MEMBERS.get(str(value), "a") if operator == "CATEGORY" else chr(_first(operator, value))
    for character in _PALETTE:
        if not any(_is_member(character, operator, value) for operator, value in members[1:]):
            return character
    raise _BeyondFramesError


def _first(operator: str, value: Any) -> int:
    return int(value[0] if operator == "RANGE" else value)


def _is_member(character: str, operator: str, value: Any) -> bool:
    if operator == "LITERAL":
        return bool(ord(character) == value)
    if operator == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    name = str(value)
    if name.endswith("DIGIT"):
        inside = character.isdigit()
    elif name.endswith("SPACE"):
        inside = character.isspace()
    else:
        inside = character.isalnum() or character == "_"
    return inside != ("_NOT_" in name)
