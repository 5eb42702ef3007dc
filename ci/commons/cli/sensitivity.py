"""``commons sensitivity``: how much a result owes to the wording of its prompt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import named_models
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json
from commons.errors import CannotRun
from commons.pool.repository import Repository
from commons.pool.task import Task

if TYPE_CHECKING:
    from commons.analyse.sensitivity import FormatScore, ModelSensitivity, TaskSensitivity
    from commons.stats.prompt import PromptSpread


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
    drawn by a committed seed, the same for every model. A headline is of one prompt; where formats were run
    (`commons run TASK --variant format`), this gives the mean over all of them with an error that counts the prompt,
    the spread with the formats that make it, the part of the variance that is the prompt's, and which models change
    places.
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
        for line in _lines(found):
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


def _lines(found: TaskSensitivity) -> Iterator[str]:
    if found.why_none:
        yield f"{found.task}: no other formats. {found.why_none}"
    else:
        yield f"{found.task}: the canonical prompt and {found.possible} other format{'s' * (found.possible > 1)}."
    for one in found.models:
        yield ""
        yield from _model_lines(found, one)
    yield from _order_lines(found)


def _model_lines(found: TaskSensitivity, one: ModelSensitivity) -> Iterator[str]:
    from commons.publish.numbers import show

    sign = "%" if found.unit == "proportion" else f" {found.unit}"
    shown = show(one.headline, found.unit)
    interval = f", 95% interval {shown.interval}" if shown.interval else ""
    yield one.model
    yield f"  headline: {shown}{sign}{interval} (n={one.headline.n}), over one prompt, and for that one alone"
    if one.spread is not None:
        yield from _spread_lines(found, one, one.spread)
    else:
        yield f"  over formats: not said. {one.why_not}"
        if one.prompts > 1:
            yield from (f"    {_format(found, each)}" for each in one.formats)
    reasons: dict[str, list[str]] = {}
    for each in one.missing:
        reasons.setdefault(each.reason, []).append(each.variant)
    yield from (f"  left out: {', '.join(names)}. {reason}" for reason, names in reasons.items())
    if one.missing:
        yield f"  run them: commons run {found.task} --model {one.model} --variant format"


def _spread_lines(found: TaskSensitivity, one: ModelSensitivity, spread: PromptSpread) -> Iterator[str]:
    sign = "%" if found.unit == "proportion" else f" {found.unit}"
    interval = "" if spread.interval is None else f", 95% interval {_number(found, *spread.interval)}{sign}"
    yield (f"  mean over {one.prompts} prompts: {_number(found, spread.mean)}{sign}{interval} "
           f"(n={one.items} items; standard error {_apart(found, spread.stderr)}, which counts items and prompts)")
    yield f"  standard deviation over prompts: {_apart(found, spread.sd)}"
    lowest, highest = (min(one.formats, key=_value), max(one.formats, key=_value))
    yield f"  lowest:  {_format(found, lowest)}"
    yield f"  highest: {_format(found, highest)}"
    known = "" if spread.spread_interval is None else (
        f", 95% interval of the true spread {_range_apart(found, *spread.spread_interval)}")
    yield f"  spread: {_apart(found, spread.spread)}{known}"
    yield f"  {_share_of(spread)}"


def _share_of(spread: PromptSpread) -> str:
    """What part of the variance the prompt has."""
    parts = spread.components
    if parts.share_of_score is None:
        return "variance: nothing varies, over items or over prompts."
    note = "".join(f"; the estimate for the {name} fell below 0 and counts as 0" for name in parts.negative)
    return (f"of the variance of a score from one prompt on {parts.items} items, {100 * parts.share_of_score:.0f}% is "
            f"owed to the prompt (variances: items {parts.item:.3g}, prompts {parts.prompt:.3g}, "
            f"rest {parts.residual:.3g}{note})")


def _order_lines(found: TaskSensitivity) -> Iterator[str]:
    if not found.orders:
        return
    kept = sum(one.order.kept for one in found.orders)
    yield ""
    yield (f"order of models over {len(found.shared_formats)} prompts (of scores as they are, without their errors): "
           f"{kept} of {len(found.orders)} pairs never change places")
    for one in found.orders:
        if not one.order.kept:
            yield (f"  {one.first} is above {one.second} in {one.order.above}, below in {one.order.below}, "
                   f"level in {one.order.level}")


def _format(found: TaskSensitivity, one: FormatScore) -> str:
    sign = "%" if found.unit == "proportion" else f" {found.unit}"
    return f"{_number(found, one.value)}{sign} {one.variant}: {one.words}"


def _value(one: FormatScore) -> float:
    return one.value


def _number(found: TaskSensitivity, *values: float) -> str:
    """Numbers in the headline's unit, proportions in percent with one decimal."""
    return " to ".join(f"{100 * one:.1f}" if found.unit == "proportion" else f"{one:.4g}" for one in values)


def _apart(found: TaskSensitivity, value: float) -> str:
    """A difference: of proportions in points."""
    return f"{100 * value:.1f} points" if found.unit == "proportion" else f"{value:.3g} {found.unit}"


def _range_apart(found: TaskSensitivity, low: float, high: float) -> str:
    """A range of differences."""
    return f"{_number(found, low, high)} {'points' if found.unit == 'proportion' else found.unit}"


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
        "over_formats": None if spread is None else {
            "mean": spread.mean, "stderr": spread.stderr, "interval": spread.interval, "method": spread.method,
            "sd": spread.sd, "low": spread.low, "high": spread.high, "spread": spread.spread,
            "spread_interval": spread.spread_interval,
            "variance": {"item": spread.components.item, "prompt": spread.components.prompt,
                         "residual": spread.components.residual, "below_zero": list(spread.components.negative),
                         "share_of_score": spread.components.share_of_score,
                         "share_of_answer": spread.components.share_of_answer},
        },
    }
