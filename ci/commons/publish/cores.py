"""Work spread over cores by forking: children share what the parent holds in memory, and send back what they made."""

from __future__ import annotations

import gc
import multiprocessing
import os
import queue
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from commons.errors import CannotRun

Made = TypeVar("Made")

#: Less than so many pieces for each core are not worth another process.
WORTH_IT = 4
#: After so many seconds without an answer, it is asked whether all still work.
_PATIENCE = 1.0
#: A child looks for garbage after so many new objects: rows of cells come by the ten thousand and are none.
_NEW_OBJECTS = 200_000


def cores_here() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(count: int, cores: int, work: Callable[[Iterable[int]], Iterable[tuple[int, Made]]]) -> Iterator[
        tuple[int, Made]]:
    """What ``work`` makes of the numbers 0 to ``count``, as it is made; each core gets a share of them.

    Where processes cannot be forked, or there is too little to do, this process does it all. An error in a child is
    raised here, with its own words. Linear algebra takes one thread in each, for its threads would wait for each other.

    Raises:
        CannotRun: a child ended before its work was done.
    """
    cores = min(cores, count // WORTH_IT)
    if cores < 2 or "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        with threadpool_limits(1):
            yield from work(range(count))
        return
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue(maxsize=64)
    children = [context.Process(target=_child, args=(work, range(core, count, cores), answers), daemon=True)
                for core in range(cores)]
    for child in children:
        child.start()
    try:
        yield from _answers(answers, children, count)
    finally:
        for child in children:
            child.terminate()
            child.join()


def _answers(answers: Any, children: list[Any], count: int) -> Iterator[tuple[int, Any]]:
    got = 0
    while got < count:
        ended = not any(child.is_alive() for child in children) or any(child.exitcode for child in children)
        try:
            number, made, error = answers.get(timeout=_PATIENCE)
        except queue.Empty:
            # What a process had put by the time it ended was there to be taken.
            if ended:
                raise CannotRun("A process that was building ended before its work was done.",
                                mend="Perhaps memory ran out: try --jobs 1.") from None
            continue
        if error is not None:
            raise error
        got += 1
        yield number, made


def _child(work: Callable[[Iterable[int]], Iterable[tuple[int, Any]]], numbers: Iterable[int], answers: Any) -> None:
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    try:
        with threadpool_limits(1):
            for number, made in work(numbers):
                answers.put((number, made, None))
    except BaseException as error:  # noqa: BLE001  (whatever ends a child must reach the parent)
        answers.put((-1, None, error))
