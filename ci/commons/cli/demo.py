"""``commons demo``: the whole way once, on a scratch copy, with a real model."""

from __future__ import annotations

import datetime
import os.path
import shutil
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.errors import BrokenResult
from commons.pool.repository import Repository

MODEL = "smollm2-135m-instruct"


@click.command("demo", epilog="""\b
Examples:
  commons demo
  commons demo --fresh      forget the answers of the last demo first
""")
@click.option("--fresh", is_flag=True, help="Ask the model everything again.")
@root_option
@json_option
def command(fresh: bool, root: Path | None, as_json: bool) -> int:
    """Go the whole way once: a new task, a real model, a number, a site.

    Works in a scratch copy under .commons/demo and touches nothing else. Needs no account and no network.
    """
    from commons.demo.scratch import ITEMS, TASK, contribute, scratch_copy
    from commons.harness.sandbox import fault
    from commons.lint.render.console import to_console
    from commons.lint.runner import lint_task

    pool = repository(root)
    home = pool.work / "demo"
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    _step(1, "A scratch copy of the pool", as_json)
    scratch = scratch_copy(pool, home / "pool")
    _step(2, f"A contribution: {TASK}, made from the spreadsheet {ITEMS.name}", as_json)
    folder = contribute(scratch, datetime.date.today())
    _step(3, "Is it in order?  (commons lint)", as_json)
    report = lint_task(folder)
    if not as_json:
        click.echo(to_console(report).rstrip())
    if report.blocking:
        raise BrokenResult("The example contribution does not pass lint.", mend="Please report this.")
    _step(4, f"Measured on {MODEL}  (commons run)", as_json)
    missing = fault()
    if not as_json:
        click.echo("The harness loads the task in the sandbox." if missing is None else
                   f"No sandbox here: {missing.sentence} This task is the program's own, so it runs without one.")
    sent, reused = _measure(scratch, TASK, home, trust=missing is not None)
    _step(5, "The number and three of its rows  (commons show)", as_json)
    lines = _result_lines(scratch, TASK)
    if not as_json:
        click.echo("\n".join(lines))
    _step(6, "The site, with this result among the committed ones  (commons site build)", as_json)
    pages, entry = _site(scratch, home)
    if as_json:
        say_json({"task": TASK, "model": MODEL, "sandbox": missing is None, "headline": lines[0], "requests_sent": sent,
                  "answers_reused": reused, "pages": pages, "open": str(entry)})
    else:
        _say_end(sent, reused, pages, entry)
    return 0


def _step(number: int, title: str, as_json: bool) -> None:
    if not as_json:
        click.echo(f"\n{click.style(f'{number}.', fg='cyan', bold=True)} {click.style(title, bold=True)}")


def _measure(scratch: Repository, task: str, home: Path, *, trust: bool) -> tuple[int, int]:
    """Run the task; the answers of earlier demos are kept beside the scratch copy."""
    from commons.cli.choosing import models_to_run
    from commons.cli.run import evaluate

    tasks, _ = scratch.tasks({task})
    report = evaluate(scratch, tasks, models_to_run(scratch, (MODEL,)), home / "responses.sqlite", trust=trust)
    if report.errors:
        raise report.errors[0][1]
    result = report.cells[0]
    if result.cell is None:
        raise BrokenResult(f"{MODEL} {result.state}: {result.reason}.", mend="Run: commons doctor")
    return report.counts.sent, report.counts.reused


def _result_lines(scratch: Repository, task: str) -> list[str]:
    from commons.cli.show import cell_lines

    cell = scratch.ledger.cell(task, MODEL)
    if cell is None:
        raise BrokenResult("The measurement left no cell.", mend="Please report this.")
    return cell_lines(scratch, cell, 3)


def _site(scratch: Repository, home: Path) -> tuple[int, Path]:
    from commons.publish.build import build

    report = build(scratch, home / "_site")
    return report.pages, report.entry


def _say_end(sent: int, reused: int, pages: int, entry: Path) -> None:
    if reused:
        click.echo(f"\nReused from an earlier demo: {reused} of {sent + reused} answers, and the converted weights. "
                   "`commons demo --fresh` asks everything again.")
    click.echo(f"\n{pages} pages. Open this file in a browser:\n  {entry}")
    if not os.path.relpath(entry).startswith(".."):
        click.echo(f"  ({os.path.relpath(entry)})")
