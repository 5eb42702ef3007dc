"""``commons show``: a task, a model or a cell, as a person or a machine reads it."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.errors import CannotRun
from commons.pool import cellfile
from commons.pool.cell import Cell, Row
from commons.pool.repository import Repository


@click.command("show", epilog="""\b
Examples:
  commons show everyday_physics
  commons show smollm2-135m-instruct
  commons show everyday_physics smollm2-135m-instruct --items 5
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
            click.echo(headline(pool, cell))
    return 0


def _cells(pool: Repository, names: tuple[str, ...]) -> list[Cell]:
    if len(names) > 2:
        raise CannotRun("Name a task, a model, or a task and a model.")
    if len(names) == 2:
        cell = pool.ledger.cell(*names)
        if cell is None:
            raise CannotRun(f"There is no cell of {names[0]} on {names[1]}.",
                            mend=f"Measure it: commons run {names[0]} --model {names[1]}")
        return [cell]
    found, _ = pool.ledger.cells()
    chosen = [cell for cell in found if names[0] in {cell.identity.task, cell.identity.model}]
    if not chosen:
        raise CannotRun(f"No cell has the task or model `{names[0]}`.", mend="See: commons run --help")
    return chosen


def headline(pool: Repository, cell: Cell) -> str:
    """One line: task, model, and the headline with its interval; or how many rows lack a score."""
    from commons.publish.numbers import show

    name = f"{cell.identity.task} on {cell.identity.model}"
    scored = sum(row.outcome.has_score for row in cell.rows)
    if cell.partial:
        return f"{name}: partial, {scored} of {len(cell.rows)} rows have a score, so there is no headline"
    column, unit, direction = _headline_of(pool, cell)
    metric = cell.metrics[column]
    shown = show(metric, unit)
    sign = "%" if unit == "proportion" else f" {unit}"
    interval = f", 95% interval {shown.interval}" if shown.interval else ""
    how = f"{metric.method}, n={metric.n}, {direction}"
    return f"{name}: {column.removesuffix(',none')} {shown}{sign}{interval} ({how})"


def _headline_of(pool: Repository, cell: Cell) -> tuple[str, str, str]:
    tasks, _ = pool.tasks({cell.identity.task})
    if tasks:
        card = tasks[0].card.headline
        column = f"{card.metric},{card.filter}"
        if column in cell.metrics:
            return column, card.unit, f"{card.direction} is better"
    column = cell.metric_names[0]
    better = "higher" if cell.metrics[column].higher_is_better else "lower"
    return column, "", f"{better} is better"


def cell_lines(pool: Repository, cell: Cell, items: int) -> list[str]:
    """A cell for reading: its headline, its other metrics, and its first rows with prompt, gold and answer."""
    lines = [headline(pool, cell), f"cell key {cell.identity.cell_key[:16]}, form {cell.protocol.form}"]
    for name, metric in cell.metrics.items():
        interval = f" [{metric.interval[0]:.4g}, {metric.interval[1]:.4g}]" if metric.interval else ""
        lines.append(f"  {name}: {metric.value:.4g}{interval}")
    rendered = pool.ledger.rendered(cell.identity.task)
    by_id = rendered.by_id() if rendered else {}
    for row in cell.rows[:items]:
        item = by_id.get(row.item)
        lines.append("")
        lines.append(f"{row.item}: {row.outcome.value}, " + ", ".join(_scores(cell, row)))
        if item is not None:
            lines.extend(f"  | {line}" for line in item.prompt.splitlines() or [""])
            gold = item.choices[item.gold] if item.choices and isinstance(item.gold, int) else item.gold
            if gold is not None:
                lines.append(f"  gold: {gold}")
            if item.choices and row.chosen is not None:
                lines.append(f"  chosen: {item.choices[row.chosen]}")
        if row.answer is not None:
            lines.append(f"  answer: {row.answer.strip()}")
        if row.detail:
            lines.append(f"  note: {row.detail}")
    return lines


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
