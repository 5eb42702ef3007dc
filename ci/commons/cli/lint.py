"""``commons lint``: check task folders as data, without running anything in them."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.lint.registry import all_rules, explain
from commons.lint.render import FORMATS
from commons.lint.runner import lint_paths, lint_repository
from commons.pool.repository import Repository

EXAMPLES = """\b
Examples:
  commons lint                          every task, models.yaml and the suites
  commons lint tasks/my_task            one task
  commons lint models.yaml tasks/_suites
  commons lint --explain D007           what a code means and how to mend it
  commons lint --rules                  every rule, one a line
  commons lint --format github          annotations, inside a workflow

\b
Exit codes: 0 in order (hints may stand), 1 something must be mended, 2 could not run.
"""


@click.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@root_option
@click.option("--format", "style", type=click.Choice(list(FORMATS)), default="console", show_default=True,
              help="How to show the findings.")
@json_option
@click.option("--explain", "code", metavar="CODE", help="Print the page of a rule and stop.")
@click.option("--rules", "list_rules", is_flag=True, help="List every rule and stop.")
def command(
    paths: tuple[Path, ...], root: Path | None, style: str, as_json: bool, code: str | None, list_rules: bool
) -> int:
    """Check task folders as data, without running anything in them.

    PATHS are task folders or names of tasks, files in them, models.yaml or suites; without any, everything is checked.
    """
    if code:
        click.echo(explain(code), nl=False)
        return 0
    if list_rules:
        _list_rules(as_json=as_json)
        return 0
    pool = repository(root)
    paths = tuple(_path_of(pool, path) for path in paths)
    report = lint_paths(pool, paths) if paths else lint_repository(pool)
    click.echo(FORMATS["json" if as_json else style](report), nl=False)
    return 1 if report.blocking else 0


def _path_of(pool: Repository, path: Path) -> Path:
    """``path``, or the folder of the task that it names, as ``commons run`` takes names."""
    folder = pool.tasks_folder / path
    bare = len(path.parts) == 1 and not path.exists() and not (pool.root / path).exists()
    return folder.absolute() if bare and folder.is_dir() else path


def _list_rules(*, as_json: bool) -> None:
    rules = all_rules()
    if as_json:
        say_json([{"code": one.code, "level": one.level, "subject": one.subject, "title": one.title} for one in rules])
        return
    for one in rules:
        click.echo(f"{one.code}  {one.level}  {one.title}")
