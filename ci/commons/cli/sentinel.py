"""``commons sentinel``: ask endpoints that are not pinned the same few items again, to see whether they drifted."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_tasks, named_models
from commons.cli.common import json_option, repository, root_option, safe, say_error, say_json, say_trust, trust_option
from commons.cli.plan import caps_of
from commons.errors import CannotRun
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import is_watched

if TYPE_CHECKING:
    from commons.evaluate.sentinel import Watch, Watched
    from commons.pool.sentinels import Check


@click.command("sentinel", epilog="""\b
Examples:
  commons sentinel --output checks                        every endpoint that is not pinned
  commons sentinel --model my-endpoint --output checks --dry-run
  commons sentinel --output checks --usd-per-run 1 --usd-per-month 20

\b
Exit codes: 0 checked (drifted or not), 1 an endpoint could not be checked, 2 could not run.
""")
@click.option("--model", "models", multiple=True, metavar="ID", help="An endpoint of models.yaml; may be repeated.")
@click.option("--items", type=click.IntRange(1, 100), default=20, show_default=True,
              help="How many items each endpoint is asked, twice; fewer than 10 say nothing.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
              help="Leave the checks in DIR, one file for each model.")
@click.option("--usd-per-run", type=click.FloatRange(min=0), default=None, metavar="X",
              help="The most that all checks together may cost [default: no cap].")
@click.option("--usd-per-month", type=click.FloatRange(min=0), default=None, metavar="Y",
              help="The most that all runs of this month (UTC) may cost, less what they did [default: no cap].")
@click.option("--dry-run", is_flag=True, help="Ask nothing; say which items would be asked, and what it could cost.")
@trust_option
@root_option
@json_option
def command(
    models: tuple[str, ...], items: int, output: Path, usd_per_run: float | None, usd_per_month: float | None,
    dry_run: bool, trust: bool, root: Path | None, as_json: bool,
) -> int:
    """Ask endpoints that are not pinned the same few items as before, and say whether they answer otherwise.

    Each item is asked twice, and the stored answers are neither read nor written. An endpoint has drifted where more
    answers differ from an earlier check's than its own noise explains; its cells are then stale, once the check
    stands under results/sentinels. Items are taken from whole cells of today's key.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    pool = repository(root)
    watched = _watched(pool, models)
    caps = caps_of(pool, usd_per_run, usd_per_month, datetime.datetime.now(datetime.timezone.utc))
    watch = _watch(pool, watched, items, caps.left if caps.given else None, trust=trust)
    done = [watch.check(model, None if dry_run else output) for model in watched]
    if as_json:
        say_json({"models": [_as_json(one) for one in done]})
    elif not done:
        click.echo("No endpoint of models.yaml is unpinned: nothing can drift.")
    else:
        for one in done:
            _say(one)
    return 1 if any(one.error is not None or _is_silent(one.check) for one in done) else 0


def _watched(pool: Repository, ids: Sequence[str]) -> list[Model]:
    """The named endpoints, or all that are not pinned.

    Raises:
        CannotRun: one of those named is pinned, or runs here.
    """
    known = pool.models()
    if not ids:
        return [model for model in known if is_watched(model)]
    chosen = named_models(known, ids)
    for model in chosen:
        if not is_watched(model):
            raise CannotRun(f"`{model.id}` cannot drift: its weights are pinned in models.yaml.",
                            mend="Name an endpoint with `pinned: false`, or none to check them all.")
    return chosen


def _watch(pool: Repository, models: Sequence[Model], items: int, dollars: float | None, *, trust: bool) -> Watch:
    """What checks endpoints, with every task rendered that one of them has a cell of."""
    from commons.cli.progress import LiveProgress
    from commons.evaluate.report import RunReport
    from commons.evaluate.run import render_all
    from commons.evaluate.sentinel import Watch
    from commons.evaluate.surroundings import surroundings
    from commons.harness.sandbox import Confinement, probe

    names = [folder.name for folder in pool.task_folders()
             if any(pool.ledger.cell_path(folder.name, model.id).exists() for model in models)]
    progress, report = LiveProgress(), RunReport()
    if trust:
        say_trust()
    elif names:
        probe()
    tasks, _ = choose_tasks(pool, names, ()) if names else ([], 0)
    confinement = Confinement.TRUST if trust else Confinement.SANDBOX
    rendered = render_all(tasks, pool.work, confinement, progress, report)
    for name, error in report.errors:
        click.echo(f"{safe(name)} gives no items:", err=True)
        say_error(error)
    return Watch(pool.ledger, rendered, progress, surroundings(pool.root, pool.work), items=items, dollars=dollars)


def _is_silent(check: Check | None) -> bool:
    """Whether a check that had something to hold its answers against could not say anything."""
    return check is not None and check.drifted is None and (check.baseline is not None or check.answered == 0)


def verdict(check: Check) -> str:
    """What a check found, in words."""
    faults = f"; {check.faults} of {len(check.items)} items had no answer" if check.faults else ""
    if check.baseline is None:
        return f"a new baseline of {check.answered} items: nothing to hold it against yet{faults}"
    counts = (f"{check.changed} of {check.n} items are answered otherwise than on {check.baseline.date().isoformat()}, "
              f"{check.noisy} otherwise when asked twice{faults}")
    if check.drifted is None or check.p is None:
        return f"could not say, which is not the same as no drift: {counts}"
    return f"{'DRIFTED' if check.drifted else 'no drift seen'}: {counts} (p = {check.p:.2g})"


def _say(one: Watched) -> None:
    if one.error is not None:
        click.echo(f"{one.model}: not checked", err=True)
        say_error(one.error)
    elif one.check is not None:
        click.echo(f"{one.model}: {verdict(one.check)}")
    else:
        click.echo(f"{one.model}: not checked: {one.why}")
        if one.items:
            tasks = ", ".join(sorted({item.task for item in one.items}))
            click.echo(f"  {len(one.items)} items of {tasks}, twice each; at most ${one.most_dollars:.4f}")


def _as_json(one: Watched) -> dict[str, object]:
    return {
        "model": one.model, "check": None if one.check is None else one.check.model_dump(mode="json"),
        "file": None if one.path is None else str(one.path), "why": one.error.sentence if one.error else one.why,
        "items": [item.with_answers(None, None).model_dump(include={"task", "item"}) for item in one.items],
        "most_dollars": one.most_dollars,
    }
