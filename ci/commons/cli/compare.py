"""``commons compare``: whether two models, or two versions of one result, really differ."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from pydantic import JsonValue

from commons.analyse.compare import Comparison, compare
from commons.analyse.finding import Side
from commons.analyse.versions import Versions, compare_versions
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.cli.compare_json import comparison_json, versions_json
from commons.cli.compare_names import imported_hint, sides_of, tasks_of
from commons.cli.compare_versions import versions_lines
from commons.cli.compare_words import comparison_lines, comparison_rows, verdict_lines
from commons.cli.saying import width, wrapped
from commons.errors import CannotRun
from commons.pool.git import GitFailed, git
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
@click.argument("names", nargs=-1, required=True, metavar="MODEL[@VARIANT] [MODEL[@VARIANT]]")
@click.option("--task", "tasks", multiple=True, metavar="NAME", help="A task [default: all on which both were "
              "measured]; may be given again.")
@click.option("--suite", metavar="NAME", help="The tasks of a suite.")
@click.option("--external", is_flag=True, help="Where a model was not measured here, take its imported result.")
@click.option("--before", metavar="REV", help="Compare one result with what it was at this commit.")
@root_option
@json_option
def command(
    names: tuple[str, ...], tasks: tuple[str, ...], suite: str | None, external: bool, before: str | None,
    root: Path | None, as_json: bool,
) -> int:
    """Compare two models on the items that both answered, or one result with an earlier version of itself.

    One model is called ahead only where a paired test says so after Holm's correction for all tasks shown.
    """
    pool = repository(root)
    sides = sides_of(pool, names)
    if before is not None:
        found = _versions(pool, sides, tasks, suite, before)
        _say(versions_json(found), versions_lines(found), as_json)
        return 0
    if len(sides) < 2:
        raise CannotRun("There is nothing to compare with.",
                        mend="Name a second model, or an earlier version: --task NAME --before REV")
    chosen = tasks_of(pool, tasks, suite, sides, external=external)
    compared = compare(pool, sides[0], sides[1], chosen, external=external)
    if as_json:
        say_json(comparison_json(compared))
    else:
        _say_comparison(compared, imported_hint(pool, sides, external=external))
    return 0 if compared.tasks else 2


def _say_comparison(found: Comparison, hint: str) -> None:
    """Verdicts, the table, and what else is to be known, each only where there is any."""
    if found.tasks:
        _say_lines(verdict_lines(found))
        click.echo("")
        _say_table(comparison_rows(found))
        click.echo("")
    _say_lines(comparison_lines(found))
    if hint:
        _say_lines([hint])


def _versions(
    pool: Repository, sides: tuple[Side, ...], tasks: tuple[str, ...], suite: str | None, revision: str
) -> Versions:
    if len(sides) != 1 or suite is not None or len(tasks) != 1:
        raise CannotRun("--before compares one result with itself.",
                        mend="Give one model and one task: commons compare MODEL --task NAME --before REV")
    try:
        git(pool.root, "rev-parse", "--git-dir")
    except GitFailed as error:
        raise CannotRun("--before reads earlier versions from git, and this pool is in no git repository.",
                        mend="Run it in a clone of the pool.") from error
    return compare_versions(pool, sides[0], tasks[0], revision)


def _say(document: JsonValue, lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        say_json(document)
    else:
        _say_lines(lines)


def _say_lines(lines: Iterable[str]) -> None:
    """Each line safe to print and wrapped; what a model answered stands as it is."""
    for line in lines:
        said = safe_whole(line)
        if said.startswith(("  then |", "  now  |")):
            click.echo(said)
            continue
        indent = said[: len(said) - len(said.lstrip())]
        for part in wrapped(said.lstrip(), indent):
            click.echo(part)


#: A task's name keeps so many characters in the table, whatever its numbers take.
_SHORTEST = 16


def _say_table(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    # A name too long is cut, for it stands whole above; numbers are not.
    numbers = sum(2 + max(map(len, column)) for column in list(zip(*rows, strict=True))[1:])
    table.add_column(Text(rows[0][0]), no_wrap=True, overflow="ellipsis", max_width=max(_SHORTEST, width() - numbers))
    for name in rows[0][1:]:
        table.add_column(Text(name), justify="right", overflow="fold")
    for row in rows[1:]:
        table.add_row(*(Text(safe_whole(cell)) for cell in row))
    console = Console(width=width())
    with console.capture() as said:
        console.print(table)
    for line in said.get().rstrip("\n").split("\n"):
        click.echo(line.rstrip())
