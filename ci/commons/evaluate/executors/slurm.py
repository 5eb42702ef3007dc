"""``submitit``: shards as jobs of a Slurm cluster, or of submitit's local mode, which tries the same without one.

The checkout, the plan, the output and this Python must be on a file system that the nodes share. SQLite's write-ahead
mode needs memory that only one machine shares, so on a cluster each shard has a store of its own, filled with what
this machine's store knows; ``commons collect`` brings the answers together again.
"""

from __future__ import annotations

import itertools
import logging
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.errors import CannotRun
from commons.evaluate.executors.base import (
    Executor,
    Order,
    ShardEnd,
    Watcher,
    ended,
    executor,
    shard_command,
)
from commons.evaluate.executors.settings import Setting, Settings
from commons.evaluate.progress import PROGRESS_VARIABLE
from commons.evaluate.shard import folder_name
from commons.harness.store import ResponseStore
from commons.harness.store_care import stored_models
from commons.harness.store_travel import export
from commons.plan.plan import Shard

_LOOK_SECONDS = 1.0
_LOOKS_AT_QUEUE = 20


@dataclass(frozen=True)
class ShardJob:
    """What a node is given: a command, where it writes what it says, and a few variables. Its result: the exit code."""

    command: tuple[str, ...]
    log: Path
    root: Path
    variables: tuple[tuple[str, str], ...]

    def __call__(self) -> int:
        """Run the command."""
        import os

        with self.log.open("wb") as log:
            return subprocess.run(
                self.command, cwd=self.root, env={**os.environ, **dict(self.variables)}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, check=False,
            ).returncode


def run(order: Order, settings: Settings, watcher: Watcher) -> list[ShardEnd]:
    """Submit every shard and wait. Ctrl-C stops the waiting only.

    Raises:
        CannotRun: submitit is not installed, or the cluster takes no jobs.
    """
    try:
        import submitit
    except ModuleNotFoundError as error:
        raise CannotRun("The executor `submitit` needs the package submitit.",
                        mend="Run: pip install -c constraints.txt -e '.[slurm]'") from error
    cluster = settings.text("cluster")
    # Where Slurm keeps no accounts it warns at every look, and finds the results all the same.
    logging.getLogger("submitit").setLevel(logging.ERROR)
    try:
        submitting = submitit.AutoExecutor(folder=order.work / "submitit", cluster=cluster)
        submitting.update_parameters(**_parameters(settings, cluster))
        jobs = _submit(order, cluster, submitting)
    except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
        raise CannotRun(f"The cluster `{cluster}` takes no jobs: {error}.",
                        mend="Try --set cluster=local, or see: sinfo") from error
    try:
        watcher.say(f"{len(jobs)} jobs submitted: {', '.join(job.job_id for _, job in jobs)}")
        return _wait(order, jobs, watcher, cluster)
    except KeyboardInterrupt:
        watcher.say(f"The jobs go on. When they have ended: commons collect --plan {order.plan_file} {order.output}")
        raise


def _parameters(settings: Settings, cluster: str) -> dict[str, Any]:
    """What submitit is told of each job; what only Slurm knows, it ignores in its local mode."""
    found: dict[str, Any] = {"name": "commons", "timeout_min": settings.whole("minutes"),
                             "cpus_per_task": settings.whole("cpus")}
    if gpus := settings.whole("gpus"):
        found["gpus_per_node"] = gpus
    if (memory := settings.number("memory-gb")) is not None:
        found["mem_gb"] = memory
    if cluster == "slurm":
        for name in ("partition", "account", "qos"):
            if value := settings.text(name):
                found[f"slurm_{name}"] = value
        if at_once := settings.whole("at-once"):
            found["slurm_array_parallelism"] = at_once
    return found


def _submit(order: Order, cluster: str, submitting: Any) -> list[tuple[Shard, Any]]:
    threads = str(submitting._executor.parameters.get("cpus_per_task", 1))
    known = None
    if cluster == "slurm":
        known = order.work / "known.jsonl.gz"
        with ResponseStore(order.store) as store:
            wanted = set(order.plan.models.values())
            keys = {model.key for model, _ in stored_models(store) if model.model_hash in wanted}
            export(store, known, models=keys)
    jobs = []
    # One array job, where the cluster knows arrays: it is asked once, however many shards there are.
    with _not_interrupted(), submitting.batch():
        for shard in order.plan.shards:
            own = None if known is None else order.work / f"{folder_name(shard.number)}.sqlite"
            command = shard_command(order, shard, store=own, answers=known)
            variables = ((PROGRESS_VARIABLE, str(order.state_file(shard.number))), ("OMP_NUM_THREADS", threads),
                         ("COMMONS_THREADS", threads))
            job = ShardJob(tuple(command), order.log_file(shard.number), order.root, variables)
            jobs.append((shard, submitting.submit(job)))
    return jobs


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Let processes that are started inside not hear a terminal's Ctrl-C, which is for the waiting alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _wait(order: Order, jobs: list[tuple[Shard, Any]], watcher: Watcher, cluster: str) -> list[ShardEnd]:
    done: dict[int, ShardEnd] = {}
    gone: set[int] = set()
    for look in itertools.count(1):
        time.sleep(_LOOK_SECONDS)
        watcher.look(order.states())
        for shard, job in jobs:
            if shard.number in done:
                continue
            if job.done():
                end = _end(order, shard, job)
            elif cluster == "slurm" and look % _LOOKS_AT_QUEUE == 0 and _is_gone(job):
                # Seen twice: a result may still be on its way through a network's file system.
                if shard.number not in gone:
                    gone.add(shard.number)
                    continue
                end = ShardEnd(shard.number, ok=False, note=f"the job {job.job_id} is gone and left no result")
            else:
                continue
            done[shard.number] = end
            watcher.say(f"shard {end.number}: {'done' if end.ok else end.note}")
        if len(done) == len(jobs):
            break
    return [done[number] for number in sorted(done)]


def _end(order: Order, shard: Shard, job: Any) -> ShardEnd:
    error = job.exception()
    if error is None:
        return ended(order, shard.number, job.result())
    return ShardEnd(shard.number, ok=False, note=f"the job {job.job_id} failed: {_last_line(str(error))}")


def _is_gone(job: Any) -> bool:
    """Whether Slurm's queue does not know a job any more: submitit asks Slurm's accounting, which not all have."""
    asked = subprocess.run(["squeue", "--noheader", "--format=%i", "--jobs", str(job.job_id)], capture_output=True,
                           text=True, check=False, timeout=60)
    return not asked.stdout.strip() and (asked.returncode == 0 or "Invalid job id" in asked.stderr)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


executor(Executor(
    name="submitit",
    summary="Jobs of a Slurm cluster, through submitit (an optional extra: pip install -e '.[slurm]').",
    settings=(
        Setting("cluster", "slurm, or local to try the same on this machine.", "slurm", pattern="slurm|local",
                takes="`slurm` or `local`"),
        Setting("minutes", "how long a job may take.", "360", "whole", least=1),
        Setting("cpus", "cores of each job.", "2", "whole", least=1),
        Setting("gpus", "GPUs of each job.", "0", "whole"),
        Setting("memory-gb", "memory of each job in GB; the cluster's own default where it is empty.", "", "number",
                words=("",)),
        Setting("partition", "the partition of Slurm.", ""),
        Setting("account", "the account of Slurm.", ""),
        Setting("qos", "the quality of service of Slurm.", ""),
        Setting("at-once", "how many jobs may run at once; 0: as many as the cluster lets.", "0", "whole"),
    ),
    run=run,
    needs_output=True,
))
