"""The zoo at full count: every planted defect through lint, and through the gates where a trial run could show it.

Prints for each family how many defects lint finds where a person would point, how many of those that need a run the
gates find, and every finding that blocks a good task (there must be none). Beside it stands what the harness itself
says of the same folders when it loads them, in the same sandbox.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from commons.errors import CommonsError
from commons.gates.base import GateState
from commons.gates.check import Settings, check
from commons.harness.session import render_task
from commons.lint.runner import lint_paths
from commons.pool.repository import Repository
from commons.pool.task import read_task
from tests.zoo.build import GOOD_NAMES, build_defect, build_good, build_pool
from tests.zoo.defect import Defect
from tests.zoo.defects import DEFECTS


def _at_its_place(defect: Defect, root: Path, folder: Path) -> bool:
    report = lint_paths(Repository(root), [folder])
    start = Path("tasks", folder.name)
    for one in report.findings:
        path = one.where.path
        inside = path.relative_to(start).as_posix() if path == start or start in path.parents else path.as_posix()
        if one.code != "R000" and defect.accepts(folder, inside, one.where.line):
            return True
    return False


def _loads(folder: Path) -> bool:
    try:
        render_task(read_task(folder))
    except (CommonsError, OSError, ValueError, ArithmeticError, RecursionError):
        return False
    return True


def main(every: int) -> int:
    """Measure, with every ``every``-th defect; 1 where a good task is blamed."""
    lint, needs, by_gate, harness, total = Counter(), Counter(), Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    chosen = DEFECTS[::every]
    began = time.perf_counter()
    for defect in chosen:
        with TemporaryDirectory() as scratch:
            root = Path(scratch)
            folder = build_defect(root, defect)
            family = defect.family
            total[family] += 1
            if defect.shows == "gate":
                needs[family] += 1
                report = check(folder, Repository(root), Settings())
                by_gate[family] += bool(report.with_state(GateState.FAILED))
            else:
                lint[family] += _at_its_place(defect, root, folder)
            harness[family] += not defect.executes and not _loads(folder)
    print(f"{'family':<14}{'defects':>8}{'lint':>12}{'gates':>12}{'harness refuses to load':>26}")
    for family in sorted(total):
        ours = f"{lint[family]} of {total[family] - needs[family]}"
        theirs = f"{by_gate[family]} of {needs[family]}" if needs[family] else ""
        print(f"{family:<14}{total[family]:>8}{ours:>12}{theirs:>12}{harness[family]:>20} of {total[family]}")
    blamed = 0
    for name in GOOD_NAMES:
        with TemporaryDirectory() as scratch:
            root = build_pool(Path(scratch), ())
            report = check(build_good(root, name), Repository(root), Settings())
            if report.lint.blocking or report.with_state(GateState.FAILED):
                blamed += 1
                print(f"false alarm on {name}: {report.sentence}")
    print(f"{sum(lint.values()) + sum(by_gate.values())} of {len(chosen)} defects found at their places, "
          f"{blamed} of {len(GOOD_NAMES)} good tasks blamed, in {time.perf_counter() - began:.0f} s")
    return 1 if blamed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
