"""Who the people are: the owners who are still about, and whether the author has more open than a newcomer may.

What GitHub is asked is passed in. Where it gives no answer, nobody is taken for absent, and no limit holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from commons.errors import CannotRun
from commons.github.newcomers import Limit, above_limit, limit_for
from commons.github.situation import Kind, PullRequest, Situation, TaskChange
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


def limit_of(pull: PullRequest, merged: Callable[[], int], others: Callable[[], Sequence[int]]) -> Limit | None:
    """The author's limit, where this pull request is above it.

    ``merged`` counts what of the author's was merged, and ``others`` are the numbers of their open pull requests that
    are no drafts.
    """
    if pull.draft or pull.trusted:
        return None
    limit = limit_for(merged())
    if limit.most is None:
        return None
    return limit if pull.number in above_limit([*others(), pull.number], limit) else None


def with_limit(situation: Situation, merged: Callable[[], int], others: Callable[[], Sequence[int]]) -> Situation:
    """The situation with the author's limit, where the pull request is above it and GitHub can say so."""
    try:
        return replace(situation, parked=limit_of(situation.pull, merged, others))
    except CannotRun:
        return situation
