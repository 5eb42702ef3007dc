"""``commons explain``: what went into a cell key, and what differs from the stored cell."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import (
    json_option,
    repository,
    root_option,
    safe,
    say_error,
    say_json,
    say_trust,
    trust_option,
)
from commons.errors import BadFile, CannotRun
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.secret import refuse_committed_work
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.harness.rendering import TaskRendering
    from commons.harness.sandbox import Confinement
    from commons.plan.explain import Explanation
    from commons.variants.registry import Variant
    from commons.variants.varied import Varied

#: So many items of a kind are named before the rest is counted.
_NAMED = 10


@click.command("explain", epilog="""\b
Examples:
  commons explain everyday_physics smollm2-135m-instruct
  commons explain everyday_physics smollm2-135m-instruct --json
  commons explain everyday_physics smollm2-135m-instruct --variant format-1

\b
Exit codes: 0 explained, 1 the task or the stored cell is broken, 2 could not explain.
""")
@click.argument("task")
@click.argument("model")
@click.option("--variant", default=CANONICAL, show_default=True, metavar="NAME",
              help="Explain the cell of the task put in this way; commons run --variant list lists them.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="The response store [default: .commons/responses.sqlite in the pool].")
@trust_option
@root_option
@json_option
def command(
    task: str, model: str, variant: str, store: Path | None, trust: bool, root: Path | None, as_json: bool
) -> int:
    """Say what goes into the key of the cell of TASK and MODEL, and what of it differs from the stored cell.

    Parts are named (a metric, a filter, the generation arguments, the model's arguments, ...), and so are the items
    that changed. Nothing is run but the rendering of the task, in the sandbox, where its folder is not the one that
    was rendered before.
    """
    from commons.harness.sandbox import Confinement
    from commons.plan.explain import explain
    from commons.plan.stored import StoredAnswers
    from commons.pool.hashing import model_hash
    from commons.pool.sentinels import read_drifts

    pool = repository(root)
    refuse_committed_work(pool.root, pool.work)
    entry, one, way = _model(pool, model), _task(pool, task), _way(variant)
    if trust:
        say_trust()
    code, stored = 0, None
    try:
        stored = pool.ledger.cell(one.name, entry.id, variant)
    except BadFile as error:
        say_error(error)
        code = 1
    drifts = read_drifts(pool.ledger.root, [entry])
    drift = drifts.since.get(entry.id)
    for broken in drifts.broken:
        say_error(broken.error)
        code = 1
    put, rendering, varied = _put(pool, one, way, Confinement.TRUST if trust else Confinement.SANDBOX)
    answers = StoredAnswers(store or pool.work / "responses.sqlite")
    try:
        known = answers.known(entry, model_hash(entry), drift)
        explanation = explain(rendering, put.card, entry, stored, known, drift, varied)
    finally:
        answers.close()
    if as_json:
        say_json({**asdict(explanation), "key": {**asdict(explanation.key), "cell_key": explanation.key.key}})
    else:
        for line in lines(explanation):
            click.echo(safe(line))
    return code


def _way(name: str) -> Variant | None:
    """The variant of that name; None for the canonical form."""
    from commons.variants.registry import chosen

    found = chosen((name,))
    if len(found) > 1:
        raise CannotRun(f"`{name}` is a kind of {len(found)} variants, and one cell is explained.",
                        mend="Name one of them: commons run --variant list")
    return found[0]


def _put(
    pool: Repository, task: Task, way: Variant | None, confinement: Confinement
) -> tuple[Task, TaskRendering, Varied | None]:
    """The task as it is put, rendered."""
    from commons.harness.renderings import rendering_of
    from commons.plan.varying import put_otherwise
    from commons.variants.registry import CannotVary
    from commons.variants.varied import Varied

    rendering = rendering_of(task, pool.work, confinement)
    if way is None:
        return task, rendering, None
    try:
        put = put_otherwise(task, way, rendering, pool.work, confinement)
    except CannotVary as error:
        raise CannotRun(f"The task `{task.name}` cannot be put as {way.name}. {error.sentence}") from error
    return *put, Varied(way.name, rendering.task_hash)


def lines(one: Explanation) -> list[str]:
    """The explanation for a person."""
    from commons.variants.varied import put_name

    found = [f"{one.task} on {put_name(one.model, one.variant)} ({one.form} form)"]
    if one.inapplicable:
        found.append(f"inapplicable: {one.inapplicable}")
    found.append(f"stored: {one.stored or 'nothing'}")
    if one.stored is not None and one.reason is None and not one.inapplicable:
        found.append("up to date: it holds today's key, and nothing is to be run")
    elif one.reason is not None:
        found.append(f"to be run: {one.reason}; {one.to_send:,} of {one.requests:,} requests are to be sent")
    found += _differences(one)
    found += ["", f"cell key {one.key.key[:16]}, over"]
    for name, digest in (("task", one.key.task_hash), ("model", one.key.model_hash),
                         ("protocol", one.key.protocol_hash)):
        found.append(f"  {name} {digest[:16]}")
        width = max((len(part) for part in one.parts[name]), default=0)
        found += [f"    {part:<{width}}  {value}" for part, value in one.parts[name].items()]
        if name == "task":
            found.append("    and every item: what is sent, and what it is graded against")
    return found


def _differences(one: Explanation) -> list[str]:
    found = [f"  {difference.of}: {difference.part} ({difference.how})" for difference in one.differences]
    items = one.items
    if items is not None and items.known:
        found += [f"  items {what}: {', '.join(names[:_NAMED])}"
                  + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
                  for what, names in (("changed", items.changed), ("added", items.added), ("removed", items.removed))
                  if names]
    elif items is not None and one.reason == "task changed" and not any(d.of == "task" for d in one.differences):
        found.append("  items: some differ, and at this publish level the stored cell does not say which")
    return ["", "what differs from the stored cell:", *found] if found else []


def _model(pool: Repository, name: str) -> Model:
    models = {model.id: model for model in pool.models()}
    if name not in models:
        raise CannotRun(f"There is no model `{name}` in models.yaml.", mend=f"Known models: {', '.join(models)}.")
    return models[name]


def _task(pool: Repository, name: str) -> Task:
    folder = Path(name).name
    tasks, broken = pool.tasks({folder})
    for one in broken:
        raise one.error
    if not tasks:
        known = ", ".join(one.name for one in pool.task_folders()) or "none"
        raise CannotRun(f"There is no task `{name}` in {pool.tasks_folder}.", mend=f"Known tasks: {known}.")
    return tasks[0]
