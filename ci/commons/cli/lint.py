"""``commons lint``: check task folders as data, without running anything in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.cli.mend import mend_by_program
from commons.errors import CannotRun, Where
from commons.lint.findings import Report
from commons.lint.pages import FAMILIES, by_family
from commons.lint.registry import all_rules, explain
from commons.lint.render import FORMATS, SUFFIXES
from commons.lint.runner import lint_paths, lint_repository
from commons.pool.repository import Repository
from commons.pool.walk import first_link

if TYPE_CHECKING:
    from commons.cli.progress import LiveProgress

#: From so many folders on, lint shows how far it is.
MANY_FOLDERS = 100

EXAMPLES = """\b
Examples:
  commons lint                          every task, models.yaml and the suites
  commons lint tasks/my_task            one task
  commons lint models.yaml tasks/_suites
  commons lint tasks/my_task --fix      mend what a program can mend, after showing it
  commons lint --explain D007           what a code means and how to mend it
  commons lint --rules                  every rule, by family
  commons lint --format github          annotations, inside a workflow
  commons lint --output lint.sarif      a file for code scanning, beside the report here

\b
Exit codes: 0 in order (hints may stand), 1 something must be mended, 2 could not run.
"""


@click.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@root_option
@click.option("--format", "style", type=click.Choice(list(FORMATS)), default="console", show_default=True,
              help="How to show the findings.")
@json_option
@click.option("--output", "outputs", multiple=True, metavar="[FORMAT:]FILE",
              help="Write the report to a file as well, in the format before the colon or that its name ends in "
                   f"({', '.join(SUFFIXES)}). May be given several times.")
@click.option("--fix", is_flag=True, help="Mend what a program can mend: shows the changes, asks, and writes them.")
@click.option("--yes", is_flag=True, help="With --fix: write without asking.")
@click.option("--base", metavar="REV", default=None,
              help="The revision that changed tasks are compared with [default: where this work left main].")
@click.option("--explain", "code", metavar="CODE", help="Print the page of a rule and stop.")
@click.option("--rules", "list_rules", is_flag=True, help="List every rule and stop.")
def command(
    paths: tuple[Path, ...], root: Path | None, style: str, as_json: bool, outputs: tuple[str, ...], fix: bool,
    yes: bool, base: str | None, code: str | None, list_rules: bool,
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
    if yes and not fix:
        raise click.UsageError("--yes goes with --fix.")
    style = "json" if as_json else style
    files = [_output(written) for written in outputs]
    pool = repository(root)
    for _, path in files:
        _refuse_link(pool, path)
    look = _look(pool, tuple(_path_of(pool, path) for path in paths), base)
    report, waiting = mend_by_program(pool, look, yes=yes, aside=style != "console") if fix else (look(), False)
    for form, path in files:
        path.write_text(FORMATS[form](report), encoding="utf-8", errors="backslashreplace", newline="\n")
    click.echo(FORMATS[style](report), nl=False)
    return 1 if report.blocking or waiting else 0


def _look(pool: Repository, paths: tuple[Path, ...], base: str | None) -> Callable[[], Report]:
    """What looks at ``paths`` once, or at everything where there are none."""

    def look() -> Report:
        progress = _Shown()
        if paths:
            return lint_paths(pool, paths, base=base, progress=progress)
        return lint_repository(pool, base=base, progress=progress)

    return look


class _Shown:
    """Shows how far lint is, where it has so many folders to check that somebody waits."""

    def __init__(self) -> None:
        self._bar: LiveProgress | None = None

    def __call__(self, done: int, total: int) -> None:
        if total < MANY_FOLDERS:
            return
        if self._bar is None:
            from commons.cli.progress import LiveProgress

            self._bar = LiveProgress(unit="tasks")
            self._bar.begin("lint", total)
        self._bar.advance(1)
        if done == total:
            self._bar.end()


def _output(written: str) -> tuple[str, Path]:
    """The format and the file of one ``--output``."""
    form, colon, name = written.partition(":")
    if colon and form in FORMATS and name:
        return form, Path(name)
    suffix = Path(written).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(f"{one}:FILE" for one in FORMATS)
        raise click.UsageError(f"--output {written}: the name does not say the format. Write one of {known}.")
    return SUFFIXES[suffix], Path(written)


def _refuse_link(pool: Repository, path: Path) -> None:
    """A report is not written through a link that came with the checkout, nor through one in its own place.

    Raises:
        CannotRun: it would be.
    """
    devices = Path("/dev") in path.absolute().parents
    link = None if devices else first_link(path, pool.root) or first_link(path, Path.cwd())
    if link:
        raise CannotRun("The report would be written through this link, to wherever it leads.", where=Where(link),
                        mend="Delete the link, or give --output another name.")


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
    for place, (letter, found) in enumerate(by_family(rules).items()):
        name, about = FAMILIES[letter]
        click.echo(f"{chr(10) if place else ''}{name}: {about}")
        for one in found:
            click.echo(f"  {one.code}  {one.level}  {one.title}")
