"""Every hostile pull request through the real workflow files: none may run outside, leak, write, or turn green.

Each is opened beside an innocent one on a fresh remote with a fake GitHub, tried by the pr.yml of its own head and
judged by the default branch's pr-comment.yml, without a network. Each takes 10 to 60 seconds, and all of them about
twenty minutes on two cores, which ``--jobs`` shares. ``--only NAME`` plays one and prints what its jobs said. The exit
code is 1 where there is a breach.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.e2e.act import Outcome, available
from tests.e2e.hostile import ATTACKS, FAMILIES, Attack
from tests.e2e.hostile.play import Played, play


def main() -> int:
    """Play; the exit code says whether anything got through."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", choices=sorted(ATTACKS), action="append")
    options.add_argument("--jobs", type=int, default=1)
    given = options.parse_args()
    if why := available():
        print(f"nothing was played: {why}")
        return 2
    chosen = [ATTACKS[name] for name in given.only or ATTACKS]
    begun = time.monotonic()
    print(f"{'attack':<36} {'status':<8} {'s':>4}  {'breaches':>8}  first line of the comment")
    with ThreadPoolExecutor(given.jobs) as pool:
        results = list(zip(chosen, map(_show, chosen, pool.map(_played, chosen)), strict=True))
    wrong = [(attack, one) for attack, played in results for one in played.breaches]
    for attack, sentence in wrong:
        print(f"{attack.name} ({attack.tries}): {sentence}")
    if given.only:
        print("\n".join(outcome.text for _, played in results for outcome in (played.tried, played.judged) if outcome))
    green = sum(played.state == "success" for _, played in results)
    print(f"{len(results)} hostile pull requests of {len(FAMILIES)} families, {green} of them harmless and green: "
          f"{len(wrong)} breaches; {time.monotonic() - begun:.0f} s")
    return 1 if wrong else 0


def _played(attack: Attack) -> Played:
    """One that cannot be played stops no other, and is no success."""
    try:
        return play(attack)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        nothing = Outcome(1, {}, [], [], "", "")
        return Played("", "", [f"it could not be played: {str(error)[-2_000:]}"], 0.0, None, nothing)


def _show(attack: Attack, played: Played) -> Played:
    print(f"{attack.name:<36} {played.state or 'none':<8} {played.seconds:4.0f}  {len(played.breaches):8}  "
          f"{played.verdict}", flush=True)
    return played


if __name__ == "__main__":
    sys.exit(main())
