"""Derive: the pool and GitHub as facts for the proposers."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from commons.github.api import Api
from commons.github.lifecycle.registry import Facts
from commons.github.lifecycle.standing import open_ones
from commons.github.owners import GONE_AFTER, read_maintainers
from commons.github.queue_api import MOST_OWNERS, last_seen
from commons.pool.card import LifecycleState
from commons.pool.repository import Repository

_NAME = re.compile(r"[a-z][a-z0-9_]{2,63}")


@dataclass(frozen=True)
class Derived:
    """The facts, and the tasks of which they say nothing: what stands open about these is left as it is."""

    facts: Facts
    unread: frozenset[str]


def derive(pool: Repository, api: Api, author: str, today: datetime.date) -> Derived:
    """Read the pool, and ask GitHub what we have open and when owners were last seen.

    Only owners who can have been gone for long are asked about, one call for each.

    Raises:
        CannotRun: GitHub does not answer, or the token may not read.
    """
    every, broken = pool.tasks()
    tasks = tuple(one for one in every if _NAME.fullmatch(one.name))
    old = [one for one in tasks if today - one.card.lifecycle.since >= GONE_AFTER
           and one.card.lifecycle.state is not LifecycleState.RETIRED]
    owners = sorted({owner.lower() for one in old for owner in one.card.owners})
    asked = frozenset(owners[:MOST_OWNERS])
    silent = {one.name for one in old if not {owner.lower() for owner in one.card.owners} <= asked}
    facts = Facts(pool, today, tasks, read_maintainers(pool.root), last_seen(api, asked), asked, open_ones(api, author))
    return Derived(facts, frozenset({one.folder.name for one in broken} | silent))
