"""``commons run``: evaluate tasks on models and write result cells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_tasks, models_to_run
from commons.cli.common import json_option, repository, root_option, say_error, say_json, say_trust, trust_option
from commons.cli.run_report import say_report
from commons.errors import CannotRun
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.evaluate.report import RunReport


@click.command("run", epilog="""\b
Examples:
  commons run                                              every task on every model that can run here
  commons run everyday_physics --model smollm2-135m-instruct
  commons run my_task --model smollm2-135m-instruct --limit 10
  commons run my_task --variant canonical --variant format --variant robustness
  commons run --plan plan.json                             all shards, as many at once as this machine takes
  commons run --plan plan.json --shard 3 --output shards   one shard, into shards/shard-3
  commons run --plan plan.json --executor submitit --set partition=cpu --output shards
""")
@click.argument("tasks", nargs=-1)
@click.option("--model", "models", multiple=True, metavar="ID", help="A model of models.yaml; may be repeated.")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="The tasks of a suite; may be repeated.")
@click.option("--variant", "variants", multiple=True, metavar="NAME",
              help="Put the tasks in this way and not in the canonical one; may be repeated. A kind (format, "
                   "robustness, fairness) stands for all of it; --variant list lists them, and what each changes in "
                   "TASKS where tasks are named.")
@click.option("--limit", type=click.IntRange(min=1), default=None,
              help="Ask only the first N items; the cell is then partial and shows no headline.")
@click.option("--force", is_flag=True, help="Measure cells again that are whole and of today's key.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The response store [default: .commons/responses.sqlite in the pool].")
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="Run what a plan names (commons plan --output FILE), and nothing else.")
@click.option("--shard", type=click.IntRange(min=1), default=None, metavar="N",
              help="With --plan: one shard of it, in this process. It can be run again, and goes on.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="FOLDER",
              help="With --plan: leave each shard's results in FOLDER/shard-N, for commons collect.")
@click.option("--executor", default=None, metavar="NAME",
              help="With --plan: where shards run: local [default], actions, submitit or hf-jobs.")
@click.option("--jobs", type=click.IntRange(min=1), default=None, metavar="K",
              help="With --executor local: how many shards at once [default: one for each core, as memory allows].")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE",
              help="Tell the executor something; may be repeated. --set help lists what it can be told.")
@click.option("--answers", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Take the answers of an export in first (commons store export).")
@trust_option
@root_option
@json_option
def command(
    tasks: tuple[str, ...], models: tuple[str, ...], suites: tuple[str, ...], limit: int | None, force: bool,
    store: Path | None, plan_file: Path | None, shard: int | None, output: Path | None, executor: str | None,
    jobs: int | None, settings: tuple[str, ...], answers: Path | None, trust: bool, root: Path | None, as_json: bool,
    variants: tuple[str, ...],
) -> int:
    """Evaluate TASKS (all, if none is named) on models and write result cells.

    Cells that are whole and of today's key are left alone. Every answer is kept as it arrives: a run that was
    stopped, even by kill -9, goes on from there. The tasks' own code runs in a sandbox without a network, a home or
    the other tasks; where there is none, nothing runs (SECURITY.md, and `commons doctor` says what is missing).

    A variant is a cell of its own beside the canonical one: it never enters ranks.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if settings == ("help",) or "list" in variants:
        return _say_list(root, tasks, executors=settings == ("help",), as_json=as_json)
    pool = repository(root)
    if plan_file is not None:
        if tasks or models or suites or limit or force or variants:
            raise CannotRun("A plan names its tasks and models itself, and how the tasks are put.",
                            mend="Leave them away, with --limit, --force and --variant, or leave --plan away.")
        from commons.cli.run_plan import PlanOptions, run_plan

        return run_plan(pool, PlanOptions(plan_file, shard, output, executor, jobs, settings, store, answers, trust,
                                          as_json))
    if shard or output or executor or jobs or settings or answers:
        raise CannotRun("--shard, --output, --executor, --jobs, --set and --answers need a plan.",
                        mend="Make one: commons plan --output plan.json")
    chosen_tasks, bad = choose_tasks(pool, tasks, suites)
    chosen_models = models_to_run(pool, models)
    if not chosen_models:
        raise CannotRun("No model of models.yaml can run here.", mend="Run: commons doctor")
    if not chosen_tasks and not bad:
        raise CannotRun(f"There is no task in {pool.tasks_folder}.", mend="Make one: commons new --help")
    report = evaluate(pool, chosen_tasks, chosen_models, store, limit=limit, force=force, trust=trust,
                      variants=variants)
    code = _say_run(pool, report, limited=limit is not None, named=bool(models), as_json=as_json)
    return max(code, 1) if bad else code


def _say_list(root: Path | None, tasks: tuple[str, ...], *, executors: bool, as_json: bool) -> int:
    """List what --set and --variant can be told; for ``tasks``, what each variant changes in them."""
    if executors:
        from commons.cli.run_plan import say_executors

        say_executors()
        return 0
    from commons.cli.variant_list import say_variants

    chosen, bad = choose_tasks(repository(root), tasks, ()) if tasks else ([], [])
    say_variants(chosen, as_json=as_json)
    return 1 if bad else 0


def _say_run(pool: Repository, report: RunReport, *, limited: bool, named: bool, as_json: bool) -> int:
    """Say what became of a run. ``named`` is whether its models were asked for by name. Returns the exit code."""
    for name, error in report.errors:
        click.echo(f"{name}:", err=True)
        say_error(error)
    if as_json:
        say_json(_as_json(report))
    else:
        say_report(pool, report)
    incomplete = any(cell.state == "partial" and not limited for cell in report.cells)
    if named and any(cell.state == "cannot run here" for cell in report.cells):
        return 2
    return 1 if report.errors or incomplete else 0


def evaluate(
    pool: Repository, tasks: list[Task], models: list[Model], store: Path | None, *, limit: int | None = None,
    force: bool = False, trust: bool = False, variants: tuple[str, ...] = (),
) -> RunReport:
    """Run ``tasks`` on ``models`` with live progress, answers kept in ``store``; canonically if no variant is named.

    Raises:
        CannotRun: there is no such variant.
        CannotRun: the tasks' own code needs a sandbox, there is none, and ``trust`` is not set.
    """
    from commons.cli.progress import LiveProgress
    from commons.evaluate.run import Run, RunRequest
    from commons.evaluate.surroundings import surroundings
    from commons.harness.sandbox import probe
    from commons.harness.store import ResponseStore
    from commons.variants.registry import chosen

    ways = chosen(variants or (CANONICAL,))
    if trust:
        say_trust()
    else:
        probe()
    with ResponseStore(store or pool.work / "responses.sqlite") as responses:
        run = Run(pool, responses, LiveProgress(), surroundings(pool.root, pool.work))
        return run.run(RunRequest(tasks, models, limit=limit, force=force, trust=trust, variants=ways))


def _as_json(report: RunReport) -> dict[str, object]:
    return {
        "cells": [
            {
                "task": one.task, "model": one.model, "variant": one.variant, "state": one.state, "reason": one.reason,
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
        "cost_usd": round(report.counts.dollars, 6),
    }
