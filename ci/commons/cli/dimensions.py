"""``commons dimensions``: calibration, robustness, fairness, bias, toxicity and efficiency beside accuracy."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.errors import CannotRun
from commons.pool.repository import Repository
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.analyse.dimensions.report import Report
    from commons.analyse.dimensions.subject import LeftOutModel


@click.command("dimensions", epilog="""\b
Examples:
  commons dimensions everyday_physics
  commons dimensions everyday_physics smollm2-135m-instruct
  commons dimensions everyday_physics smollm2-135m-instruct --bins
  commons run everyday_physics --model smollm2-135m-instruct --variant robustness

\b
What each dimension is, and what it cannot say: docs/dimensions.md.
Exit codes: 0 shown (what could not be measured is named), 2 could not run.
""")
@click.argument("task")
@click.argument("model", required=False)
@click.option("--bins", is_flag=True, help="Show the bins of the calibration error as well.")
@root_option
@json_option
def command(task: str, model: str | None, bins: bool, root: Path | None, as_json: bool) -> int:
    """Show HELM's dimensions of a TASK on each model, or on MODEL: what was measured, and what could not be.

    Only committed rows are read; nothing is run.
    """
    from commons.cli.dimensions_words import report_lines
    from commons.cli.saying import wrapped

    pool = repository(root)
    reports, left_out = _reports(pool, _task(pool, task), model)
    if as_json:
        say_json({"task": task, "reports": [_as_json(one) for one in reports],
                  "left_out": [asdict(one) for one in left_out]})
        return 0
    for line in report_lines(reports, bins=bins):
        click.echo(safe(line))
    for other in left_out:
        for line in wrapped(f"{other.model} is left out: {other.reason}"):
            click.echo(safe(line))
    return 0


def _task(pool: Repository, name: str) -> Task:
    found, broken = pool.tasks({name})
    for one in broken:
        raise one.error
    if not found:
        raise CannotRun(f"There is no task `{safe(name)}`.", mend="The tasks are the folders in tasks/.")
    return found[0]


def _reports(pool: Repository, task: Task, model: str | None) -> tuple[list[Report], list[LeftOutModel]]:
    from commons.analyse.dimensions.report import report
    from commons.analyse.dimensions.subject import subjects_of

    subjects, left_out = subjects_of(pool, task)
    chosen = [one for one in subjects if model in {None, one.model.id}]
    out = [one for one in left_out if model in {None, one.model}]
    if not chosen and out:
        raise CannotRun(f"The cell of {task.name} on {out[0].model} cannot be looked at: {out[0].reason}",
                        mend=f"Measure it again: commons run {task.name} --model {out[0].model}")
    if not chosen:
        on = f" on {model}" if model else ""
        raise CannotRun(f"There is no cell of {task.name}{on}.",
                        mend=f"Measure it: commons run {task.name}{f' --model {model}' if model else ''}")
    return [report(one) for one in chosen], out


def _as_json(report: Report) -> dict[str, object]:
    return {"model": report.model, "dimensions": [
        {"dimension": one.dimension.name, "measured": [asdict(found) for found in one.measured],
         "not_measured": [asdict(missing) for missing in one.missing]}
        for one in report.findings
    ]}
