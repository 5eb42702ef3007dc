"""``commons plan`` on a synthetic pool of 1,000 tasks and 300 models, as whole processes: seconds and peak memory.

The folders, the memo of outlines and the ledger come from ``_synthetic.py``, which says what of them is real. Beside
the memoised way stands the naive one: every cell file read whole, which is what a ledger never read before costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _synthetic import SETTLED_SECONDS, make_pool, task_name, write_folder

from commons.harness.sandbox import Confinement, fault


def plan(root: Path, what: str, *options: str) -> tuple[float, float]:
    """Run ``commons plan`` as a process; print its seconds, those of the processor, its peak memory; give two."""
    everywhere = [part for device in ("cpu", "cuda", "endpoint") for part in ("--on", device)]
    command = [sys.executable, "-m", "commons", "plan", "--endpoints", *everywhere, *options]
    if fault() is not None:
        command.append("--trust")
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as said:
        before = time.perf_counter()
        process = subprocess.Popen(command, cwd=root, stdout=out, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds, memory = time.perf_counter() - before, usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said.seek(0)
        first = out.readline().strip() or said.read()[-200:]
    print(f"{what:<46}{seconds:>7.2f} s {usage.ru_utime + usage.ru_stime:>6.2f} s cpu {memory:>5.0f} MB  {first[:70]}",
          flush=True)
    return seconds, memory


def main() -> int:
    """Measure and print; the exit code says whether the goals were met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=1_000)
    options.add_argument("--models", type=int, default=300)
    options.add_argument("--rendered", type=int, default=21)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        made = make_pool(root, given.tasks, given.models, given.rendered,
                         Confinement.SANDBOX if fault() is None else Confinement.TRUST)
        print(f"{given.tasks:,} tasks x {given.models} models, {made.cells:,} stored cells, {os.cpu_count()} cores; "
              f"{made.rendered} tasks rendered by the harness, the outlines of the others are copies")
        each = made.render_seconds / made.rendered
        print(f"without memoised hashes: {each:.2f} s for each changed task (render), "
              f"so {each * given.tasks / 60:.0f} min for all, once")
        time.sleep(SETTLED_SECONDS)
        first, _ = plan(root, "outlines memoised, ledger never read before")
        again = plan(root, "memoised")
        write_folder(root, 0, " changed")
        plan(root, "one task changed, and rendered")
        time.sleep(SETTLED_SECONDS)
        changed = plan(root, "one task changed, its hash memoised")
        plan(root, "one task changed, that task alone", task_name(0))
        plan(root, "every cell forced, under a budget", "--force", "--budget", "20USD,600h")
        plan(root, "every cell forced", "--force")
        print(f"never read / memoised: {first / again[0]:.1f}")
    met = again[0] < 10 and again[1] < 500 and changed[0] < 2
    print("goals (memoised under 10 s and 500 MB; one task changed under 2 s): " + ("met" if met else "missed"))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
