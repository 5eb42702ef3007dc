"""What a run says at its end, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.evaluate.report import RunReport


def say_report(pool: Repository, report: RunReport) -> None:
    """Print a line for each cell, and the counts."""
    from commons.cli.show import headline

    for one in report.cells:
        if one.cell is not None:
            click.echo(f"{headline(pool, one.cell)} [{one.state}: {one.reason}]")
        else:
            click.echo(f"{one.task} on {one.column}: {one.state}: {one.reason}")
    counts = report.counts
    money = f", ${counts.dollars:.2f}" if counts.dollars else ""
    click.echo(f"{counts.sent} requests sent, {counts.reused} answers reused, {counts.faults} faults{money}.")
    for detail, number in counts.by_detail.most_common(3):
        click.echo(f"  {number} x {detail}")
