"""Tasks whose owners are gone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.registry import Facts, proposer
from commons.github.owners import GONE_AFTER, Absence, gone_owners
from commons.github.words import code, cut, inline
from commons.pool.card import LifecycleState
from commons.pool.task import Task

#: So many tasks are listed in the collected issue.
MOST_LISTED = 200


@proposer("absent-owners", days=GONE_AFTER.days)
def absent_owners(facts: Facts) -> Iterator[Proposal]:
    """An owner of a task has been gone for a year.

    ## What it looks for

    Owners of tasks that are not retired who have no commit on the default branch for {days} days. Who just took a task
    on is counted from the day that its lifecycle state began. A maintainer who never committed under that name may be
    an organisation, and is not called gone.

    ## What it proposes

    Where all owners of a task are gone, an issue for that task which asks for a new owner and says how to become one.
    Tasks of which only some owners are gone are listed together in one issue.

    ## Without a bot

    The same: these are issues in any case.
    """
    tasks = {one.name: one for one in facts.tasks if _is_known(one, facts)}
    seen = {handle.lower(): day for handle, day in facts.last_seen.items()}
    seen |= {name.lower(): facts.today for name in facts.maintainers if name.lower() not in seen}
    whole = gone_owners({name: (one.card.owners, one.card.lifecycle.since) for name, one in tasks.items()}, seen,
                        facts.today)
    for absence in whole:
        yield _orphan(tasks[absence.task], absence, facts)
    some: dict[str, tuple[Absence, ...]] = {}
    for name in sorted(set(tasks) - {one.task for one in whole}):
        card = tasks[name].card
        # Each owner as if the task were theirs alone.
        some[name] = gone_owners({owner: ((owner,), card.lifecycle.since) for owner in card.owners}, seen, facts.today)
    if any(some.values()):
        yield _collected({name: gone for name, gone in some.items() if gone}, facts)


def _is_known(task: Task, facts: Facts) -> bool:
    return task.card.lifecycle.state is not LifecycleState.RETIRED and all(
        owner.lower() in facts.asked for owner in task.card.owners)


def _orphan(task: Task, absence: Absence, facts: Facts) -> Proposal:
    owners = ", ".join(code(owner) for owner in absence.owners)
    return Proposal(
        f"absent-owners--{task.name}", f"A new owner is wanted: {task.name}",
        f"No owner of the task `{task.name}` was seen here since {_day(absence.since)}.",
        f"The task is *{inline(task.card.title)}*; its card names {owners}. Nobody else can say whether an item is "
        "wrong, so questions and repairs wait.\n\n"
        "**To take it over**, open a pull request that writes your handle into `owners` in "
        f"`tasks/{task.name}/card.yaml`, and say in it what ties you to the subject. **If you own it and are still "
        "about**, say so here: any commit of yours closes this. If nobody comes, a maintainer retires the task; its "
        "results stay.",
        absence.since, asks=_once([*absence.owners, *facts.maintainers]),
    )


def _collected(some: dict[str, tuple[Absence, ...]], facts: Facts) -> Proposal:
    lines = [f"- `{name}`: " + ", ".join(f"{code(one.task)} (since {_day(one.since)})" for one in gone)
             for name, gone in some.items()]
    return Proposal(
        "absent-owners", "Tasks of which an owner is gone",
        "Some of the owners of these tasks were not seen here for a year; others are still about.",
        "\n".join(cut(lines, MOST_LISTED, "task")) + "\n\nTheir other owners may leave the names, or take them out of "
        "`owners` in the card by a pull request: then nobody waits for an answer that does not come.",
        min(one.since for gone in some.values() for one in gone), asks=facts.maintainers,
    )


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple({name.lower(): name for name in names}.values())


def _day(day: datetime.date) -> str:
    return day.isoformat()
