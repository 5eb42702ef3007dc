"""``commons sensitivity``: how much a result owes to the wording of its prompt."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import named_models
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.errors import CannotRun
from commons.pool.repository import Repository
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.analyse.sensitivity import ModelSensitivity, TaskSensitivity


@click.command("sensitivity", epilog="""\b
Examples:
  commons sensitivity everyday_physics
  commons sensitivity everyday_physics smollm2-135m-instruct
  commons sensitivity everyday_physics --json

\b
Exit codes: 0 said, 1 the task is broken, 2 could not say: no such task, or no canonical cell that counts.
""")
@click.argument("task")
@click.argument("model", required=False)
@root_option
@json_option
def command(task: str, model: str | None, root: Path | None, as_json: bool) -> int:
    """Say what the results of TASK (of MODEL, or of all) owe to the wording of the prompt.

    A format is the same prompt with other labels, separators, gaps, signs of options or order of options: nine are
    drawn by a committed seed, the same for every model. A headline is of one format; where others were run
    (`commons run TASK --variant format`), this gives the mean over all of them with an interval that counts formats,
    whether the headline's format stands out, the spread with the formats that make it, the part of the uncertainty
    that is the format's, and which models change places. Variances and methods: --json.
    """
    from commons.analyse.sensitivity import sensitivity

    pool = repository(root)
    named = [one.id for one in named_models(pool.models(), [model] if model else [])]
    found = sensitivity(pool, _task(pool, task), named)
    if not found.models:
        raise CannotRun(f"No canonical cell of {task}{f' on {model}' if model else ''} enters comparisons.",
                        mend=f"Measure it: commons run {task}" + (f" --model {model}" if model else ""))
    if as_json:
        say_json(_as_json(found))
    else:
        from commons.cli.sensitivity_words import sensitivity_lines

        for line in sensitivity_lines(found):
            click.echo(safe_whole(line))
    return 0


def _task(pool: Repository, name: str) -> Task:
    tasks, broken = pool.tasks({name})
    if broken:
        raise broken[0].error
    if not tasks:
        raise CannotRun(f"There is no task `{name}` in {pool.tasks_folder}.",
                        mend=f"Known tasks: {', '.join(folder.name for folder in pool.task_folders()) or 'none'}.")
    return tasks[0]


def _as_json(found: TaskSensitivity) -> dict[str, object]:
    return {
        "task": found.task, "unit": found.unit, "higher_is_better": found.higher_is_better,
        "formats_possible": found.possible, "why_none": found.why_none,
        "models": [_model_json(one) for one in found.models],
        "shared_formats": list(found.shared_formats),
        "orders": [{"first": one.first, "second": one.second, "first_above": one.order.above,
                    "first_below": one.order.below, "level": one.order.level, "kept": one.order.kept}
                   for one in found.orders],
    }


def _model_json(one: ModelSensitivity) -> dict[str, object]:
    spread = one.spread
    return {
        "model": one.model, "prompts": one.prompts, "items": one.items,
        "headline": {**one.headline.model_dump(mode="json"), "prompts": 1},
        "formats": [{"variant": each.variant, "words": each.words, "value": each.value} for each in one.formats],
        "left_out": [{"variant": each.variant, "reason": each.reason} for each in one.missing],
        "why_not": one.why_not,
        "answers_to_run_them": 0 if one.asking is None else one.asking.answers,
        "over_formats": None if spread is None else {
            "mean": spread.mean, "stderr": None if math.isnan(spread.stderr) else spread.stderr,
            "interval": spread.interval, "method": spread.method,
            "sd": spread.sd, "low": spread.low, "high": spread.high, "spread": spread.spread,
            "spread_interval": spread.spread_interval,
            "headline_apart": None if spread.apart is None else {
                "value": spread.apart.value, "interval": spread.apart.interval,
                "stderr": None if math.isnan(spread.apart.stderr) else spread.apart.stderr},
            "variance": {"item": spread.components.item, "prompt": spread.components.prompt,
                         "residual": spread.components.residual, "below_zero": list(spread.components.negative),
                         "share_of_score": spread.components.share_of_score,
                         "share_of_answer": spread.components.share_of_answer},
        },
    }
