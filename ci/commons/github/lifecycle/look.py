"""One look at everything: the pool, GitHub and our branches, as proposals and what they are held against."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from commons.github.execute import Hand
from commons.github.lifecycle.branches import Branches
from commons.github.lifecycle.compute import Desk
from commons.github.lifecycle.derive import derive
from commons.github.lifecycle.execute import default_branch
from commons.github.lifecycle.proposal import kind_of, task_of
from commons.github.lifecycle.registry import Proposed, chosen, propose_all
from commons.github.lifecycle.standing import Form, refusals, with_branches
from commons.github.lifecycle.texts import RESPECT_DAYS
from commons.pool.repository import Repository


@dataclass(frozen=True)
class Wish:
    """What was asked for: which proposers (all, where none is named), with or without pull requests, on which day."""

    today: datetime.date
    names: tuple[str, ...] = ()
    pulls: bool = True
    remote: str = "origin"


@dataclass(frozen=True)
class Look:
    """What was found. ``branches`` is None where no pull request is in question."""

    proposed: Proposed
    desk: Desk
    branches: Branches | None = None


def look(pool: Repository, hand: Hand, wish: Wish) -> Look:
    """Derive the facts, ask the proposers, and read what stands.

    Raises:
        CannotRun: GitHub or git does not answer, or there is no such proposer.
    """
    proposers = chosen(wish.names)
    derived = derive(pool, hand.api, hand.author, wish.today)
    proposed = propose_all(proposers, derived.facts)
    standing = derived.facts.standing
    slugs = frozenset(one.slug for one in proposed.proposals) - {one.slug for one in standing}
    refused = refusals(hand.api, hand.author, slugs, wish.today - datetime.timedelta(days=RESPECT_DAYS))

    def judged(slug: str) -> bool:
        kind = kind_of(slug)
        return (not wish.names or kind in wish.names) and kind not in proposed.failed and (
            task_of(slug) not in derived.unread)

    branches = None
    if wish.pulls and (any(one.files for one in proposed.proposals) or any(one.form is Form.PULL for one in standing)):
        branches = Branches(pool, wish.remote, default_branch(hand), hand.author)
        standing = with_branches(standing, branches.look)
    return Look(proposed, Desk(standing, refused, judged, wish.pulls), branches)
