"""``commons plan``: which cells to run, why, at what cost, in which shards."""

from __future__ import annotations

import dataclasses
import datetime
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_folders, models_to_plan
from commons.cli.common import (
    json_option,
    repository,
    root_option,
    safe,
    say_error,
    say_problems,
    say_trust,
    trust_option,
)
from commons.errors import BadFile, CannotRun
from commons.pool.models import Model
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.harness.sandbox import Confinement
    from commons.plan.caps import Caps
    from commons.plan.make import Planning, PlanRequest
    from commons.plan.memo import Memo
    from commons.plan.plan import Plan

#: So many broken cell files are named one by one.
_SHOWN = 3

EXAMPLES = """\b
Examples:
  commons plan                                       what is stale, and what it costs
  commons plan my_task --model smollm2-135m-instruct
  commons plan --output plan.json                    then: commons run --plan plan.json --shard 1
  commons plan --endpoints --budget 20USD,6h         the most telling cells that this pays for
  commons plan --endpoints --usd-per-run 5 --usd-per-month 20
  commons plan --on cuda --shards 8 --output gpu.json
  commons plan --variant canonical --variant format --output plan.json
  commons plan --output plan.json --matrix           the matrix of a GitHub workflow

\b
Exit codes: 0 planned, 1 planned without tasks that are broken, 2 could not plan.
"""


@click.command("plan", epilog=EXAMPLES)
@click.argument("tasks", nargs=-1)
@click.option("--model", "models", multiple=True, metavar="ID", help="A model of models.yaml; may be repeated.")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="The tasks of a suite; may be repeated.")
@click.option("--variant", "variants", multiple=True, metavar="NAME",
              help="Plan the tasks put in this way and not in the canonical one; may be repeated. A kind (format, "
                   "robustness, fairness) stands for all of it; commons run --variant list lists them.")
@click.option("--ready", is_flag=True, help="Only models whose weights are on this machine, where none is named.")
@click.option("--endpoints", is_flag=True, help="Also the models behind endpoints, which cost money.")
@click.option("--force", is_flag=True, help="Plan cells again that are whole and of today's key.")
@click.option("--budget", metavar="LIMIT", default=None,
              help="20USD, 6h, 90m or 20USD,6h: what tells most for its cost comes first, the rest is listed.")
@click.option("--usd-per-run", type=click.FloatRange(min=0), default=None, metavar="X",
              help="The most that this plan may cost, by an estimate that errs high [default: no cap].")
@click.option("--usd-per-month", type=click.FloatRange(min=0), default=None, metavar="Y",
              help="The most that all runs of this month (UTC) may cost, less what they did [default: no cap].")
@click.option("--shards", type=click.IntRange(1, 256), default=256, show_default=True, help="The most shards.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=30, show_default=True,
              help="How long a shard should take; small plans get fewer shards.")
@click.option("--on", "hardware", multiple=True, type=click.Choice(["cpu", "cuda", "endpoint"]),
              help="The hardware to plan for; may be repeated [default: cpu and endpoint].")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The response store [default: .commons/responses.sqlite in the pool].")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Write the plan, for commons run --plan on any machine.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a job's summary.")
@click.option("--matrix", is_flag=True, help='Print {"shard": [1, 2, ...]} on one line, for a workflow.')
@click.option("--sentinels", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="First take in the checks that commons sentinel left there, where there is such a folder.")
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add the plan in Markdown to this file, as for a job's summary.")
@click.option("--outputs", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add sha=, shards= (how many) and matrix= to this file, as for a job's outputs.")
@trust_option
@root_option
@json_option
def command(
    tasks: tuple[str, ...], models: tuple[str, ...], suites: tuple[str, ...], ready: bool, endpoints: bool,
    force: bool, budget: str | None, usd_per_run: float | None, usd_per_month: float | None, shards: int,
    minutes: float, hardware: tuple[str, ...], store: Path | None, output: Path | None, markdown: bool, matrix: bool,
    sentinels: Path | None, summary: Path | None, outputs: Path | None, trust: bool, root: Path | None, as_json: bool,
    variants: tuple[str, ...],
) -> int:
    """Say which cells of TASKS (all, if none is named) are to be run, why, and what that costs.

    Nothing is run and nothing is sent. Tasks that changed are rendered in the sandbox to learn their hash; all else
    comes from memos, so that planning costs as much as what changed. A cell is planned because it is new or partial,
    or because its task, its model, the protocol or its card changed; what cannot exist is named with why. Models
    behind endpoints cost money and are planned only when named, or with --endpoints. Canonical cells are planned, or
    those of the variants that --variant names.
    """
    from commons.plan.budget import parse_budget
    from commons.plan.make import USUAL, PlanRequest
    from commons.plan.planfile import to_text
    from commons.plan.words import to_console, to_markdown

    if sum((as_json, markdown, matrix)) > 1:
        raise CannotRun("--json, --markdown and --matrix each print something else.", mend="Give one of them.")
    limit = parse_budget(budget) if budget is not None else None
    now = datetime.datetime.now(datetime.timezone.utc)
    pool = repository(root)
    known = pool.models()
    if sentinels is not None:
        _take(pool, sentinels, now)
    chosen, waiting = models_to_plan(known, models, endpoints=endpoints, ready=ready)
    request = PlanRequest(
        folders=choose_folders(pool, tasks, suites), models=chosen, known=known, force=force,
        on=frozenset(hardware) or USUAL, budget=limit, caps=caps_of(pool, usd_per_run, usd_per_month, now),
        most_shards=shards, minutes=minutes, commit=_commit(pool), made=now,
    )
    if trust:
        say_trust()
    planning = make(pool, request, store, trust=trust, to_collect=output is not None or as_json, variants=variants)
    plan = planning.plan
    _say_broken(planning)
    _write(plan, output, summary, outputs)
    if as_json:
        click.echo(to_text(plan), nl=False)
    elif matrix:
        click.echo(_matrix(plan))
    else:
        click.echo(to_markdown(plan) if markdown else to_console(plan), nl=False)
        if not markdown:
            _say_next(planning, output, waiting)
    return 1 if planning.broken_tasks else 0


def _write(plan: Plan, output: Path | None, summary: Path | None, outputs: Path | None) -> None:
    from commons.plan.planfile import write_plan
    from commons.plan.words import to_markdown

    if output is not None:
        write_plan(plan, output)
    if summary is not None:
        _add(summary, to_markdown(plan))
    if outputs is not None:
        _add(outputs, f"sha={plan.commit or ''}\nshards={len(plan.shards)}\nmatrix={_matrix(plan)}\n")


def _matrix(plan: Plan) -> str:
    return json.dumps({"shard": [shard.number for shard in plan.shards]})


def _add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)


