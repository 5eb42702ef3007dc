"""How lint grows: 1,000 task folders of 100 items as one whole process, one folder among them, and the harness beside.

The folders are made from the words of the pool's own tasks, so that no two items are alike. Prints wall-clock seconds
and the largest memory of any process; ``lm-eval validate``, which looks only for a task's name, runs in the same
minute on one task.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "tasks" / "everyday_physics"
FOLDERS, ITEMS = 1_000, 100


def make_pool(root: Path, folders: int, items: int) -> None:
    """Write a pool of correct multiple-choice tasks."""
    draw = random.Random(7)
    rows = [json.loads(line) for line in (MODEL / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()]
    words = sorted({word.strip(".,?") for row in rows for word in row["question"].split()})
    config = (MODEL / "everyday_physics.yaml").read_text(encoding="utf-8")
    card = (MODEL / "card.yaml").read_text(encoding="utf-8")
    canary = rows[0]["canary"]
    for number in range(folders):
        name = f"task_{number:04d}"
        own = f"eval-commons:{uuid.UUID(int=draw.getrandbits(128), version=4)}"
        (root / "tasks" / name / "data").mkdir(parents=True)
        lines = []
        for item in range(items):
            question = " ".join(draw.choices(words, k=20)) + "?"
            choices = [" ".join(draw.sample(words, 4)) for _ in range(4)]
            lines.append(json.dumps({"id": f"{name}-{item}", "question": question, "choices": choices,
                                     "answer": draw.randrange(4), "canary": own}))
        folder = root / "tasks" / name
        (folder / "data" / "test.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / f"{name}.yaml").write_text(config.replace("everyday_physics", name), encoding="utf-8")
        (folder / "card.yaml").write_text(
            card.replace(canary, own).replace('"Everyday physics"', f'"Task {number}"'), encoding="utf-8"
        )
        (folder / "README.md").write_text("A task for a measurement.\n", encoding="utf-8")
    shutil.copy(ROOT / "models.yaml", root)


def run(what: str, command: list[str], cwd: Path, cache: Path) -> float:
    """Run a command and print its time, its memory and its last line."""
    before = time.perf_counter()
    environment = {**os.environ, "COMMONS_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - before
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{what:<52}{seconds:>8.2f} s   {memory:>6.0f} MB so far   {lines[-1][:70] if lines else done.returncode}")
    return seconds


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        pool, cache = Path(scratch, "pool"), Path(scratch, "cache")
        make_pool(pool, FOLDERS, ITEMS)
        lint = [sys.executable, "-m", "commons", "lint"]
        print(f"{FOLDERS:,} folders of {ITEMS} items, {os.cpu_count()} cores")
        run("one folder, nothing known of the others", [*lint, "tasks/task_0001"], pool, cache / "cold")
        whole = run("every folder", lint, pool, cache)
        one = run("one folder, the others known", [*lint, "tasks/task_0001"], pool, cache)
        alone = run("one folder of a small pool", [*lint, "tasks/everyday_physics"], ROOT, cache)
        harness = run("lm-eval validate, one task", [
            sys.executable, "-m", "lm_eval", "validate", "--tasks", "everyday_physics", "--include_path", "tasks",
        ], ROOT, cache)
    print(f"every folder: {whole / FOLDERS * 1000:.1f} ms a folder; validate / one folder of the large pool: "
          f"{harness / one:.1f}; validate / one folder of a small pool: {harness / alone:.1f}")


if __name__ == "__main__":
    main()
