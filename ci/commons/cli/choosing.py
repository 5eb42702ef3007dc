"""What the verbs that run or plan are told to act on: tasks by name and suite, models by id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from commons.cli.saying import meant
from commons.errors import CannotRun
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.secret import refuse_committed_work
from commons.pool.suites import Suite
from commons.pool.task import Task


def choose_folders(pool: Repository, names: Iterable[str], suites: Iterable[str]) -> list[Path]:
    """The folders of the named tasks and suites; all, where none is named.

    Raises:
        CannotRun: there is no such task or suite, or the checkout brings a working folder of its own.
    """
    refuse_committed_work(pool.root, pool.work)
    folders = {folder.name: folder for folder in pool.task_folders()}
    wanted = {Path(name).resolve().name if name in {".", "./"} else Path(name).name for name in names}
    groups = {suite.group: suite for suite in pool.suites()} if suites else {}
    for name in suites:
        if name not in groups:
            raise CannotRun(f"There is no suite `{name}`.",
                            mend=f"Known suites: {', '.join(groups) or 'none'}.{meant(name, groups)}")
        wanted |= set(_pool_tasks(groups[name]))
    for name in sorted(wanted - set(folders)):
        raise CannotRun(f"There is no task `{name}` in {pool.tasks_folder}.",
                        mend=f"Known tasks: {', '.join(folders) or 'none'}.{meant(name, folders)}")
    return [folder for name, folder in folders.items() if not wanted or name in wanted]


def _pool_tasks(suite: Suite) -> tuple[str, ...]:
    """The members that this pool can run; the harness's own are named and left.

    Raises:
        CannotRun: all of them are the harness's own.
    """
    if not suite.built_in:
        return suite.pool_tasks
    own = f"{len(suite.built_in)} of the {len(suite.names)} tasks of `{suite.group}`"
    why = "are built into the harness and have no folder here, so this pool does not run them"
    if not suite.pool_tasks:
        raise CannotRun(f"{own} {why}.",
                        mend=f"Only `commons import` brings results of such tasks; what is known of them: "
                             f"commons suite {suite.group}")
    click.echo(f"{own} {why}.", err=True)
    return suite.pool_tasks


def choose_tasks(pool: Repository, names: Iterable[str], suites: Iterable[str]) -> tuple[list[Task], int]:
    """The named tasks that pass lint, and the number of those that do not; each finding is printed."""
    from commons.lint.render.console import to_console
    from commons.lint.runner import lint_task

    folders = choose_folders(pool, names, suites)
    good = set()
    for folder in folders:
        report = lint_task(folder)
        if report.blocking:
            click.echo(to_console(report), err=True)
        else:
            good.add(folder.name)
    tasks, _ = pool.tasks(good)
    return tasks, len(folders) - len(tasks)


def named_models(known: Iterable[Model], ids: Iterable[str]) -> list[Model]:
    """The models of those ids, in the order of ``ids``.

    Raises:
        CannotRun: there is no such model.
    """
    models = {model.id: model for model in known}
    for one in ids:
        if one not in models:
            raise CannotRun(f"There is no model `{one}` in models.yaml.",
                            mend=f"Known models: {', '.join(models)}.{meant(one, models)}")
    return [models[one] for one in ids]


def models_to_run(pool: Repository, ids: tuple[str, ...]) -> list[Model]:
    """The named models, or all that can run here without an endpoint: money is spent only on models asked for."""
    models = pool.models()
    if ids:
        return named_models(models, ids)
    return [model for model in models if model.endpoint is None and _is_ready(model)]


def models_to_plan(
    known: tuple[Model, ...], ids: tuple[str, ...], *, endpoints: bool, ready: bool = False
) -> tuple[list[Model], list[Model]]:
    """The models to plan for, and those that wait to be asked for, because they cost money.

    With ``ready``, and none named, only those whose weights are on this machine.
    """
    if named := named_models(known, ids):
        return [model for model in known if model in named or (endpoints and model.endpoint is not None)], []
    free = [model for model in known if (endpoints if model.endpoint is not None else not ready or _is_ready(model))]
    return free, [model for model in known if not endpoints and model.endpoint is not None]


def _is_ready(model: Model) -> bool:
    from commons.engines.base import engine_kind

    return engine_kind(model).check(model).ready
