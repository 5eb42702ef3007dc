r"""Regular expressions that can take for ever: a static look, without running them.

A pattern is endless where a text can be read in two ways within one repetition (``(\d+)+``, ``(\w+\s?)*``,
``(?:a|[a-z])*``) and something must follow that may be missing: the number of ways then doubles with each character,
and the engine tries them all. The pattern is read as an automaton of its positions (Glushkov), each edge with the
number of ways that lead along it; two different ways around one cycle are found in the product of the automaton with
itself (Weideman et al., "Analyzing matching time behavior of backtracking regular expression matchers", 2016).
"""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

MAX_PATTERN = 2_000
#: A larger automaton is not looked at: the work grows with the square of this.
MAX_POSITIONS = 80
#: So few repetitions are written out one behind another.
FEW = 8

_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}
#: Of what these ask, an automaton of positions knows nothing.
_BEYOND = {"GROUPREF", "GROUPREF_EXISTS", "GROUPREF_IGNORE", "ATOMIC_GROUP", "POSSESSIVE_REPEAT"}
#: One character of each kind; the ends of a pattern's own classes are added.
_KINDS = "aA0_ \n.-,%~\u03a9"

Edges = Counter[int]
Product = Mapping[tuple[int, int], list[tuple[int, int]]]


class _BeyondError(Exception):
    """The pattern is too large, or asks for something that is not followed here."""


@lru_cache(maxsize=512)
def can_take_for_ever(pattern: str) -> bool:
    r"""Whether some text makes the engine try exponentially many ways; False where that is not known.

    >>> can_take_for_ever(r"^(\w+\s?)*$"), can_take_for_ever(r"^(?:\w+\s)*$")
    (True, False)
    """
    if len(pattern) > MAX_PATTERN or not any(sign in pattern for sign in "*+{"):
        return False
    try:
        tree = _PARSER.parse(pattern)
        if not _has_nested_choice(tree, inside=False):
            return False
        automaton = _Automaton(_alphabet(tree), bool(tree.state.flags & re.IGNORECASE))
        whole = automaton.sequence(tree, inside=False)
    except (_BeyondError, re.error, RecursionError, OverflowError):
        return False
    return automaton.is_ambiguous(frozenset(whole.last))


def _has_nested_choice(tree: Iterable[Any], *, inside: bool) -> bool:
    """Whether a repetition holds a repetition or alternatives: without that there is one way around each cycle."""
    for operator, argument in tree:
        name = str(operator)
        endless = name in _REPEATS and argument[1] > 1
        if inside and (name in _REPEATS or name == "BRANCH"):
            return True
        if any(_has_nested_choice(one, inside=inside or endless) for one in _inner(name, argument)):
            return True
    return False


def _inner(name: str, argument: Any) -> list[Any]:
    if name in _REPEATS:
        return [argument[2]]
    if name == "SUBPATTERN":
        return [argument[-1]]
    return list(argument[1]) if name == "BRANCH" else []


def _alphabet(tree: Iterable[Any]) -> str:
    return "".join(dict.fromkeys([*_KINDS, *_own_characters(tree)]))


def _own_characters(tree: Iterable[Any]) -> Iterator[str]:
    for operator, argument in tree:
        name = str(operator)
        if name in {"LITERAL", "NOT_LITERAL"}:
            yield chr(argument)
        elif name == "RANGE":
            yield from (chr(argument[0]), chr(argument[1]))
        elif name == "IN":
            yield from _own_characters(argument)
        for one in _inner(name, argument):
            yield from _own_characters(one)


@dataclass
class _Part:
    """A part of the pattern: where it begins, where it ends (each with the number of ways), whether it may be empty."""

    first: Edges = field(default_factory=Counter)
    last: Edges = field(default_factory=Counter)
    nullable: bool = True


