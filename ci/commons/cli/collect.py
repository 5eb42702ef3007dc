"""``commons collect``: merge the shards of a plan into the ledger."""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json, say_problems
from commons.cli.plan_file import open_plan
from commons.pool.hashing import sha256_file
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.evaluate.collect import Collection


@click.command("collect", epilog="""\b
Examples:
  commons collect --plan plan.json shards
  commons collect --plan plan.json shards/shard-1 shards/shard-2 --no-responses
""")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--plan", "plan_file", required=True, type=click.Path(path_type=Path), metavar="FILE",
              help="The plan that the shards were run for.")
@click.option("--responses/--no-responses", default=True,
              help="Take the shards' answers into the response store too [default: yes].")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The response store [default: .commons/responses.sqlite in the pool].")
@root_option
@json_option
def command(
    folders: tuple[Path, ...], plan_file: Path, responses: bool, store: Path | None, root: Path | None, as_json: bool
) -> int:
    """Merge what the shards of a plan left in FOLDERS into the ledger.

    A folder is a shard's own, or one that holds several. The plan must be one of this checkout. Only planned cells
    with the planned key, all the task's items and today's task are accepted, after every number was recomputed from
    its rows; whatever else is there is refused with its reason. It can be run again, and before all shards are
    there: it then says what is missing.
    """
    from commons.cli.progress import LiveProgress
    from commons.evaluate.collect import collect
    from commons.harness.store import ResponseStore

    pool = repository(root)
    plan = open_plan(plan_file)
    tasks, _ = pool.tasks(set(plan.tasks))
    with ExitStack() as stack:
        opened = None
        if responses:
            opened = stack.enter_context(ResponseStore(store or pool.work / "responses.sqlite"))
        result = collect(pool, plan, sha256_file(plan_file), folders, {task.name: task.card for task in tasks},
                         opened, LiveProgress(unit="shards"), datetime.datetime.now(datetime.timezone.utc))
    if as_json:
        say_json(_as_json(result, pool))
    else:
        _say(result)
    return 1 if result.refused or result.of("missing") else 0


def _say(result: Collection) -> None:
    from commons.variants.varied import put_name

    for line in result.said:
        click.echo(safe(line))
    say_problems(result.refused)
    for one in result.cells:
        name = f"{one.task} on {put_name(one.model, one.variant)}"
        if one.state == "missing":
            click.echo(f"{name}: missing")
        elif one.partial:
            click.echo(f"{name}: partial, shown without a headline and planned again")
    states = ("written", "unchanged", "kept", "missing")
    counts = ", ".join(f"{len(result.of(state))} {state}" for state in states)
    click.echo(f"{len(result.cells)} planned cells: {counts}; {len(result.refused)} files refused.")
    answers = result.answers
    if answers.added or answers.known:
        click.echo(f"{answers.added} answers taken in, {answers.known} known already, {answers.left_out} to "
                   "requests that are not the shard's left out.")
    if answers.conflicts:
        click.echo(f"{answers.conflicts} greedy requests were answered otherwise before; the first answers stay.")
    if not result.changed:
        click.echo("Nothing in the ledger changed.")


def _as_json(result: Collection, pool: Repository) -> dict[str, object]:
    return {
        "cells": [
            {"task": one.task, "model": one.model, "variant": one.variant, "state": one.state, "partial": one.partial,
             "file": one.path.relative_to(pool.root).as_posix() if one.path else None}
            for one in result.cells
        ],
        "rendered": result.rendered,
        "refused": [
            {"file": str(one.where.path), "line": one.where.line, "sentence": one.sentence, "mend": one.mend}
            for one in result.refused
        ],
        "said": result.said,
        "answers": {"added": result.answers.added, "known": result.answers.known,
                    "conflicts": result.answers.conflicts, "left_out": result.answers.left_out},
        "changed": result.changed,
    }
