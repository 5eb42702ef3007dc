"""The dialogue of ``commons lint --fix``: show what a program can mend, ask, write, look again."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from commons.cli.common import safe
from commons.lint.findings import Report
from commons.lint.fixes import Plan, apply, diff, plan
from commons.pool.repository import Repository

#: A mend can let other rules see a part that they could not read before; more rounds than this mean a loop.
MAX_ROUNDS = 10


def mend_by_program(
    pool: Repository, look: Callable[[], Report], *, yes: bool, aside: bool
) -> tuple[Report, bool]:
    """Mend until nothing is left to mend, and give the last report, and whether mends were shown and not written.

    ``aside`` prints on standard error, because standard output carries a report for a program.
    """
    report = look()
    for _ in range(MAX_ROUNDS):
        planned = plan(report, pool.root)
        _show(planned, aside=aside)
        if not planned.changes:
            break
        if not yes and not _agreed(sum(change.lines for change in planned.changes), aside=aside):
            return report, True
        for change in planned.changes:
            apply(change)
            click.echo(f"Mended {safe(change.path.as_posix())}", err=aside)
        click.echo("", err=aside)
        report = look()
    return report, False


def _show(planned: Plan, *, aside: bool) -> None:
    for change in planned.changes:
        click.echo(diff(change), err=aside)
    for sentence in planned.left_out:
        click.echo(f"Left out: {safe(sentence)}", err=aside)


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _agreed(number: int, *, aside: bool) -> bool:
    changes = "this change" if number == 1 else f"these {number:,} changes"
    if not _at_terminal():
        click.echo(f"Nothing was written. To write {changes}: commons lint --fix --yes\n", err=aside)
        return False
    return click.confirm(f"Write {changes}?", err=aside)
