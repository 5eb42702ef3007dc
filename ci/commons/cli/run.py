"""``commons run``: evaluate tasks on models and write result cells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, say_error, say_json, say_trust, trust_option
from commons.errors import CannotRun
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.evaluate.run import RunReport


@click.command("run", epilog="""\b
Examples:
  commons run                                              every task on every model that can run here
  commons run everyday_physics --model smollm2-135m-instruct
  commons run my_task --model smollm2-135m-instruct --limit 10
""")
@click.argument("tasks", nargs=-1)
@click.option("--model", "models", multiple=True, metavar="ID", help="A model of models.yaml; may be repeated.")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="The tasks of a suite; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), default=None,
              help="Ask only the first N items; the cell is then partial and shows no headline.")
@click.option("--force", is_flag=True, help="Measure cells again that are whole and of today's key.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The response store [default: .commons/responses.sqlite in the pool].")
@trust_option
@root_option
@json_option
def command(
    tasks: tuple[str, ...], models: tuple[str, ...], suites: tuple[str, ...], limit: int | None, force: bool,
    store: Path | None, trust: bool, root: Path | None, as_json: bool,
) -> int:
    """Evaluate TASKS (all, if none is named) on models and write result cells.

    Cells that are whole and of today's key are left alone. Every answer is kept as it arrives: a run that was
    stopped, even by kill -9, goes on from there. The tasks' own code runs in a sandbox without a network, a home or
    the other tasks; where there is none, nothing runs (SECURITY.md, and `commons doctor` says what is missing).
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    pool = repository(root)
    chosen_tasks, bad = choose_tasks(pool, tasks, suites)
    chosen_models = choose_models(pool, models)
    if not chosen_models:
        raise CannotRun("No model of models.yaml can run here.", mend="Run: commons doctor")
    if not chosen_tasks and not bad:
        raise CannotRun(f"There is no task in {pool.tasks_folder}.", mend="Make one: commons new --help")
    report = evaluate(pool, chosen_tasks, chosen_models, store, limit=limit, force=force, trust=trust)
    for name, error in report.errors:
        click.echo(f"{name}:", err=True)
        say_error(error)
    if as_json:
        say_json(_as_json(report))
    else:
        _say_report(pool, report)
    incomplete = any(cell.state == "partial" and limit is None for cell in report.cells)
    if models and any(cell.state == "cannot run here" for cell in report.cells):
        return 2
    return 1 if bad or report.errors or incomplete else 0


def evaluate(
    pool: Repository, tasks: list[Task], models: list[Model], store: Path | None, *, limit: int | None = None,
    force: bool = False, trust: bool = False,
) -> RunReport:
    """Run ``tasks`` on ``models`` with live progress, answers kept in ``store``.

    Raises:
        CannotRun: the tasks' own code needs a sandbox, there is none, and ``trust`` is not set.
    """
    from commons.cli.progress import LiveProgress
    from commons.evaluate.run import Run, RunRequest
    from commons.evaluate.surroundings import surroundings
    from commons.harness.sandbox import probe
    from commons.harness.store import ResponseStore

    if trust:
        say_trust()
    else:
        probe()
    with ResponseStore(store or pool.work / "responses.sqlite") as responses:
        run = Run(pool, responses, LiveProgress(), surroundings(pool.root, pool.work))
        return run.run(RunRequest(tasks, models, limit=limit, force=force, trust=trust))


def choose_tasks(pool: Repository, names: tuple[str, ...], suites: tuple[str, ...]) -> tuple[list[Task], int]:
    """The named tasks that pass lint, and the number of those that do not; each finding is printed."""
    from commons.lint.render.console import to_console
    from commons.lint.runner import lint_task

    wanted = {Path(name).resolve().name if name in {".", "./"} else Path(name).name for name in names}
    for name in suites:
        suite = next((one for one in pool.suites() if one.group == name), None)
        if suite is None:
            known = ", ".join(one.group for one in pool.suites()) or "none"
            raise CannotRun(f"There is no suite `{name}`.", mend=f"Known suites: {known}.")
        wanted |= set(suite.task)
    known_folders = {folder.name: folder for folder in pool.task_folders()}
    unknown = sorted(wanted - set(known_folders))
    if unknown:
        raise CannotRun(f"There is no task `{unknown[0]}` in {pool.tasks_folder}.",
                        mend=f"Known tasks: {', '.join(known_folders) or 'none'}.")
    names_to_read = set()
    for name in sorted(wanted or set(known_folders)):
        report = lint_task(known_folders[name])
        if report.blocking:
            click.echo(to_console(report), err=True)
        else:
            names_to_read.add(name)
    tasks, _ = pool.tasks(names_to_read)
    return tasks, len(wanted or set(known_folders)) - len(tasks)


def choose_models(pool: Repository, ids: tuple[str, ...]) -> list[Model]:
    """The named models, or all that can run here without an endpoint: money is spent only on models asked for."""
    models = {model.id: model for model in pool.models()}
    for one in ids:
        if one not in models:
            raise CannotRun(f"There is no model `{one}` in models.yaml.", mend=f"Known models: {', '.join(models)}.")
    if ids:
        return [models[one] for one in ids]
    from commons.engines.base import engine_kind

    return [
        model for model in models.values() if model.endpoint is None and engine_kind(model).check(model).ready
    ]


def _say_report(pool: Repository, report: RunReport) -> None:
    from commons.cli.show import headline

    for one in report.cells:
        if one.cell is not None:
            click.echo(f"{headline(pool, one.cell)} [{one.state}: {one.reason}]")
        else:
            click.echo(f"{one.task} on {one.model}: {one.state}: {one.reason}")
    counts = report.counts
    click.echo(f"{counts.sent} requests sent, {counts.reused} answers reused, {counts.faults} faults.")
    for detail, number in counts.by_detail.most_common(3):
        click.echo(f"  {number} x {detail}")


def _as_json(report: RunReport) -> dict[str, object]:
    return {
        "cells": [
            {
                "task": one.task, "model": one.model, "state": one.state, "reason": one.reason,
                "file": str(one.path) if one.path else None,
                "metrics": {name: metric.model_dump(mode="json") for name, metric in one.cell.metrics.items()}
                if one.cell else {},
            }
            for one in report.cells
        ],
        "errors": [
            {"what": name, "sentence": error.sentence, "where": str(error.where) if error.where else None,
             "mend": error.mend}
            for name, error in report.errors
        ],
        "requests": {"sent": report.counts.sent, "reused": report.counts.reused, "faults": report.counts.faults},
    }
