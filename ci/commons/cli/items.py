"""``commons items``: a task's items with models as test-takers, and which of them a person should read."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_folders
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json

if TYPE_CHECKING:
    from commons.analyse.items import TaskItems
    from commons.stats.items.irt import IrtFit


@click.command("items", epilog="""\b
Examples:
  commons items everyday_physics
  commons items everyday_physics --all
  commons items everyday_physics --irt --json

\b
Exit codes: 0 nothing to act on, 1 more items to read than right golds would list, 2 could not run.
""")
@click.argument("task")
@click.option("--all", "every", is_flag=True, help="Show every item, and not only those worth a look.")
@click.option("--irt", "wants_irt", is_flag=True,
              help="Put items and models on one scale (item response theory); takes seconds.")
@root_option
@json_option
def command(task: str, every: bool, wants_irt: bool, root: Path | None, as_json: bool) -> int:
    """Look at the items of TASK: how hard they are, what they tell, and which may have a wrong gold.

    Says first how many diverse models answered (models of one family or base count once) and what so many allow to
    say. Below 10, or where the items do not tell the models apart, no gold is judged; nothing is ever removed. What is
    found wrong belongs into `known_broken` in the card, until the item is mended.
    """
    from commons.analyse.items import items_of
    from commons.cli.items_words import lines_of

    pool = repository(root)
    (folder,) = choose_folders(pool, [task], ())
    tasks, broken = pool.tasks({folder.name})
    if broken:
        raise broken[0].error
    found = items_of(pool, tasks[0])
    fit, why_not = _irt(found) if wants_irt else (None, "")
    if as_json:
        say_json(_as_json(found, fit, why_not))
    else:
        for line in lines_of(found, every=every, fit=fit, why_not=why_not):
            click.echo(safe_whole(line))
    return 1 if found.to_act_on else 0


def _irt(found: TaskItems) -> tuple[IrtFit | None, str]:
    """The fit, or why there is none."""
    from commons.analyse.items import irt_of

    try:
        return irt_of(found), ""
    except ValueError as error:
        return None, str(error)


def _as_json(found: TaskItems, fit: IrtFit | None, why_not: str) -> dict[str, object]:
    document: dict[str, object] = {
        "task": found.matrix.task, "models": found.matrix.models, "groups": found.groups,
        "diverse_models": found.diversity.count, "trust": found.trust.value, "keys_not_judged": found.silent,
        "alpha": found.alpha, "by_luck": None if found.luck is None else asdict(found.luck),
        "to_act_on": bool(found.to_act_on), "items": [asdict(one) for one in found.reports],
        "worth_a_look": [one.item for one in found.worth_a_look], "left_out": [asdict(one) for one in found.left_out],
    }
    if fit is not None:
        document["irt"] = _fit_as_json(found, fit)
    elif why_not:
        document["irt"] = {"model": None, "why_not": why_not}
    return document


def _fit_as_json(found: TaskItems, fit: IrtFit) -> dict[str, object]:
    """The fit; an item's information at the ability of the best model says whether it still tells the best apart."""
    from commons.stats.items.irt import information

    told = information(fit, fit.ability.max(keepdims=True))[:, 0]
    return {
        "model": "1PL" if fit.shared_slope else "2PL", "log_likelihood": fit.log_likelihood,
        "items": [
            {"item": item, "slope": float(fit.slope[place]), "difficulty": float(fit.difficulty[place]),
             "at_bound": bool(fit.at_bound[place]), "information_at_the_best": float(told[place])}
            for place, item in enumerate(found.matrix.items) if not math.isnan(fit.slope[place])],
        "models": [
            {"model": found.matrix.models[model], "ability": float(fit.ability[place]),
             "sd": float(fit.ability_sd[place])}
            for place, model in enumerate(found.diversity.chosen)],
    }
