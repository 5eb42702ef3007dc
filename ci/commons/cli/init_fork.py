"""``commons init-fork``: make a fork one's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.errors import CannotRun
from commons.github.event import repository_name
from commons.github.owners import is_handle
from commons.github.owners_fork import UPSTREAM, Fork, Wish, make_fork, plan_fork

GUIDE = "docs/forking.md"
_SHOWN = 20


@click.command("init-fork", epilog="""\b
Examples:
  commons init-fork ORG/REPO --owner ana-perez
  commons init-fork ORG/REPO --owner ana-perez --name "Our pool" --yes

\b
Exit codes: 0 done (or shown), 2 could not run.
""")
@click.argument("name", metavar="ORG/REPO")
@click.option("--owner", metavar="HANDLE", help="Who looks after it [default: ORG].")
@click.option("--name", "title", help="Its name for people [default: REPO].")
@click.option("--upstream", default=UPSTREAM, show_default=True, metavar="ORG/REPO", help="Where it was forked from.")
@click.option("--without-tasks", is_flag=True, help="Take the upstream's tasks out too.")
@click.option("--yes", is_flag=True, help="Do it; without this it is only shown.")
@root_option
@json_option
def command(
    name: str, owner: str | None, title: str | None, upstream: str, without_tasks: bool, yes: bool,
    root: Path | None, as_json: bool,
) -> int:
    """Clear the upstream's results, owners, maintainers, name and addresses out of a fork; the program stays.

    What to click on GitHub, and how to take the upstream's changes later, stands in docs/forking.md.
    """
    pool = repository(root)
    organisation, _, short = repository_name(name).partition("/")
    who = owner or organisation
    if not is_handle(who):
        raise CannotRun(f"`{who}` is no GitHub handle.", mend="Give it as on GitHub, without @: --owner ana-perez")
    wish = Wish(name, who, title or short, repository_name(upstream), keep_tasks=not without_tasks)
    fork = plan_fork(pool, wish)
    if yes:
        make_fork(pool, fork)
    if as_json:
        say_json({"done": yes, "deleted": list(fork.gone), "written": [one.path for one in fork.edits],
                  "left": list(fork.left)})
        return 0
    for line in _lines(fork):
        click.echo(safe_whole(line))
    click.echo("")
    if not fork.gone and not fork.edits:
        click.echo("Nothing is left to do here.")
    elif yes:
        click.echo(f"Deleted {len(fork.gone)} files, wrote {len(fork.edits)}. Commit them, and go on with {GUIDE}")
    else:
        click.echo(f"Nothing was changed. Delete {len(fork.gone)} files and write {len(fork.edits)} with --yes.")
    for note in fork.left:
        click.echo(f"  look at {note}")
    return 0


def _lines(fork: Fork) -> Iterator[str]:
    yield from (f"- {path}" for path in fork.gone[:_SHOWN])
    if len(fork.gone) > _SHOWN:
        yield f"- and {len(fork.gone) - _SHOWN} more below results/ or tasks/"
    for one in fork.edits:
        old = "/dev/null" if one.before is None else f"a/{one.path}"
        before = (one.before or "").splitlines()
        yield from difflib.unified_diff(before, one.after.splitlines(), old, f"b/{one.path}", n=0, lineterm="")
