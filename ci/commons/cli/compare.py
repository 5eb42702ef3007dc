"""``commons compare``: whether two models, or two versions of one result, really differ."""

from __future__ import annotations

from pathlib import Path

import click

from commons.analyse.compare import compare
from commons.analyse.finding import Side, side_of, task_names
from commons.analyse.versions import compare_versions
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.cli.compare_words import comparison_json, comparison_lines, comparison_rows, versions_json, versions_lines
from commons.errors import CannotRun
from commons.pool.repository import Repository


@click.command("compare", epilog="""\b
Examples:
  commons compare smollm2-135m-instruct smollm2-135m-instruct-chat
  commons compare smollm2-135m-instruct smollm2-135m-instruct-chat --task everyday_physics --json
  commons compare davinci-002@external-cot davinci-002@external-direct --task web_of_lies
  commons compare smollm2-135m-instruct --task everyday_physics --before HEAD~1

\b
Exit codes: 0 compared, 1 a file is broken, 2 nothing could be compared.
""")
@click.argument("first", metavar="MODEL[@VARIANT]")
@click.argument("second", metavar="[MODEL[@VARIANT]]", required=False)
@click.option("--task", "tasks", multiple=True, metavar="NAME", help="A task [default: all on which both were "
              "measured]; may be given again.")
@click.option("--suite", metavar="NAME", help="The tasks of a suite.")
@click.option("--external", is_flag=True, help="Where a model was not measured here, take its imported result.")
@click.option("--before", metavar="REV", help="Compare one result with what it was at this commit.")
@root_option
@json_option
def command(
    first: str, second: str | None, tasks: tuple[str, ...], suite: str | None, external: bool, before: str | None,
    root: Path | None, as_json: bool,
) -> int:
    """Compare two models on the items that both answered, or one result with an earlier version of itself.

    A difference is called clear only where a paired test says so after Holm's correction for all tasks shown.
    """
    pool = repository(root)
    one = side_of(first)
    if before is not None:
        return _versions(pool, one, second, tasks, suite, before, as_json)
    if second is None:
        raise CannotRun("There is nothing to compare with.",
                        mend="Name a second model, or an earlier version: --task NAME --before REV")
    other = side_of(second)
    if one == other:
        raise CannotRun("Both names are the same result.", mend="Name another, or an earlier version: --before REV")
    found = compare(pool, one, other, _tasks(pool, tasks, suite, one, other, external), external=external)
    if as_json:
        say_json(comparison_json(found))
    else:
        _say_table(comparison_rows(found))
        for line in comparison_lines(found):
            click.echo(safe_whole(line))
    return 0 if found.tasks else 2


def _tasks(
    pool: Repository, named: tuple[str, ...], suite: str | None, one: Side, other: Side, external: bool
) -> list[str]:
    """The tasks that are meant: those named and those of the suite, else all on which either has a result."""
    known = {folder.name for folder in pool.task_folders()} | {path.parent.name for path in pool.ledger.cell_paths()}
    for name in named:
        if name not in known:
            raise CannotRun(f"There is no task and no result called `{name}`.", mend="See: commons show MODEL")
    chosen = list(named)
    if suite is not None:
        suites = {found.group: found for found in pool.suites()}
        if suite not in suites:
            names = ", ".join(sorted(suites)) or "none"
            raise CannotRun(f"There is no suite `{suite}`.", mend=f"The pool has: {names}")
        chosen += suites[suite].pool_tasks
        if not chosen:
            raise CannotRun(f"No task of the suite `{suite}` is one of this pool.", mend="Name tasks with --task.")
    return list(dict.fromkeys(chosen)) or task_names(pool, one, other, external)


def _versions(
    pool: Repository, side: Side, second: str | None, tasks: tuple[str, ...], suite: str | None, revision: str,
    as_json: bool,
) -> int:
    if second is not None or suite is not None or len(tasks) != 1:
        raise CannotRun("--before compares one result with itself.",
                        mend="Give one model and one task: commons compare MODEL --task NAME --before REV")
    found = compare_versions(pool, side, tasks[0], revision)
    if as_json:
        say_json(versions_json(found))
    else:
        for line in versions_lines(found):
            click.echo(safe_whole(line))
    return 0


def _say_table(rows: list[tuple[str, ...]]) -> None:
    """The table as wide as the terminal; as wide as it needs to be where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if len(rows) < 2:
        return
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(rows[0]):
        table.add_column(Text(safe_whole(name)), justify="left" if place == 0 else "right", overflow="fold")
    for row in rows[1:]:
        table.add_row(*(Text(safe_whole(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)
    click.echo("")
