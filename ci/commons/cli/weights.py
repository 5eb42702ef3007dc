"""``commons weights``: fetch the weights of models from the Hub."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.choosing import named_models
from commons.cli.common import repository, root_option, safe, say_error
from commons.cli.plan_file import open_plan
from commons.errors import CannotRun, CommonsError
from commons.pool.models import Model
from commons.pool.repository import Repository


@click.command("weights", epilog="""\b
Examples:
  commons weights gpt2 pythia-160m
  commons weights --plan plan.json --shard 2     those that a shard needs

\b
Exit codes: 0 all are here, 1 some are not, 2 could not run.
""")
@click.argument("models", nargs=-1)
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="Fetch what this plan's cells need.")
@click.option("--shard", type=click.IntRange(min=1), default=None, help="Only what this shard of the plan needs.")
@root_option
def command(models: tuple[str, ...], plan_file: Path | None, shard: int | None, root: Path | None) -> int:
    """Fetch the weights of MODELS from the Hub, at the revision that models.yaml pins.

    Nothing else of this program downloads weights unasked. Models of a package and behind endpoints need nothing.
    """
    from commons.engines.download import download

    pool = repository(root)
    missing = 0
    for model in _chosen(pool, models, plan_file, shard):
        try:
            done = download(model)
        except CommonsError as error:
            say_error(error)
            missing += 1
            continue
        where = f"in {done.folder}" if done.folder else f"nothing to fetch: {done.why}"
        click.echo(f"{model.id}: {safe(where)}")
    return 1 if missing else 0


def _chosen(pool: Repository, names: tuple[str, ...], plan_file: Path | None, shard: int | None) -> list[Model]:
    if plan_file is None:
        if not names:
            raise CannotRun("No model is named.", mend="Name one of models.yaml, or give --plan.")
        return named_models(pool.models(), names)
    plan = open_plan(plan_file)
    try:
        cells = plan.cells if shard is None else plan.cells_of(plan.shard(shard))
    except KeyError as error:
        raise CannotRun(f"The plan has no shard {shard}.", mend=f"Its shards: 1 to {len(plan.shards)}.") from error
    return named_models(pool.models(), dict.fromkeys(one.model for one in cells))
