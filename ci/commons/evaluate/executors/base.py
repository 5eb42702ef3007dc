"""What an executor is: it takes a plan's shards and has ``commons run --plan ... --shard N`` run for each of them.

Which machine that is, is all that executors differ in: a shard's job can be run again anywhere, and what the jobs
leave is merged by ``commons collect``. An executor restarts nothing; it says which shards failed, and the others go
on.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from commons.errors import CannotRun
from commons.evaluate.executors.settings import Setting, Settings, read_settings
from commons.evaluate.progress import ShardState, read_state
from commons.evaluate.shard import folder_name
from commons.plan.plan import Plan, Shard
from commons.pool.models import Model


@dataclass(frozen=True)
class Order:
    """What is to be run. ``work`` is the folder for logs and notes, ``environment`` the variables of this process.

    ``output`` is the folder of shards' folders; None lets shards write into the pool's ledger.
    """

    root: Path
    plan_file: Path
    plan: Plan
    plan_sha256: str
    models: Mapping[str, Model]
    store: Path
    work: Path
    output: Path | None
    trust: bool
    jobs: int | None
    settings: Mapping[str, str]
    environment: Mapping[str, str]

    def state_file(self, number: int) -> Path:
        """Where the process of a shard notes its progress."""
        return self.work / f"{folder_name(number)}.json"

    def log_file(self, number: int) -> Path:
        """Where the process of a shard says what happened."""
        return self.work / f"{folder_name(number)}.txt"

    def states(self) -> dict[int, ShardState]:
        """How far each shard is."""
        return {shard.number: read_state(self.state_file(shard.number)) for shard in self.plan.shards}


@dataclass(frozen=True)
class ShardEnd:
    """How a shard ended: whether all of it is there, and a sentence where it is not."""

    number: int
    ok: bool
    note: str = ""


class Watcher(Protocol):
    """Somebody who watches shards."""

    def say(self, text: str) -> None:
        """Take a sentence about what happened."""

    def look(self, states: Mapping[int, ShardState]) -> None:
        """See how far each shard is."""


@dataclass(frozen=True)
class Executor:
    """One place where shards run. ``run`` returns how each shard ended that it waited for."""

    name: str
    summary: str
    settings: tuple[Setting, ...]
    run: Callable[[Order, Settings, Watcher], Sequence[ShardEnd]]
    needs_output: bool = False


_EXECUTORS: dict[str, Executor] = {}
_MODULES = ("local", "actions", "slurm", "hf_jobs")


def executor(one: Executor) -> Executor:
    """Register an executor; called once at the end of its module."""
    _EXECUTORS[one.run.__module__] = one
    return one


def executors() -> dict[str, Executor]:
    """All executors by name."""
    modules = [importlib.import_module(f"commons.evaluate.executors.{module}").__name__ for module in _MODULES]
    return {one.name: one for one in (_EXECUTORS[module] for module in modules)}


def choose(name: str, given: Mapping[str, str], *, output: Path | None) -> tuple[Executor, Settings]:
    """The executor ``name`` and its settings, checked before anything is started.

    Raises:
        CannotRun: there is none of that name, a setting is not as it must be, or it needs a folder for results.
    """
    known = executors()
    if name not in known:
        raise CannotRun(f"There is no executor `{name}`.", mend=f"Executors: {', '.join(known)}.")
    one = known[name]
    settings = read_settings(name, one.settings, given)
    if one.needs_output and output is None:
        raise CannotRun(f"Shards that the executor `{name}` runs leave their results in a folder.",
                        mend="Name one: --output shards, and merge it afterwards: commons collect")
    return one, settings


def execute(name: str, order: Order, watcher: Watcher) -> Sequence[ShardEnd]:
    """Have the shards run by the executor ``name``; they leave their folders in the order's ``output``.

    Raises:
        CannotRun: as :func:`choose`, or it cannot work here.
    """
    one, settings = choose(name, order.settings, output=order.output)
    for shard in order.plan.shards:
        order.state_file(shard.number).unlink(missing_ok=True)
    order.work.mkdir(parents=True, exist_ok=True)
    return one.run(order, settings, watcher)


def shard_command(order: Order, shard: Shard, *, store: Path | None = None, answers: Path | None = None) -> list[str]:
    """The command that runs one shard with this Python and this checkout."""
    command = [sys.executable, "-m", "commons", "run", "--root", str(order.root), "--plan", str(order.plan_file),
               "--shard", str(shard.number), "--store", str(store or order.store)]
    if order.output is not None:
        command += ["--output", str(order.output)]
    if answers is not None:
        command += ["--answers", str(answers)]
    return [*command, "--trust"] if order.trust else command


def ended(order: Order, number: int, code: int | None) -> ShardEnd:
    """How a shard's process ended, by its exit code, with the last thing that it said where something is wrong."""
    if code == 0:
        return ShardEnd(number, ok=True)
    try:
        lines = order.log_file(number).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    end = lines[-1] if lines else "it said nothing"
    last = next((line.strip() for line in reversed(lines) if "error" in line), end)
    how = "was killed" if code is None or code < 0 else f"ended with exit code {code}"
    return ShardEnd(number, ok=False, note=f"{how}: {last}")
