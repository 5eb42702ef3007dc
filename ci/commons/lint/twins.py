"""Items of different tasks that are alike: found by shared MinHash bands, confirmed by their exact likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from commons.lint.facts import BANDS, ItemPlace, TaskFacts
from commons.text.normalise import words
from commons.text.similar import jaccard, shingles_of

#: Below this nobody would call two items alike.
ALIKE = 0.5
#: Shorter items share words by chance: of them only equal ones count.
LONG_WORDS = 10

_Entry = tuple[str, int]


@dataclass(frozen=True)
class Twin:
    """An item of a task, the item of another task that it is like, and how alike they are (0.5 to 1)."""

    task: str
    item: ItemPlace
    other_task: str
    other: ItemPlace
    likeness: float


def twins(
    facts: Mapping[str, TaskFacts], chosen: Set[str], text: Callable[[str, ItemPlace], str]
) -> Iterator[Twin]:
    """Each item of a ``chosen`` task with an item of another that it is like; of two chosen tasks the later is named.

    ``text`` gives the own text of an item. Likeness is the Jaccard index of the items' runs of five words.
    """
    for (task, at), (other_task, other_at) in sorted(_candidates(facts, chosen).items()):
        item, other = facts[task].places[at], facts[other_task].places[other_at]
        mine, theirs = words(text(task, item)), words(text(other_task, other))
        likeness = jaccard(shingles_of(mine), shingles_of(theirs))
        if likeness >= (ALIKE if min(len(mine), len(theirs)) >= LONG_WORDS else 1.0):
            yield Twin(task, item, other_task, other, likeness)


def _candidates(facts: Mapping[str, TaskFacts], chosen: Set[str]) -> dict[_Entry, _Entry]:
    """For each item of a chosen task the first item of another task that shares a band with it.

    One band at a time, so that no more than one key an item is held. Tasks that are not chosen come first.
    """
    tasks = sorted(facts.values(), key=lambda one: (one.name in chosen, one.name))
    found: dict[_Entry, _Entry] = {}
    for band in range(BANDS):
        shared = _shared(tasks, chosen, band)
        if shared:
            _match(tasks, band, shared, chosen, found)
    return found


def _shared(tasks: Sequence[TaskFacts], chosen: Set[str], band: int) -> set[int]:
    """The keys of a band that stand in a chosen task and in another one."""
    wanted = {key for task in tasks if task.name in chosen for key in task.keys(band)}
    shared: set[int] = set()
    seen: set[int] = set()
    for task in tasks:
        keys = task.keys(band)
        if task.name in chosen:
            shared |= seen.intersection(keys)
            seen.update(keys)
        else:
            shared |= wanted.intersection(keys)
    return shared


def _match(
    tasks: Sequence[TaskFacts], band: int, shared: Set[int], chosen: Set[str], found: dict[_Entry, _Entry]
) -> None:
    first: dict[int, _Entry] = {}
    for task in tasks:
        keys = task.keys(band)
        if shared.isdisjoint(keys):
            continue
        for at, key in enumerate(keys):
            if key in shared:
                other = first.setdefault(key, (task.name, at))
                if other[0] != task.name and task.name in chosen:
                    found.setdefault((task.name, at), other)
