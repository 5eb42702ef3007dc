"""Ten minutes of damaged task folders: lint must end with a report every time, and within five seconds.

Prints how many folders were damaged, how many gave findings, the slowest check, and every failure (there must be none).
The number of minutes can be given: ``python benchmarks/fuzz.py 1``.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from commons.lint.registry import all_rules
from tests.fuzzing import Damage, damages, lint_damaged
from tests.lint.builders import NAMES, write_task

LONGEST_SECONDS = 5.0


def main(minutes: float) -> int:
    """Damage folders until the time is over; 1 where any check failed or took too long."""
    all_rules()
    began = time.monotonic()
    seconds: list[float] = []
    codes: dict[str, int] = {}
    failures: list[str] = []

    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(several=damages)
    def one(several: list[Damage]) -> None:
        if time.monotonic() - began > minutes * 60:
            return
        with tempfile.TemporaryDirectory() as scratch:
            folder = write_task(Path(scratch), NAMES[len(seconds) % len(NAMES)])
            start = time.monotonic()
            try:
                report = lint_damaged(folder, several)
                for code in {finding.code for finding in report.findings}:
                    codes[code] = codes.get(code, 0) + 1
            except Exception:  # noqa: BLE001  (a failure is what is looked for)
                failures.append(f"{several}\n{traceback.format_exc()}")
            seconds.append(time.monotonic() - start)

    while time.monotonic() - began < minutes * 60:
        one()
    slow = sum(one > LONGEST_SECONDS for one in seconds)
    print(f"{len(seconds):,} damaged task folders in {(time.monotonic() - began) / 60:.1f} minutes")
    print(f"{len(failures)} failures; {slow} checks over {LONGEST_SECONDS:g} s; slowest {max(seconds):.2f} s, "
          f"median {sorted(seconds)[len(seconds) // 2] * 1000:.0f} ms")
    print(f"{len(codes)} codes found: " + ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items())))
    print("\n".join(failures[:3]))
    return 1 if failures or slow else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10))
