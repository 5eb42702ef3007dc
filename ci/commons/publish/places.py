"""Places in words: a model's place is a range, and of the best it is said how many cannot be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commons.analyse.ranks import TaskRanks
from commons.publish.numbers import count

#: A range stays on one line.
_TO = "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Top:
    """Of ``models`` that have a place, ``best`` may be the best; ``name`` is the one that is, where it is only one."""

    best: int
    models: int
    name: str


def top_of(placed: Sequence[tuple[str, int]]) -> Top | None:
    """The top of models given by name with the best place each may hold; None where there are fewer than two."""
    best = [name for name, place in placed if place == 1]
    return Top(len(best), len(placed), best[0] if len(best) == 1 else "") if len(placed) > 1 else None


def task_top(ranks: TaskRanks | None, names: Mapping[str, str]) -> Top | None:
    """The top of a task; ``names`` are the models' by their id."""
    return top_of([(names[line.model], line.best) for line in ranks.lines]) if ranks else None


def range_words(best: int, worst: int) -> str:
    """A place as a range.

    >>> range_words(1, 1), range_words(1, 3).split()
    ('1', ['1', 'to', '3'])
    """
    return count(best) if best == worst else f"{count(best)}{_TO}{count(worst)}"
