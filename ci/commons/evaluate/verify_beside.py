"""Verify what stands beside the cells: the checks of endpoints follow from their answers, and spending adds up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.sentinel_verdict import follows
from commons.pool.sentinels import SENTINELS, read_sentinels
from commons.pool.spending import SPENDING, read_spending


def problems_beside_cells(results: Path) -> list[Problem]:
    """Everything that does not hold there, each with its file."""
    problems: list[Problem] = []
    for path in sorted((results / SENTINELS).glob("*")):
        try:
            problems += _check_problems(path)
        except BadFile as error:
            problems += error.problems
    for path in sorted((results / SPENDING).glob("*/*")):
        try:
            read_spending(path)
        except BadFile as error:
            problems += error.problems
    return problems


def _check_problems(path: Path) -> Iterator[Problem]:
    content = read_sentinels(path)
    earlier = {check.when: check for check in content.checks}
    for check in content.checks:
        # The baseline of an old check may be gone by now, and its verdict cannot be worked out again.
        if (check.baseline is None or check.baseline in earlier) and not follows(
                check, earlier[check.baseline] if check.baseline else None):
            sentence = f"What the check of {check.when.isoformat()} says does not follow from its answers."
            yield Problem("sentinels", sentence, Where(path, 1), "Restore the file from git.")
