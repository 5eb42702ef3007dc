"""``commons run --plan``: one shard in this process, or all shards through an executor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import safe, say_error, say_json, say_trust
from commons.cli.plan_file import open_plan
from commons.cli.run_report import say_report
from commons.errors import CannotRun
from commons.pool.hashing import sha256_file
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.evaluate.executors.base import ShardEnd
    from commons.evaluate.progress import Progress
    from commons.evaluate.shard_report import ShardReport
    from commons.harness.store import ResponseStore
    from commons.plan.plan import Plan


@dataclass(frozen=True)
class PlanOptions:
    """What was asked for on the command line."""

    plan_file: Path
    shard: int | None
    output: Path | None
    executor: str | None
    jobs: int | None
    settings: tuple[str, ...]
    store: Path | None
    answers: Path | None
    trust: bool
    as_json: bool


def run_plan(pool: Repository, options: PlanOptions) -> int:
    """Run a plan; 1 where anything planned is not there afterwards, or only in part."""
    plan = open_plan(options.plan_file)
    if options.shard is not None:
        if options.executor or options.jobs or options.settings:
            raise CannotRun("--shard runs in this process, and an executor runs all shards.", mend="Leave one away.")
        return _run_shard(pool, plan, options)
    return _execute(pool, plan, options)


def _run_shard(pool: Repository, plan: Plan, options: PlanOptions) -> int:
    from commons.cli.choosing import choose_tasks
    from commons.evaluate.shard import ShardRequest, ShardRun, folder_name
    from commons.evaluate.surroundings import surroundings
    from commons.harness.sandbox import probe
    from commons.harness.store import ResponseStore

    number = options.shard or 0
    if not plan.shards:
        raise CannotRun("The plan has no shards: nothing is to be run.",
                        mend="Leave it, or see what is stale: commons plan")
    try:
        cells = plan.cells_of(plan.shard(number))
    except KeyError as error:
        raise CannotRun(f"The plan has no shard {number}.", mend=f"Its shards: 1 to {len(plan.shards)}.") from error
    if options.trust:
        say_trust()
    else:
        probe()
    here = {folder.name for folder in pool.task_folders()}
    names = tuple(sorted({cell.task for cell in cells} & here))
    tasks, _ = choose_tasks(pool, names, ()) if names else ([], 0)
    request = ShardRequest(
        plan, sha256_file(options.plan_file), number, {task.name: task for task in tasks},
        {model.id: model for model in pool.models()},
        options.output / folder_name(number) if options.output is not None else None, options.trust,
    )
    with ResponseStore(options.store or pool.work / "responses.sqlite") as store:
        _take_in(store, options.answers)
        shard, report = ShardRun(pool, store, _progress(), surroundings(pool.root, pool.work), request).run()
    for name, fault in report.errors:
        click.echo(f"{safe(name)}:", err=True)
        say_error(fault)
    if options.as_json:
        say_json(shard.model_dump(mode="json"))
    else:
        say_report(pool, report)
        _say_shard(shard, request.output)
    return 0 if shard.whole else 1


def _take_in(store: ResponseStore, answers: Path | None) -> None:
    from commons.harness.store_travel import import_

    if answers is not None:
        taken = import_(store, answers)
        click.echo(f"{taken.added} answers taken in, {taken.known} known already.", err=True)


def _progress() -> Progress:
    import time

    from commons.cli.progress import LiveProgress
    from commons.evaluate.progress import PROGRESS_VARIABLE, Noted

    live = LiveProgress()
    place = os.environ.get(PROGRESS_VARIABLE)
    return Noted(live, Path(place), time.monotonic) if place else live


def _say_shard(shard: ShardReport, output: Path | None) -> None:
    missing = [one for one in shard.cells if one.state in {"failed", "partial"}]
    where = f"; its folder: {output}" if output is not None else ""
    click.echo(f"Shard {shard.shard}: {len(shard.cells) - len(missing)} of {len(shard.cells)} cells whole{where}.")
    if shard.withheld and output is not None:
        names = ", ".join(shard.withheld)
        click.echo(f"No answers and no transcripts of {names} are in it: their cards withhold them.")


def _execute(pool: Repository, plan: Plan, options: PlanOptions) -> int:
    from commons.cli.progress import ShardsProgress
    from commons.evaluate.executors.base import Order, choose, execute
    from commons.evaluate.surroundings import surroundings

    name = options.executor or "local"
    settings = _settings(options.settings)
    choose(name, settings, output=options.output)
    digest = sha256_file(options.plan_file)
    order = Order(
        root=pool.root, plan_file=options.plan_file.resolve(), plan=plan, plan_sha256=digest,
        models={model.id: model for model in pool.models()},
        store=(options.store or pool.work / "responses.sqlite").resolve(), work=pool.work / "shards" / digest[:16],
        output=options.output.resolve() if options.output is not None else None, trust=options.trust,
        jobs=options.jobs, settings=settings, environment=dict(os.environ),
    )
    if not plan.shards:
        click.echo("The plan has no shards: nothing is to be run.")
        return 0
    if name == "local":
        _check_sandbox(options)
    # The salt of withheld item ids is made here, and not by two shards at once, each one of its own.
    surroundings(pool.root, pool.work)
    with ShardsProgress(plan) as watcher:
        ends = execute(name, order, watcher)
    return _say_ends(ends, options, order.work)


def _check_sandbox(options: PlanOptions) -> None:
    from commons.harness.sandbox import probe

    if options.trust:
        say_trust()
    else:
        probe()


def _say_ends(ends: Sequence[ShardEnd], options: PlanOptions, logs: Path) -> int:
    failed = [one for one in ends if not one.ok]
    if options.as_json:
        say_json({"shards": [{"shard": one.number, "ok": one.ok, "note": one.note} for one in ends],
                  "logs": str(logs)})
    elif ends:
        for one in failed:
            click.echo(f"shard {one.number}: {safe(one.note)}")
        click.echo(f"{len(ends) - len(failed)} of {len(ends)} shards done; what each said: {logs}")
        if options.output is not None:
            click.echo(f"Merge them: commons collect --plan {options.plan_file} {options.output}")
        if failed:
            click.echo("What was done is kept: run the same command to go on.")
    return 1 if failed else 0


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise CannotRun(f"--set {one} says no value.", mend="Write it as --set name=value; --set help lists them.")
        found[name] = value
    return found


def say_executors() -> None:
    """Print every executor with what it can be told."""
    from commons.evaluate.executors.base import executors

    for one in executors().values():
        click.echo(f"{one.name}: {one.summary}")
        for setting in one.settings:
            default = "must be given" if setting.default is None else f"default: {setting.default or 'empty'}"
            click.echo(f"  --set {setting.name}=...  {setting.help} [{default}]")
