"""``commons github guard``: what stops a pull request before anything of it is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe_whole

if TYPE_CHECKING:
    from commons.github.guard import Guarded


@click.command("guard")
@click.option("--base", required=True, metavar="REV", help="The main line that the changes are held against.")
@click.option("--head", default="HEAD", show_default=True, metavar="REV", help="The pull request's newest commit.")
@click.option("--format", "style", type=click.Choice(["console", "github"]), default="console", show_default=True,
              help="How to show what was found; github makes annotations.")
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add it in Markdown to this file, as for a job's summary.")
@click.option("--outputs", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add tasks=, how many changed tasks there are to try, to this file.")
@json_option
@root_option
def command(
    base: str, head: str, style: str, summary: Path | None, outputs: Path | None, as_json: bool, root: Path | None
) -> int:
    """Stop what no review should have to: results by hand, mixed changes, taken names; and lint what changed.

    Both commits must be in this repository. The head is read from git's objects as data: it is not checked out, and
    nothing of it is run, so this needs no token and no sandbox. 1 where anything blocks, 2 where it could not look.
    """
    from commons.github.guard import guard
    from commons.lint.render import FORMATS

    found = guard(repository(root).root, base, head)
    whole = found.whole
    looked = bool(whole.checked or whole.findings)
    if as_json:
        click.echo(FORMATS["json"](whole), nl=False)
    else:
        click.echo(found.sentence)
        if style == "console":
            click.echo(_faults(found), nl=False)
        report = found.lint if style == "console" else whole
        if report.checked or report.findings:
            click.echo(FORMATS[style](report), nl=False)
    if summary is not None:
        with summary.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(f"{found.sentence}\n\n{FORMATS['markdown'](whole) if looked else ''}")
    if outputs is not None:
        with outputs.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"tasks={found.tasks}\n")
    return 1 if whole.blocking else 0


def _faults(found: Guarded) -> str:
    """The guard's own findings for a terminal; they have no code that could be explained."""
    return "".join(f"{safe_whole(one.file)}: {safe_whole(one.sentence)}\n  mend: {safe_whole(one.mend)}\n"
                   for one in found.guard.findings)
