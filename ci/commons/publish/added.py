"""When tasks came into the pool, as git tells it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from commons.pool.card import CARD_FILE
from commons.pool.git import GitFailed, git
from commons.pool.repository import Repository
from commons.publish.commits import LOG_FORMAT, logged


def days_added(pool: Repository) -> Mapping[str, datetime.date]:
    """The day on which each task's card was first committed; empty where git does not know the whole history."""
    tasks = pool.tasks_folder.relative_to(pool.root).as_posix()
    try:
        if git(pool.root, "rev-parse", "--is-shallow-repository").strip() != b"false":
            return {}
        log = git(pool.root, "log", LOG_FORMAT, "--name-only", "--no-renames", "--diff-filter=A", "-z", "--",
                  f":(glob){tasks}/*/{CARD_FILE}")
    except GitFailed:
        return {}
    found: dict[str, datetime.date] = {}
    for commit, name in logged(log):
        if commit is not None:
            # The log goes backwards: the oldest day is the last that is written.
            found[Path(name).parent.name] = commit.day
    return found
