"""The refreshes of a task: what its ledger held before, as git has it, so that one measurement decides nothing alone.

A refresh is a state of the task's results whose frontier is whole and differs from the next newer one: another model
in it, or other scores. Its day is that on which its newest frontier result was measured. Two refreshes lie at least
some days apart, so that the shards of one run are one refresh. Each is judged by today's card, models and amendments:
what is withdrawn or stale today says nothing about then, and an earlier version of the task is another task.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from commons.analyse.diagnosis import TaskDiagnosis, diagnose_entering
from commons.analyse.entering import Entering, Rules, entering, select
from commons.analyse.frontier import Frontier
from commons.evaluate.amending import cells_at
from commons.pool.git import GitFailed, git
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.stats.saturation.diagnosis import Evidence, is_saturated, meets_saturation
from commons.stats.saturation.movement import End, Movement, movement
from commons.stats.saturation.policy import FAMILIES, REFRESH_DAYS, REFRESHES

#: So many commits are looked at, newest first: years of a task that is measured weekly.
MOST_COMMITS = 200


@dataclass(frozen=True)
class Refresh:
    """One state of a task's results; ``commit`` is None for what lies in the checkout now."""

    commit: str | None
    diagnosis: TaskDiagnosis


@dataclass(frozen=True)
class Verdict:
    """Whether the newest refreshes in a row show saturation; ``refreshes`` are those, the newest first."""

    saturated: bool
    refreshes: tuple[Refresh, ...]


def refreshes(repository: Repository, task: Task, rules: Rules | None = None) -> Iterator[Refresh]:
    """The refreshes of a task, the newest first; none where its frontier is not whole.

    Without git, or in a checkout without its history, there is no earlier one.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    known = rules or Rules.of(repository)
    now = entering(repository, task, known)
    newest = diagnose_entering(now, known.models)
    if _whole(newest) is None:
        return
    yield Refresh(None, newest)
    last = newest
    for commit in _commits(repository, task.name):
        found = _state_at(repository, task, known, commit)
        if found is None or not _same_version(found, now):
            continue
        earlier = diagnose_entering(found)
        if _is_another(earlier, last):
            yield Refresh(commit, earlier)
            last = earlier


def verdict(repository: Repository, task: Task, rules: Rules | None = None) -> Verdict:
    """Whether a task is saturated by the rule of the refreshes; git is asked only where the newest one shows it.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    held: list[Refresh] = []
    for one in refreshes(repository, task, rules):
        held.append(one)
        if len(held) == REFRESHES or not meets_saturation(one.diagnosis.evidence):
            break
    return Verdict(is_saturated([_of(one) for one in held]), tuple(held))


def movement_of(held: tuple[Refresh, ...]) -> Movement:
    """The two ends of headroom over refreshes, given the newest first."""
    return movement([End(best.day, best.index.headroom, one.diagnosis.models) for one in reversed(held)
                     if (best := one.diagnosis.frontier) is not None and best.index is not None])


def _of(one: Refresh) -> Evidence:
    return one.diagnosis.evidence


def _commits(repository: Repository, task: str) -> list[str]:
    """The commits that touched the task's cells on the line that is checked out, newest first."""
    try:
        said = git(repository.root, "log", "--first-parent", f"--max-count={MOST_COMMITS}", "--format=%H", "--",
                   f":(literal)results/cells/{task}")
    except GitFailed:
        return []
    return said.decode("ascii", "replace").split()


def _state_at(repository: Repository, task: Task, rules: Rules, commit: str) -> Entering | None:
    try:
        cells = cells_at(repository, task.name, commit)
    except GitFailed:
        return None
    return select(task.name, task.card, cells.values(), rules)


def _same_version(one: Entering, other: Entering) -> bool:
    return bool(one.cells) and one.cells[0].identity.task_hash == other.cells[0].identity.task_hash


def _whole(one: TaskDiagnosis) -> Frontier | None:
    return one.frontier if one.families >= FAMILIES else None


def _is_another(earlier: TaskDiagnosis, later: TaskDiagnosis) -> bool:
    """Whether it is a refresh of its own before ``later``."""
    old, new = _whole(earlier), _whole(later)
    if old is None or new is None or (new.day - old.day).days < REFRESH_DAYS:
        return False
    return set(old.models) != set(new.models) or not np.array_equal(_sorted(old), _sorted(new))


def _sorted(one: Frontier) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The scores with the models by name, so that two that change places make no difference."""
    return one.scores[np.argsort(np.asarray(one.models), kind="stable")]
