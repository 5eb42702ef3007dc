"""The queue: open pull requests by who acts next, oldest first. Facts in, an order out; nothing here asks GitHub.

The labels of the live comment carry the judgement; what happened since (a review, a conflict, a draft) comes first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pydantic import Field

from commons.github.judgement import HOLD, LOW_RISK, Who
from commons.github.labels import State, state_of, who_of
from commons.github.newcomers import above_limit, limit_for
from commons.pool.validate import Strict


class Actor(str, Enum):
    """Who acts next; in the order in which the queue shows them."""

    MAINTAINER = "maintainer"
    OWNER = "owner"
    AUTHOR = "author"
    BOT = "bot"


class OpenPull(Strict):
    """What is known of one open pull request. ``approved_by`` and ``changes_asked_by`` are of its newest commit."""

    number: int = Field(ge=1, description="Its number.")
    title: str = Field(description="Its title, as its author wrote it.")
    author: str = Field(description="The author's handle.")
    opened: datetime.datetime = Field(description="When it was opened.")
    draft: bool = Field(False, description="Whether it is a draft.")
    conflicts: bool = Field(False, description="Whether it conflicts with the default branch.")
    judged: bool = Field(True, description="Whether its newest commit carries the required status, of any kind.")
    labels: tuple[str, ...] = Field((), description="Its labels.")
    approved_by: tuple[str, ...] = Field((), description="Who approves its newest commit.")
    changes_asked_by: tuple[str, ...] = Field((), description="Whose last review asks for changes.")
    merged_before: int = Field(0, ge=0, description="How many of the author's were merged, as far as was counted.")
    trusted: bool = Field(False, description="Whether the author is a maintainer or the bot.")


class QueueFile(Strict):
    """What ``commons queue --from`` reads, and ``--json`` prints under ``facts``."""

    schema_version: int = Field(1, ge=1, le=1)
    pulls: tuple[OpenPull, ...] = Field((), description="The open pull requests.")
    last_seen: dict[str, datetime.date] = Field(default_factory=dict, description="Handle -> when last seen here.")


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    pull: OpenPull
    actor: Actor
    why: str


def queue(pulls: Iterable[OpenPull], maintainers: Sequence[str]) -> tuple[Waiting, ...]:
    """The open pull requests by who acts next, and within that the oldest first."""
    every = list(pulls)
    parked = _parked(every)
    found = [Waiting(one, *turn(one, maintainers, parked=one.number in parked)) for one in every]
    order = list(Actor)
    return tuple(sorted(found, key=lambda one: (order.index(one.actor), one.pull.opened, one.pull.number)))


def turn(pull: OpenPull, maintainers: Sequence[str], *, parked: bool = False) -> tuple[Actor, str]:
    """Who acts next on one pull request, and why. What its author can do comes before what others can."""
    labels = frozenset(pull.labels)
    state, who = state_of(labels), who_of(labels)
    if pull.draft:
        return Actor.AUTHOR, "it is a draft"
    if pull.conflicts:
        return Actor.AUTHOR, "it conflicts with the default branch"
    if pull.changes_asked_by:
        return Actor.AUTHOR, f"{_names(pull.changes_asked_by)} asked for changes"
    if parked:
        limit = limit_for(pull.merged_before, trusted=pull.trusted)
        return Actor.AUTHOR, f"it waits for the author's others: {limit.most} may be open at once"
    if state is State.UNJUDGED or not pull.judged:
        return Actor.BOT, "its newest commit was not judged yet"
    if state is State.CHANGES:
        return Actor.AUTHOR, "something is to be mended"
    if state is State.UNCHECKED:
        return Actor.MAINTAINER, "the checks could not run"
    if state is State.WAITING:
        return {Who.AUTHOR: (Actor.AUTHOR, "the author has to go on"), Who.OWNERS: (Actor.OWNER, "owners decide"),
                }.get(who or Who.MAINTAINERS, (Actor.MAINTAINER, "its trial is to be started, or it to be confirmed"))
    return _ready(pull, labels, who, {one.lower() for one in maintainers})


def _ready(pull: OpenPull, labels: frozenset[str], who: Who | None, maintainers: set[str]) -> tuple[Actor, str]:
    approved = {one.lower() for one in pull.approved_by}
    if HOLD in labels:
        return Actor.MAINTAINER, f"it is ready, and held by the label `{HOLD}`"
    if approved & maintainers or (approved and who is Who.OWNERS):
        return Actor.MAINTAINER, f"{_names(pull.approved_by)} approved it: merge it"
    if LOW_RISK in labels:
        return Actor.BOT, "it may merge itself"
    if who is Who.OWNERS:
        return Actor.OWNER, "an owner reviews it"
    return Actor.MAINTAINER, "a maintainer reviews it"


def _parked(pulls: Sequence[OpenPull]) -> set[int]:
    """The pull requests above their author's limit; drafts ask for nobody's time and do not count."""
    by_author: dict[str, list[OpenPull]] = {}
    for one in pulls:
        if not one.draft:
            by_author.setdefault(one.author.lower(), []).append(one)
    parked: set[int] = set()
    for several in by_author.values():
        limit = limit_for(max(one.merged_before for one in several), trusted=any(one.trusted for one in several))
        parked |= set(above_limit((one.number for one in several), limit))
    return parked


def counts(waiting: Sequence[Waiting]) -> Mapping[Actor, int]:
    """How many wait for whom."""
    return {actor: sum(one.actor is actor for one in waiting) for actor in Actor}


def _names(handles: Sequence[str]) -> str:
    return ", ".join(f"@{one}" for one in handles)
