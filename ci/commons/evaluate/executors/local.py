"""``local``: shards as processes of this machine, as many at once as its cores and its memory allow."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

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
from commons.plan.plan import Shard

#: What a process takes without a model: this program, the harness's worker and, for models of its own, torch.
_BASE_BYTES = 900_000_000
#: Four bytes a parameter, and room for what it computes: the shards' own limits are the engines' business.
_BYTES_A_PARAMETER = 5.2

_LOOK_SECONDS = 0.2
_END_SECONDS = 3.0


def run(order: Order, settings: Settings, watcher: Watcher) -> list[ShardEnd]:
    """Run all shards; one that fails stops no other. Ctrl-C ends them all, and what they did is kept."""
    gigabytes = settings.number("memory-gb")
    free = memory() if gigabytes is None else int(gigabytes * 1e9)
    at_once = min(order.jobs or cores(), len(order.plan.shards)) or 1
    threads = str(max(1, cores() // at_once))
    waiting = list(order.plan.shards)
    running: dict[int, tuple[Shard, subprocess.Popen[bytes]]] = {}
    done: list[ShardEnd] = []
    with ExitStack() as stack:
        try:
            while waiting or running:
                while waiting and len(running) < at_once and _fits(order, waiting[0], running, free):
                    shard = waiting.pop(0)
                    running[shard.number] = (shard, _start(order, shard, threads, stack))
                time.sleep(_LOOK_SECONDS)
                watcher.look(order.states())
                for number, (_, process) in list(running.items()):
                    if (code := process.poll()) is not None:
                        del running[number]
                        done.append(ended(order, number, code))
                        _say(done[-1], watcher)
        except KeyboardInterrupt:
            _let_end([process for _, process in running.values()])
            raise
        finally:
            for _, process in running.values():
                process.kill()
    return sorted(done, key=lambda one: one.number)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> int:
    """The bytes of memory that can be had now: the machine's, or this container's where that is less."""
    free = 8 * 10**9
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                free = int(line.split()[1]) * 1024
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
        return free if limit == "max" else min(free, int(limit) - used)
    except (OSError, ValueError):
        return free


def needs(order: Order, shard: Shard) -> int:
    """The bytes of memory that a shard takes at its fullest: its largest model, where it has one of its own."""
    models = [order.models.get(cell.model) for cell in order.plan.cells_of(shard)]
    largest = max((model.parameters or 0 for model in models if model and model.endpoint is None), default=0)
    return _BASE_BYTES + int(largest * _BYTES_A_PARAMETER)


def _fits(
    order: Order, shard: Shard, running: Mapping[int, tuple[Shard, subprocess.Popen[bytes]]], free: int
) -> bool:
    """Whether a shard may start beside the running ones; one alone always may."""
    return not running or sum(needs(order, one) for one, _ in running.values()) + needs(order, shard) <= free


def _start(order: Order, shard: Shard, threads: str, stack: ExitStack) -> subprocess.Popen[bytes]:
    log = stack.enter_context(order.log_file(shard.number).open("wb"))
    # Two processes that each take all cores are slower than one after the other.
    share = {name: order.environment.get(name, threads) for name in ("OMP_NUM_THREADS", "COMMONS_THREADS")}
    environment = {**order.environment, **share, PROGRESS_VARIABLE: str(order.state_file(shard.number))}
    return subprocess.Popen(shard_command(order, shard), cwd=order.root, env=environment, stdin=subprocess.DEVNULL,
                            stdout=log, stderr=subprocess.STDOUT)


def _let_end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Wait until all have ended, keeping what they have. A terminal has told them; who was not told is told now."""
    for process in processes:
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
    for process in processes:
        process.wait()


def _say(end: ShardEnd, watcher: Watcher) -> None:
    watcher.say(f"shard {end.number}: {'done' if end.ok else end.note}")


executor(Executor(
    name="local",
    summary="Processes on this machine (--jobs: how many at once; as many as cores, where memory allows it).",
    settings=(
        Setting("memory-gb", "the memory that all shards together may take, in GB.", "free", "number",
                words=("free",)),
    ),
    run=run,
))
