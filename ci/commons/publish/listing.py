"""Long lists: pairs grouped by what is said of them, and rows cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from commons.publish.addresses import numbered
from commons.publish.states import CellState

#: A group names so many pairs, and a list so many groups; the rest is counted.
MOST_EXAMPLES = 20
MOST_GROUPS = 12

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Group:
    """Pairs of which the same is said: how many, and the first of them."""

    words: str
    pairs: int
    examples: tuple[CellState, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.pairs - len(self.examples)


@dataclass(frozen=True)
class Groups:
    """The largest groups first; ``unnamed`` pairs stand in groups that are not shown."""

    shown: tuple[Group, ...]
    pairs: int
    unnamed: int
    unnamed_groups: int


def grouped(states: Iterable[CellState], words: Callable[[CellState], str]) -> Groups:
    """Group pairs by what ``words`` says of each."""
    found: dict[str, tuple[int, tuple[CellState, ...]]] = {}
    for state in states:
        said = words(state)
        pairs, examples = found.get(said, (0, ()))
        found[said] = pairs + 1, examples if pairs >= MOST_EXAMPLES else (*examples, state)
    every = sorted((Group(said, *one) for said, one in found.items()), key=lambda one: (-one.pairs, one.words))
    rest = every[MOST_GROUPS:]
    return Groups(tuple(every[:MOST_GROUPS]), sum(one.pairs for one in every), sum(one.pairs for one in rest),
                  len(rest))


@dataclass(frozen=True)
class Leaf(Generic[Entry]):
    """Page ``number`` of ``pages``, with what stands on it; ``path`` is the address of the first page."""

    path: str
    number: int
    pages: int
    entries: tuple[Entry, ...]
    first: int
    total: int

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return self.first + len(self.entries) - 1

    @property
    def here(self) -> str:
        """Its own address."""
        return numbered(self.path, self.number)

    @property
    def previous(self) -> str | None:
        """The page before it."""
        return numbered(self.path, self.number - 1) if self.number > 1 else None

    @property
    def next(self) -> str | None:
        """The page after it."""
        return numbered(self.path, self.number + 1) if self.number < self.pages else None


def leaves(path: str, entries: Sequence[Entry], size: int) -> Iterator[Leaf[Entry]]:
    """The entries in pages of ``size``; one page where there is none."""
    pages = max(1, -(-len(entries) // size))
    for number in range(1, pages + 1):
        start = (number - 1) * size
        yield Leaf(path, number, pages, tuple(entries[start:start + size]), start + 1, len(entries))