@dataclass
class _Automaton:
    """The positions of a pattern, the characters (as bits of the alphabet) that each reads, and what follows it."""

    alphabet: str
    ignore_case: bool
    reads: list[int] = field(default_factory=list)
    follow: list[Edges] = field(default_factory=list)

    def sequence(self, tree: Iterable[Any], *, inside: bool) -> _Part:
        """Add the nodes one behind another; ``inside`` a repetition, marks such as ``^`` count as nothing."""
        whole = _Part()
        for operator, argument in tree:
            whole = self._joined(whole, self._part(str(operator), argument, inside=inside))
        return whole

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._link(one.last, other.first)
        return _Part(
            one.first + other.first if one.nullable else one.first,
            one.last + other.last if other.nullable else other.last,
            one.nullable and other.nullable,
        )

    def _link(self, ends: Edges, starts: Edges) -> None:
        for end, ways in ends.items():
            for start, more in starts.items():
                # Two ways are as telling as a thousand.
                self.follow[end][start] = min(2, self.follow[end][start] + ways * more)

    def _part(self, name: str, argument: Any, *, inside: bool) -> _Part:
        if name in _BEYOND:
            raise _BeyondError
        if name in _REPEATS:
            return self._repeated(argument, inside=inside)
        if name == "SUBPATTERN":
            return self.sequence(argument[-1], inside=inside)
        if name == "BRANCH":
            parts = [self.sequence(one, inside=inside) for one in argument[1]]
            firsts, lasts = sum((one.first for one in parts), Counter()), sum((one.last for one in parts), Counter())
            return _Part(firsts, lasts, any(one.nullable for one in parts))
        if name in {"AT", "ASSERT", "ASSERT_NOT"}:
            # Behind a repetition it is something that may be missing, and that no character satisfies.
            return _Part() if inside else self._position(0)
        return self._position(self._mask(name, argument))

    def _repeated(self, argument: Any, *, inside: bool) -> _Part:
        least, most, body = argument
        if least == most or most <= FEW:
            # So few repetitions may have many ways, but not ever more of them.
            rest = self._optional(min(most, FEW) - min(least, FEW), body, inside=inside)
            copies = [self.sequence(body, inside=inside) for _ in range(min(least, FEW))]
        else:
            rest = self.sequence(body, inside=True)
            self._link(rest.last, rest.first)
            rest.nullable |= least == 0
            copies = [self.sequence(body, inside=inside) for _ in range(min(least, FEW) - 1)]
        whole = _Part()
        for part in (*copies, rest):
            whole = self._joined(whole, part)
        return whole

    def _optional(self, times: int, body: Any, *, inside: bool) -> _Part:
        """Up to so many repetitions, each only behind the one before: ``(x(x)?)?``."""
        part = _Part()
        for _ in range(times):
            part = self._joined(self.sequence(body, inside=inside), part)
            part.nullable = True
        return part

    def _position(self, mask: int) -> _Part:
        if len(self.reads) == MAX_POSITIONS:
            raise _BeyondError
        self.reads.append(mask)
        self.follow.append(Counter())
        place = len(self.reads) - 1
        return _Part(Counter([place]), Counter([place]), nullable=False)

    def _mask(self, name: str, argument: Any) -> int:
        members = argument if name == "IN" else [(name, argument)]
        negated = name == "NOT_LITERAL" or str(members[0][0]) == "NEGATE"
        mask = 0
        for bit, character in enumerate(self.alphabet):
            forms = {character, character.swapcase()} if self.ignore_case else {character}
            read = any(_reads(one, str(operator), value) for one in forms for operator, value in members)
            mask |= (read != negated) << bit
        return mask

    def is_ambiguous(self, ends: frozenset[int]) -> bool:
        """Whether two ways lead around a cycle from which the match may still fail; at ``ends`` it has succeeded."""
        follow = {(one, other): self._both(one, other) for one in range(len(self.reads))
                  for other in range(len(self.reads))}
        for component in _components(follow):
            home = [one for one, other in component if one == other and one not in ends]
            if not home:
                continue
            apart = any(one != other for one, other in component)
            twice = any(self.follow[one][other] > 1 for one, same in component if one == same
                        for other in self.follow[one] if (other, other) in component)
            if apart or twice:
                return True
        return False

    def _both(self, one: int, other: int) -> list[tuple[int, int]]:
        """The pairs of positions that can follow a pair on one and the same character."""
        return [(first, second) for first in self.follow[one] for second in self.follow[other]
                if self.reads[first] & self.reads[second]]


def _reads(character: str, operator: str, value: Any) -> bool:
    if operator in {"LITERAL", "NOT_LITERAL"}:
        return ord(character) == int(value)
    if operator == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    if operator == "ANY":
        return character != "\n"
    if operator != "CATEGORY":
        return False
    kind = str(value)
    if kind.endswith("DIGIT"):
        inside = character.isdigit()
    elif kind.endswith("SPACE"):
        inside = character.isspace()
    else:
        inside = character.isalnum() or character == "_"
    return inside != ("_NOT_" in kind)


def _components(follow: Product) -> Iterator[set[tuple[int, int]]]:
    """The sets of pairs that lie on common cycles (Kosaraju), each at least one edge around."""
    order: list[tuple[int, int]] = []
    seen: set[tuple[int, int]] = set()
    for start in follow:
        order += _walk(start, follow, seen)
    back: dict[tuple[int, int], list[tuple[int, int]]] = {pair: [] for pair in follow}
    for pair, others in follow.items():
        for other in others:
            back[other].append(pair)
    seen = set()
    for start in reversed(order):
        component = set(_walk(start, back, seen))
        if len(component) > 1 or any(pair in follow[pair] for pair in component):
            yield component


def _walk(start: tuple[int, int], follow: Product, seen: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that can be reached from ``start`` and were not yet seen, each behind those that it leads to."""
    if start in seen:
        return []
    seen.add(start)
    done: list[tuple[int, int]] = []
    stack = [(start, iter(follow[start]))]
    while stack:
        pair, rest = stack[-1]
        ahead = next((one for one in rest if one not in seen), None)
        if ahead is None:
            done.append(pair)
            stack.pop()
        else:
            seen.add(ahead)
            stack.append((ahead, iter(follow[ahead])))
    return done
