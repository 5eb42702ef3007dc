"""Which other tasks of the pool a task repeats, from what lint keeps of each of them."""

from __future__ import annotations

from pathlib import Path

from commons.lint.facts_store import FactsStore
from commons.lint.pool_subjects import RepositorySubject
from commons.lint.twins import Twin
from commons.pool.repository import Repository


def repeated_items(repository: Repository, folder: Path) -> tuple[Twin, ...] | None:
    """The items of ``folder`` that are like an item of another task of the pool, whatever their likeness.

    It knows the tasks that lint has seen in their present form, which a run of lint on ``folder`` makes all of them;
    None where lint can keep nothing on this machine.
    """
    folders = repository.task_folders()
    with FactsStore(repository.root) as store:
        known = {path.name: facts for path, facts in store.get(folders).items()}
    if folder.name not in known:
        return None
    return RepositorySubject(repository.tasks_folder, (repository.tasks_folder / folder.name,), known).twins
