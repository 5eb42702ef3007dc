"""Work on task folders in processes of their own, each with a limit on time and on memory.

Contributed templates and patterns can loop inside C code, where no signal handler of Python runs, and can ask for more
memory than there is. A process that overstays is killed from outside, its folder is reported, and the others go on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from commons.lint.deadline import TookTooLong, deadline

Job = TypeVar("Job")
Result = TypeVar("Result")

#: How much longer than its own deadline a process may live: the time for a Python-level stop to be heard.
GRACE_SECONDS = 0.5
#: Address space that a process may take beyond what it had when it began.
MEMORY_BYTES = 1_500_000_000

_HEARTBEAT_SECONDS = 2.0


@dataclass(frozen=True)
class Stopped:
    """A job that gave no result, and why, in words that end a sentence."""

    reason: str


def _too_long(seconds: float) -> Stopped:
    return Stopped(f"took longer than {seconds:g} s and was stopped")


_TOO_LARGE = Stopped("needs more memory than it may have, or broke its process")


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    job: int | None = None
    due: float = field(default=float("inf"))


def each(
    jobs: Sequence[Job], work: Callable[[Job], Result], seconds: Callable[[Job], float], workers: int | None = None
) -> Iterator[tuple[int, Result | Stopped]]:
    """Do ``work`` on every job in processes of their own; give each job's place and what came of it, as they end.

    ``seconds`` is a job's time limit. Where processes cannot be forked, ``work`` and the jobs must be importable.
    """
    waiting = list(range(len(jobs)))[::-1]
    team = [_start(work) for _ in range(min(len(jobs), workers or os.cpu_count() or 1))]
    try:
        while waiting or any(one.job is not None for one in team):
            for one in team:
                if one.job is None and waiting:
                    _give(one, waiting.pop(), jobs, seconds)
            busy = [one for one in team if one.job is not None]
            wait([one.pipe for one in busy], timeout=max(0.0, min(one.due for one in busy) - time.monotonic()))
            for one in busy:
                place, outcome = one.job, _outcome(one, jobs, seconds)
                if outcome is None or place is None:
                    continue
                one.job = None
                if not one.process.is_alive():
                    one.pipe.close()
                    team[team.index(one)] = _start(work)
                yield place, outcome
    finally:
        for one in team:
            one.process.kill()
            one.process.join()
            one.pipe.close()


def _give(one: _Worker, place: int, jobs: Sequence[Job], seconds: Callable[[Job], float]) -> None:
    limit = seconds(jobs[place])
    one.job, one.due = place, time.monotonic() + limit + GRACE_SECONDS
    # A worker that has just died takes nothing more; its end is then found as its outcome.
    with contextlib.suppress(OSError):
        one.pipe.send((jobs[place], limit))


def _outcome(one: _Worker, jobs: Sequence[Job], seconds: Callable[[Job], float]) -> Any | Stopped | None:
    """What has become of a worker's job, or None while it is at work."""
    if one.pipe.poll():
        try:
            return one.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            _end(one)
            return _TOO_LARGE
    if one.job is None or time.monotonic() < one.due:
        return None
    _end(one)
    return _too_long(seconds(jobs[one.job]))


def _end(one: _Worker) -> None:
    one.process.kill()
    one.process.join()


def _start(work: Callable[[Job], Result]) -> _Worker:
    # A forked process has the rules loaded already; other systems must import them again.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, ours, work), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(pipe: Connection, other: Connection, work: Callable[[Job], Result]) -> None:
    """Do jobs from ``pipe`` until it closes. ``other`` is the parent's end, which a fork inherits."""
    if sys.platform == "linux":
        other.close()
    _limit_memory()
    parent = os.getppid()
    while True:
        # A parent that was killed leaves the pipe open in the other workers, so its end is seen by its number.
        while not pipe.poll(_HEARTBEAT_SECONDS):
            if os.getppid() != parent:
                return
        try:
            job, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_done(work, job, seconds))


def _done(work: Callable[[Job], Result], job: Job, seconds: float) -> Result | Stopped:
    try:
        with deadline(seconds):
            return work(job)
    except TookTooLong:
        return _too_long(seconds)
    except (MemoryError, RecursionError):
        return _TOO_LARGE
    except Exception as error:  # noqa: BLE001  (a fault of this program must neither stop the others nor stay unseen)
        return Stopped(f"failed ({type(error).__name__}: {error}): report this")


def _limit_memory() -> None:
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (no path of a user's)
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = now + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
