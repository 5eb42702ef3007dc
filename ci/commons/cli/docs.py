"""``commons docs``: write the pages that are made from the program, or check that they are fresh."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import repository, root_option
from commons.errors import CannotRun, Where
from commons.pool.walk import first_link


@click.command("docs", epilog="""\b
Examples:
  commons docs            write the pages of the rules, their index, and the schemas
  commons docs --check    name each file that is not as the program makes it

\b
Exit codes: 0 fresh (or written), 1 a file differs (with --check), 2 could not run.
""")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file differs.")
@root_option
def command(check: bool, root: Path | None) -> int:
    """Write the pages that are made from the program, or check that they are fresh.

    Pages of rules that no longer exist are removed.
    """
    from commons.cli.documents import refresh, stale

    pool = repository(root)
    found = stale(pool.root, lagging=not check)
    for one in found:
        if check:
            click.echo(f"{one.path} {one.state}.")
        else:
            if link := first_link(pool.root / one.path, pool.root):
                raise CannotRun("A page would be written through this link, to wherever it leads.", where=Where(link),
                                mend="Delete the link and run commons docs again.")
            refresh(pool.root, one)
            click.echo(f"{'Removed' if one.text is None else 'Wrote'} {one.path}")
    if not found:
        click.echo("Every page is fresh.")
    elif check:
        click.echo("Write them with: commons docs")
    return 1 if check and found else 0
