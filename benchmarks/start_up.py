"""How long a person waits for the first word: our verbs as whole processes beside the harness's, in one run.

Each command runs several times in turn after one warm-up; the medians and their ratios are printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
COMMANDS = {
    "commons --help": [sys.executable, "-m", "commons", "--help"],
    "commons lint tasks/everyday_physics": [sys.executable, "-m", "commons", "lint", "tasks/everyday_physics"],
    "commons lint (whole pool)": [sys.executable, "-m", "commons", "lint"],
    "import lm_eval.tasks": [sys.executable, "-c", "from lm_eval.tasks import TaskManager"],
    "lm-eval validate (one task)": [
        sys.executable, "-m", "lm_eval", "validate", "--tasks", "everyday_physics", "--include_path", "tasks",
    ],
}


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env={**os.environ, "HF_HUB_OFFLINE": "1"}, capture_output=True, check=False)
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    lint = statistics.median(taken["commons lint tasks/everyday_physics"])
    print(f"{'command':<40}{'median s':>10}{'min':>8}{'max':>8}{'x lint of one task':>20}")
    for name, times in taken.items():
        middle = statistics.median(times)
        print(f"{name:<40}{middle:>10.2f}{min(times):>8.2f}{max(times):>8.2f}{middle / lint:>20.1f}")


if __name__ == "__main__":
    main()