def _take(pool: Repository, folder: Path, now: datetime.datetime) -> None:
    """Take checks into this checkout's ledger; what does not hold is said, and stops no plan."""
    from commons.evaluate.sentinel_taking import take_sentinels

    if not folder.is_dir():
        return
    try:
        take_sentinels(pool, folder, pool.models(), now)
    except BadFile as error:
        say_problems(error.problems)


def caps_of(pool: Repository, per_run: float | None, per_month: float | None, now: datetime.datetime) -> Caps:
    """The caps on money, with what was spent of the month's.

    Raises:
        BadFile: what was spent cannot be read.
    """
    from commons.plan.caps import Caps
    from commons.pool.spending import month_of, spent_in

    month = month_of(now)
    return Caps(per_run, per_month, month, 0.0 if per_month is None else spent_in(pool.ledger.root, month))


def make(
    pool: Repository, request: PlanRequest, store: Path | None, *, trust: bool = False, to_collect: bool = True,
    variants: tuple[str, ...] = (),
) -> Planning:
    """Plan over ``pool`` with its memo, its ledger and its response store; canonical cells if no variant is named.

    A plan that only somebody looks at needs nothing that results are held against (``to_collect``).

    Raises:
        CannotRun: there is no such variant.
    """
    from commons.cli.progress import LiveProgress
    from commons.harness.sandbox import Confinement
    from commons.plan.facts import facts_maker
    from commons.plan.index import Index
    from commons.plan.make import Planner
    from commons.plan.memo import Memo
    from commons.plan.outlines import Outlines, rendering_maker
    from commons.plan.stored import StoredAnswers
    from commons.pool.sentinels import read_drifts

    confinement = Confinement.TRUST if trust else Confinement.SANDBOX
    drifts = read_drifts(pool.ledger.root, request.models)
    request = dataclasses.replace(request, drifts=drifts.since)
    with Memo(pool.work / "plan.sqlite") as memo:
        answers = StoredAnswers(store or pool.work / "responses.sqlite")
        try:
            outlines = Outlines(memo, rendering_maker(pool, confinement), confinement, time.time_ns)
            index = Index(pool.ledger, memo, time.time_ns)
            if to_collect:
                request = dataclasses.replace(request, facts=facts_maker(pool, confinement))
            if variants:
                request = _put_in(request, pool, memo, confinement, variants)
            planning = Planner(outlines, index, answers, LiveProgress(unit="tasks")).plan(request)
            return dataclasses.replace(planning, broken_cells=(*drifts.broken, *planning.broken_cells))
        finally:
            answers.close()


def _put_in(
    request: PlanRequest, pool: Repository, memo: Memo, confinement: Confinement, names: tuple[str, ...]
) -> PlanRequest:
    """The request for the tasks put in these ways."""
    from commons.plan.facts import facts_maker
    from commons.plan.make import Way
    from commons.plan.outlines import Outlines, varying_maker
    from commons.variants.registry import chosen

    variants = chosen(names)
    ways = tuple(
        Way(one.name, Outlines(memo, varying_maker(pool, confinement, one), confinement, time.time_ns, one.name),
            None if request.facts is None else facts_maker(pool, confinement, one))
        for one in variants if one is not None
    )
    return dataclasses.replace(request, canonical=None in variants, ways=ways)


def _commit(pool: Repository) -> str | None:
    from commons.pool.git import GitFailed, commit_of

    try:
        return commit_of(pool.root, "HEAD")
    except GitFailed:
        return None


def _say_broken(planning: Planning) -> None:
    for task in planning.broken_tasks:
        click.echo(f"{safe(task.put)} is not planned:", err=True)
        say_error(task.error)
    for cell in planning.broken_cells[:_SHOWN]:
        say_error(cell.error)
    if (more := len(planning.broken_cells) - _SHOWN) > 0:
        click.echo(f"and {more:,} more cell files that cannot be read: commons verify names them all", err=True)


def _say_next(planning: Planning, output: Path | None, waiting: list[Model]) -> None:
    plan = planning.plan
    if waiting:
        names = ", ".join(model.id for model in waiting[:3]) + (", ..." if len(waiting) > 3 else "")
        click.echo(f"\nNot asked for, because they cost money: {names}. Add them with --endpoints, or name one.")
    if not plan.cells:
        click.echo("\nNothing to run.")
    elif output is None:
        click.echo("\nNext: commons plan --output plan.json, with the same options")
    else:
        click.echo(f"\nNext: commons run --plan {safe(str(output))} --shard 1"
                   + (f" (of {len(plan.shards)})" if len(plan.shards) > 1 else ""))
