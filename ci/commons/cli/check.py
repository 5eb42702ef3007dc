"""``commons check``: lint and gates in one report that ends in a verdict."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe
from commons.errors import CannotRun
from commons.pool.repository import Repository
from commons.pool.secret import refuse_committed_work

if TYPE_CHECKING:
    from commons.gates.check import CheckReport, Settings

EXAMPLES = """\b
Examples:
  commons check my_task                       lint and gates, without a model
  commons check tasks/my_task --with-model    also the gates that need a model
  commons check my_task --trust               your own task, where there is no sandbox
  commons check --explain oracle              what a gate asks and how to mend it

\b
Exit codes: 0 ready for review, 1 not ready, 2 could not run.
"""

DEFAULT_MODEL = "smollm2-135m-instruct"
_STYLES = ("console", "json", "markdown")


@click.command("check", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@root_option
@click.option("--format", "style", type=click.Choice(_STYLES), default="console", show_default=True,
              help="How to show the report.")
@json_option
@click.option("--trust", is_flag=True, help="Run without the sandbox: for your own tasks on your own machine.")
@click.option("--with-model", "model", is_flag=False, flag_value=DEFAULT_MODEL, default=None, metavar="[ID]",
              help=f"Also the gates that need a model [{DEFAULT_MODEL}].")
@click.option("--items", type=click.IntRange(min=1), default=None,
              help="The most items to try, drawn by the seed [default: all, up to 500].")
@click.option("--explain", "name", metavar="GATE", help="Print the page of a gate and stop.")
def command(
    paths: tuple[Path, ...], root: Path | None, style: str, as_json: bool, trust: bool, model: str | None,
    items: int | None, name: str | None,
) -> int:
    """Check tasks: lint, then trial runs that prove that each measures something.

    PATHS are task folders or names of tasks. The trial runs execute the task's own templates and hooks in a sandbox,
    without a model: right answers must score full, wrong ones nothing, and answers without skill no more than chance.
    """
    if name:
        from commons.gates.catalogue import explain_gate

        click.echo(explain_gate(name), nl=False)
        return 0
    pool = repository(root)
    folders = [_folder(pool, path) for path in paths]
    if not folders:
        raise CannotRun("Name the tasks to check.", mend="For example: commons check tasks/my_task")
    refuse_committed_work(pool.root, pool.work)
    reports = _checked(folders, pool, _settings(pool, model, items, trust=trust))
    from commons.gates.render import FORMATS

    click.echo(FORMATS["json" if as_json else style](reports), nl=False)
    return _exit_code(reports)


def _settings(pool: Repository, model: str | None, items: int | None, *, trust: bool) -> Settings:
    from commons.gates.check import Settings
    from commons.gates.policy import MAX_ITEMS
    from commons.gates.redundancy import overlaps
    from commons.harness.sandbox import Confinement

    with_model = None
    if model is not None:
        from commons.gates.model_trials import gates_with

        with_model = gates_with(pool, model, Confinement.TRUST if trust else Confinement.SANDBOX)
    return Settings(
        confinement=Confinement.TRUST if trust else Confinement.SANDBOX,
        most=int(MAX_ITEMS.value) if items is None else items, with_model=with_model,
        redundancy=lambda task, count: overlaps(pool, task.folder, count),
    )


def _checked(folders: list[Path], pool: Repository, settings: Settings) -> list[CheckReport]:
    from commons.gates.check import check

    def say(name: str, text: str) -> None:
        if sys.stderr.isatty() or settings.with_model is not None:
            click.echo(f"{safe(name)}: {safe(text)} ...", err=True)

    return [check(folder, pool, settings, partial(say, folder.name)) for folder in folders]


def _exit_code(reports: list[CheckReport]) -> int:
    """1 where a task is not ready; else 2 where nothing can be said of one; else 0."""
    from commons.gates.check import Verdict

    verdicts = {report.verdict for report in reports}
    return 1 if Verdict.NOT_READY in verdicts else 2 if Verdict.CANNOT_SAY in verdicts else 0


def _folder(pool: Repository, path: Path) -> Path:
    """The task folder that a path or a name means."""
    named = pool.tasks_folder / path.name if len(path.parts) == 1 and path.name else None
    found = next((one for one in (path, pool.root / path, named) if one is not None and one.is_dir()), None)
    if found is None:
        known = ", ".join(folder.name for folder in pool.task_folders()) or "none"
        raise CannotRun(f"There is no task folder `{path}`.", mend=f"Known tasks: {known}.")
    folder = found.parent.resolve() / found.name if found.name not in {"", "."} else found.resolve()
    if folder.parent != pool.tasks_folder.resolve():
        raise CannotRun(f"`{path}` is no task folder of the pool {pool.root}.", mend="Name a folder in its tasks/.")
    return folder
