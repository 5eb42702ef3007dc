"""Since when a task is merged, and on which models it is measured, found without running anything of it.

Learning a task's hash takes rendering it, and that runs contributed code, which has no place beside a bot's token.
But a cell says at which commit it was measured: where nothing of the task but its card and README changed since, and
model and protocol are the same, its key is today's.
"""

from __future__ import annotations

import datetime

from commons.errors import BadFile
from commons.harness import HARNESS_VERSION
from commons.pool.amendments import Amendment
from commons.pool.card import CARD_FILE
from commons.pool.cell import CANONICAL, Cell
from commons.pool.git import GitFailed, Stored, git, stored_below
from commons.pool.hashing import protocol_hash
from commons.pool.models import Model
from commons.pool.repository import TASKS_FOLDER, Repository
from commons.pool.sentinels import read_drifts
from commons.pool.task import Task
from commons.publish.states import cell_state

#: What a task's hash is not taken over.
_PROSE = {CARD_FILE, "README.md"}


def merged_on(pool: Repository, task: str) -> datetime.date | None:
    """The day on which the task's card came to the line that is checked out; None where git does not know.

    In a checkout without its history this is the day of the oldest commit there, which is later: never too early.
    """
    try:
        said = git(pool.root, "log", "--first-parent", "--diff-filter=A", "--no-renames", "--format=%cs", "--",
                   f":(literal){TASKS_FOLDER}/{task}/{CARD_FILE}")
    except GitFailed:
        return None
    days = said.decode("ascii", "replace").split()
    return datetime.date.fromisoformat(days[0]) if days else None


def measured_on(pool: Repository, task: Task) -> tuple[str, ...]:
    """The models that have a whole canonical cell of our own, of today's key, with the card's headline."""
    amendments = pool.ledger.amendments()
    return tuple(model.id for model in pool.models() if _counts(pool, task, model, amendments))


def _counts(pool: Repository, task: Task, model: Model, amendments: tuple[Amendment, ...]) -> bool:
    try:
        cell = pool.ledger.cell(task.name, model.id)
    except BadFile:
        return False
    drift = read_drifts(pool.ledger.root, [model]).since.get(model.id)
    return (cell is not None and cell.identity.variant == CANONICAL
            and cell.identity.protocol_hash == protocol_hash(HARNESS_VERSION)
            and cell_state(cell, task.card, model, amendments, drift).counts and _unchanged(pool, task.name, cell))


def _unchanged(pool: Repository, task: str, cell: Cell) -> bool:
    """Whether the task's files are still those that were measured."""
    try:
        then, now = (_files(pool, task, commit) for commit in (cell.provenance.commit or "", "HEAD"))
    except GitFailed:
        return False
    return bool(now) and then == now


def _files(pool: Repository, task: str, commit: str) -> dict[str, Stored]:
    folder = f"{TASKS_FOLDER}/{task}"
    listed = stored_below(pool.root, commit, [f":(literal){folder}"])
    return {path: one for path, one in listed.items() if path.removeprefix(f"{folder}/") not in _PROSE}
