"""``kill -9`` at random moments of run, run --shard (two at once, too) and collect: rows lost, doubled or wrong.

Each portion of kills has a pool of its own with a server on the loopback as its model: it is killed over and over,
then let end, and its cells are held against those of an undisturbed run, byte for byte but for their provenance. The
seed is fixed; ``--kills`` says how many in all. The harness's steps run in the killed process itself, which is forked
with everything imported: so what is killed is the work and not Python's start.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# What is killed imports the tests' own modules.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])

from tests.killing import kill_all


def main() -> int:
    """Kill; the exit code says whether anything was lost, doubled or wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    begun = time.monotonic()
    result = kill_all(given.kills, given.seed, watch=lambda text: print(text, file=sys.stderr, flush=True))
    for line in result.wrong:
        print(line)
    print(f"{result.kills} kills -9 of a living run, run --shard (two at once, too) or collect (two at once), "
          f"{result.missed} more came when it had ended: {len(result.wrong)} cells missing, doubled or with another "
          f"number than undisturbed; {time.monotonic() - begun:.0f} s")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
