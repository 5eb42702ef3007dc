"""Who is still about: the owners of a task that somebody else changes, by what GitHub has seen of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from commons.github.situation import Kind, Situation, TaskChange
from commons.github.words import typed

#: So many people are asked about; a card with more owners has enough of them.
_MOST = 10


def with_absent(situation: Situation, lately: Callable[[str], bool]) -> Situation:
    """The situation with those owners named of whom nothing was seen lately; only tasks of others are asked about."""
    known: dict[str, bool] = {}

    def about(login: str) -> bool:
        if login not in known:
            known[login] = len(known) >= _MOST or typed(login) is None or lately(login)
        return known[login]

    def marked(task: TaskChange) -> TaskChange:
        if task.owned or task.kind is Kind.ADDED:
            return task
        return replace(task, absent=tuple(owner for owner in task.owners if not about(owner)))

    return replace(situation, tasks=tuple(marked(one) for one in situation.tasks))
