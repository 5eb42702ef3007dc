"""Runs killed with ``kill -9`` at random moments: rows lost, doubled or wrong, and questions asked twice.

Each trial is a pool of its own with a server on the loopback as its model; a run is killed after a random time,
several times over, then run to its end. The seed is fixed; ``--trials`` says how many kills in all.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from commons.evaluate.verify import verify_cells
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.cli.running import commons, environment
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat

ITEMS = [{"q": f"Question {number}: say {number}", "a": str(number)} for number in range(24)]
KILLS_A_TRIAL = 4


def trial(random_: random.Random) -> tuple[int, int, int, int]:
    """One pool, four kills, one run to the end: kills that hit, rows lost or doubled, repeated questions, problems."""
    counts: Counter[str] = Counter()

    def slow(asked: Asked) -> Reply:
        counts[str(asked.body["messages"][-1]["content"])] += 1
        time.sleep(0.01)
        return chat(str(asked.body["messages"][-1]["content"]).split()[-1])

    with tempfile.TemporaryDirectory() as folder, FakeEndpoint(slow) as server:
        pool = write_pool(Path(folder), [generate_task(rows=ITEMS)], endpoint_entry(server.base_url, parallel=2))
        command = [sys.executable, "-m", "commons", "run", "--model", "fake-endpoint"]
        hit = 0
        for _ in range(KILLS_A_TRIAL):
            with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as running:
                time.sleep(random_.uniform(0.2, 7.0))
                hit += running.poll() is None
                running.kill()
        ended = commons("run", "--model", "fake-endpoint", cwd=Path(folder))
        cell = pool.ledger.cell("say", "fake-endpoint")
        rows = [row.item for row in cell.rows] if cell else []
        wrong = len({f"t{number}" for number in range(24)} ^ set(rows)) + len(rows) - len(set(rows))
        problems = len(verify_cells(pool.ledger.cell_paths(), {}).problems) + (ended.code != 0)
        problems += cell is None or cell.metrics["exact_match,word"].value != 1.0
        return hit, wrong, sum(counts.values()) - len(counts), problems


def main() -> int:
    """Run the trials; the exit code says whether anything was lost, doubled or wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=10)
    trials = options.parse_args().trials
    results = [trial(random.Random(seed)) for seed in range(trials)]
    hits, wrong, repeated, problems = (sum(column) for column in zip(*results, strict=True))
    print(f"{trials} trials, {hits} kills of a living run: {wrong} rows lost or doubled, {problems} wrong cells, "
          f"{repeated} questions asked twice (those in flight when the kill came)")
    return 1 if wrong or problems else 0


if __name__ == "__main__":
    sys.exit(main())
