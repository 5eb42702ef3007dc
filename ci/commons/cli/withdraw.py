"""``commons withdraw``: take a task down; a tombstone stays."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.errors import CannotRun
from commons.evaluate.amending import Decision
from commons.evaluate.withdrawing import Takedown, plan_takedown, take_down
from commons.github.owners import is_handle

GUIDE = "docs/withdrawing.md"


@click.command("withdraw", epilog="""\b
Examples:
  commons withdraw last_word --reason "The publisher asked for it." --by ana-perez
  commons withdraw last_word --reason "The publisher asked for it." --by ana-perez --yes

\b
Exit codes: 0 done (or shown), 1 a file is broken, 2 could not run.
""")
@click.argument("task")
@click.option("--reason", required=True, help="Why, in a sentence; it stands on the site for ever.")
@click.option("--by", required=True, metavar="HANDLE", help="The GitHub handle of who decided it, without @.")
@click.option("--successor", metavar="TASK", help="The task to use instead.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day [default: today].")
@click.option("--yes", is_flag=True, help="Do it; without this it is only shown.")
@root_option
@json_option
def command(
    task: str, reason: str, by: str, successor: str | None, day: datetime.datetime | None, yes: bool,
    root: Path | None, as_json: bool,
) -> int:
    """Delete a task's folder, results and rendered items, and leave a tombstone and an amendment.

    The task's page and those of its results stay on the site, with the reason and without the data. Git's history
    still holds everything: docs/withdrawing.md says how it is taken out of there too, where it must be.
    """
    from commons.analyse.placing import placed

    pool = repository(root)
    if not is_handle(by):
        raise CannotRun(f"`{by}` is no GitHub handle.", mend="Give it as on GitHub, without @: --by ana-perez")
    if not reason.strip():
        raise CannotRun("The reason is empty.", mend='Say why in one sentence: --reason "..."')
    date = day.date() if day else datetime.datetime.now(datetime.timezone.utc).date()
    decision = Decision("withdrawn", task, None, None, reason.strip(), by, date)
    takedown = plan_takedown(pool, decision, placed, successor)
    if yes:
        take_down(pool, takedown)
    if as_json:
        say_json({
            "done": yes, "deleted": [one.path for one in takedown.gone], "left": list(takedown.left),
            "tombstone": takedown.tombstone.model_dump(mode="json"),
            "written": [one.path for one in takedown.written],
        })
        return 0
    for line in _shown(takedown):
        click.echo(safe_whole(line))
    click.echo("")
    for line in _next(takedown, yes):
        click.echo(safe_whole(line))
    return 0


def _shown(takedown: Takedown) -> Iterator[str]:
    """The diff: deleted files by name and size, because what is taken down is not printed once more."""
    for one in takedown.gone:
        yield f"- {one.path} ({one.size:,} bytes)"
    for change in takedown.written:
        before = (change.before or "").splitlines()
        old = "/dev/null" if change.before is None else f"a/{change.path}"
        yield from difflib.unified_diff(before, change.after.splitlines(), old, f"b/{change.path}", n=1, lineterm="")


def _next(takedown: Takedown, done: bool) -> Iterator[str]:
    files = f"{len(takedown.gone)} files"
    if not done:
        yield f"Nothing was changed. Delete these {files} and write the rest with the same command and --yes."
    else:
        yield f"Deleted {files}; `{takedown.tombstone.task}` has a tombstone. Now, in this order:"
        yield f'  1. git add -A tasks results && git commit -m "Withdraw {takedown.tombstone.task}"'
        yield "  2. commons site build, and look at its page"
        yield f"  3. the history, the Hub, caches and other copies: {GUIDE}"
    if takedown.left:
        yield f"The name still stands in: {', '.join(takedown.left)}"
