"""``commons show``: a task, a model or a cell, as a person or a machine reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, safe, safe_whole, say_json
from commons.errors import BadFile, CannotRun, Problem, Where
from commons.pool import cellfile
from commons.pool.cell import CANONICAL, Cell, Row
from commons.pool.rendered import RenderedItem
from commons.pool.repository import Repository

_TASK = re.compile(r"[a-z][a-z0-9_]{2,63}")
_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@click.command("show", epilog="""\b
Examples:
  commons show everyday_physics
  commons show smollm2-135m-instruct
  commons show everyday_physics smollm2-135m-instruct --items 5
  commons show everyday_physics smollm2-135m-instruct@format-1
""")
@click.argument("names", nargs=-1, required=True, metavar="TASK|MODEL [MODEL]")
@click.option("--items", type=click.IntRange(min=0), default=3, show_default=True, help="Rows of a cell to show.")
@root_option
@json_option
def command(names: tuple[str, ...], items: int, root: Path | None, as_json: bool) -> int:
    """Show the cells of a task or a model, or one cell with its metrics and its first rows."""
    pool = repository(root)
    cells = _cells(pool, names)
    if as_json:
        say_json([_as_json(cell) for cell in cells])
    elif len(names) == 2:
        for line in cell_lines(pool, cells[0], items):
            click.echo(line)
    else:
        for cell in cells:
            click.echo(safe(headline(pool, cell)))
        if all(cell.identity.origin == "external" for cell in cells):
            click.echo(safe(f"All that is known of {names[0]} was imported; nothing of it was measured here."))
    return 0


def _cells(pool: Repository, names: tuple[str, ...]) -> list[Cell]:
    if len(names) > 2:
        raise CannotRun("Name a task, a model, or a task and a model.")
    try:
        found = [_one(pool, *names)] if len(names) == 2 else _of_name(pool, names[0])
    except (ValueError, ArithmeticError, RecursionError) as error:
        sentence = f"A cell holds a value that cannot be read ({type(error).__name__})."
        raise CannotRun(sentence, mend="See which: commons site build") from error
    for cell in found:
        _refuse_wild(pool, cell)
    return found


def _one(pool: Repository, task: str, column: str) -> Cell:
    """The cell of a task on a model, or on ``model@variant``; names become a path only once their form is known."""
    model, at, variant = column.partition("@")
    if not _TASK.fullmatch(task):
        raise CannotRun(f"`{task}` is no task's name.", mend="A task's name holds lower-case letters, digits and `_`.")
    if not _MODEL.fullmatch(model) or (at and not _VARIANT.fullmatch(variant)):
        raise CannotRun(f"`{column}` is no model's id.", mend="The ids stand in models.yaml.")
    cell = pool.ledger.cell(task, model, variant or CANONICAL)
    if cell is None:
        raise _no_cell(pool, task, model, variant)
    return cell


def _no_cell(pool: Repository, task: str, model: str, variant: str) -> CannotRun:
    """What to do where there is no such cell: look at what was imported, measure it, or see what there is."""
    from commons.variants.registry import all_variants

    imported = [path.stem for path in pool.ledger.cell_paths()
                if path.parent.name == task and path.stem.startswith(f"{model}@external")]
    if imported and not variant:
        return CannotRun(f"{model} was not measured here on {task}; there is an imported result.",
                         mend=f"See it: commons show {task} {imported[0]}")
    known = variant in {one.name for one in all_variants()}
    measure = f"Measure it: commons run {task} --model {model}" + (f" --variant {variant}" * known)
    return CannotRun(f"There is no cell of {task} on {model}{f'@{variant}' if variant else ''}.",
                     mend=measure if known or not variant else f"See which there are: commons show {task}")


def _of_name(pool: Repository, name: str) -> list[Cell]:
    """The cells of a task or a model."""
    found, broken = pool.ledger.cells()
    for one in broken:
        if name in {one.path.parent.name, one.path.stem}:
            raise one.error
    chosen = [cell for cell in found if name in {cell.identity.task, cell.identity.model}]
    if chosen:
        return chosen
    if name in {folder.name for folder in pool.task_folders()}:
        raise CannotRun("The task is there and was not measured yet.", mend=f"commons run {name}")
    if name in {model.id for model in pool.models()}:
        raise CannotRun("The model is there and was not measured yet.", mend=f"commons run <task> --model {name}")
    raise CannotRun(f"No cell has the task or model `{name}`.", mend="See: commons run --help")


def _refuse_wild(pool: Repository, cell: Cell) -> None:
    """A cell whose numbers cannot be written out, or contradict its rows, is named and not shown."""
    from commons.publish.judge import wild_cell

    if fault := wild_cell(cell):
        path = pool.ledger.cell_path(cell.identity.task, cell.identity.model, cell.identity.variant)
        mend = "Restore it from git, or run the cell again."
        raise BadFile([Problem("cell", fault, Where(path, 1), mend)])


def headline(pool: Repository, cell: Cell) -> str:
    """One line: task, model, and the headline with its interval; or how many rows lack a score."""
    from commons.publish.numbers import show

    variant = cell.identity.variant
    name = f"{cell.identity.task} on {cell.identity.model}" + ("" if variant == CANONICAL else f"@{variant}")
    scored = sum(row.outcome.has_score for row in cell.rows)
    if cell.partial:
        return f"{name}: partial, {scored} of {len(cell.rows)} rows have a score, so there is no headline"
    column, unit, direction = _headline_of(pool, cell)
    if column not in cell.metrics:
        return f"{name}: it holds no metric, so there is no headline"
    metric = cell.metrics[column]
    shown = show(metric, unit)
    sign = "%" if unit == "proportion" else f" {unit}".rstrip()
    interval = f", 95% interval {shown.interval}" if shown.interval else ""
    how = f"{metric.method}, n={metric.n}, {direction}"
    imported = "; imported, not measured here" if cell.identity.origin == "external" else ""
    return f"{name}: {column.removesuffix(',none')} {shown}{sign}{interval} ({how}{imported})"


def _headline_of(pool: Repository, cell: Cell) -> tuple[str, str, str]:
    tasks, _ = pool.tasks({cell.identity.task})
    if tasks:
        card = tasks[0].card.headline
        column = f"{card.metric},{card.filter}"
        if column in cell.metrics:
            return column, card.unit, f"{card.direction} is better"
    column = next((name for name in cell.metric_names if name in cell.metrics), "")
    better = "higher" if column and cell.metrics[column].higher_is_better else "lower"
    return column, "", f"{better} is better"


def cell_lines(pool: Repository, cell: Cell, items: int) -> list[str]:
    """A cell for reading: its headline, its other metrics, and its first rows with prompt, gold and answer.

    Every line is made safe to print, for each holds text of contributors or of a model.
    """
    lines = [headline(pool, cell), f"cell key {cell.identity.cell_key[:16]}, form {cell.protocol.form}"]
    for name, metric in cell.metrics.items():
        interval = f" [{metric.interval[0]:.4g}, {metric.interval[1]:.4g}]" if metric.interval else ""
        lines.append(f"  {name}: {metric.value:.4g}{interval}")
    rendered = pool.ledger.rendered(cell.identity.task)
    # The rendered items are the canonical form's; a variant put its items otherwise.
    mine = cell.identity.variant == CANONICAL or rendered is None or (
        rendered.header.task_hash == cell.identity.task_hash)
    by_id = rendered.by_id() if rendered and mine else {}
    for row in cell.rows[:items]:
        lines.append("")
        lines.extend(_row_lines(cell, row, by_id.get(row.item)))
    return [safe_whole(line) for line in lines]


def _row_lines(cell: Cell, row: Row, item: RenderedItem | None) -> Iterator[str]:
    """One row; the line breaks of prompts and answers stand as lines of their own."""
    yield f"{row.item}: {row.outcome.value}, " + ", ".join(_scores(cell, row))
    if item is not None:
        yield from (f"  | {line}" for line in item.prompt.removesuffix("\n").split("\n"))
        if item.gold is not None:
            yield f"  gold: {_gold(item)}"
        if item.choices and row.chosen is not None:
            yield f"  chosen: {_choice(item.choices, row.chosen)}"
    if row.answer is not None:
        first, *more = row.answer.strip().split("\n")
        yield f"  answer: {first}"
        yield from (f"  | {line}" for line in more)
    if row.detail:
        yield f"  note: {row.detail}"


def _gold(item: RenderedItem) -> str:
    if isinstance(item.gold, int):
        return _choice(item.choices, item.gold) if item.choices else str(item.gold)
    return item.gold if isinstance(item.gold, str) else " | ".join(item.gold or ())


def _choice(choices: tuple[str, ...], index: int) -> str:
    return choices[index] if 0 <= index < len(choices) else f"option {index}, which the item does not have"


def _scores(cell: Cell, row: Row) -> list[str]:
    return [f"{name.removesuffix(',none')} {score:g}" for name, score in zip(cell.metric_names, row.scores, strict=True)
            if isinstance(score, (int, float))]


def _as_json(cell: Cell) -> dict[str, object]:
    return {
        "identity": cell.identity.model_dump(mode="json"),
        "partial": cell.partial,
        "metrics": {name: metric.model_dump(mode="json") for name, metric in cell.metrics.items()},
        "outcomes": {outcome.value: count for outcome, count in cell.outcomes.items()},
        "provenance": cell.provenance.model_dump(mode="json"),
        "file_schema_version": cellfile.SCHEMA_VERSION,
    }
