"""The ranks of many tasks through the cache: what is kept is read here, the rest made on as many cores as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Union

from commons.analyse.cache import Cache
from commons.analyse.ranks import TaskRanks
from commons.errors import BadFile, Problem
from commons.pool.repository import Repository

#: Fewer tasks than this for each core are not worth starting another process for.
_WORTH_IT = 8

_Answer = Union[TaskRanks, tuple[Problem, ...]]


def ranks_of_tasks(
    repository: Repository, tasks: Sequence[str], clock: Callable[[], int], cores: int | None = None
) -> tuple[list[TaskRanks], list[tuple[Problem, ...]]]:
    """The ranks of tasks, in their order; and of each that cannot be read the problems, as values.

    ``clock`` gives nanoseconds; it is a function of a module, because other processes ask it too.
    """
    with Cache(repository, clock) as cache:
        answers: dict[str, _Answer] = {task: kept for task in tasks if (kept := cache.kept(task)) is not None}
    open_tasks = [task for task in tasks if task not in answers]
    count = max(1, min(cores or os.cpu_count() or 1, len(open_tasks) // _WORTH_IT))
    pieces = [open_tasks[core::count] for core in range(count)]
    ask = partial(_answers, repository, clock)
    if count == 1:
        answers |= ask(open_tasks)
    else:
        with ProcessPoolExecutor(count) as workers:
            for found in workers.map(ask, pieces):
                answers |= found
    ordered = [answers[task] for task in tasks]
    return ([one for one in ordered if isinstance(one, TaskRanks)],
            [one for one in ordered if not isinstance(one, TaskRanks)])


def _answers(repository: Repository, clock: Callable[[], int], tasks: Sequence[str]) -> dict[str, _Answer]:
    found: dict[str, _Answer] = {}
    with Cache(repository, clock) as cache:
        for task in tasks:
            try:
                found[task] = cache.ranks(task)
            except BadFile as error:
                found[task] = tuple(error.problems)
    return found
