"""What ``commons import`` says once it has read a file: what was written, what is odd, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from commons.cli.common import safe
from commons.cli.saying import measured, wrapped
from commons.errors import BadFile
from commons.pool.card import PROPORTION
from commons.pool.cell import Cell
from commons.pool.repository import Repository


def say_import(
    pool: Repository, path: Path, cell: Cell, notes: Sequence[str], *, dry_run: bool, stood: bool
) -> None:
    """Print it; ``stood`` says that an earlier import is in the way, which only a dry run is not refused for."""
    verb = "Would write" if dry_run else "Wrote"
    lines = [f"{verb} {path.relative_to(pool.root).as_posix()}: {len(cell.rows):,} items, external."]
    if stood:
        lines.append("An import stands there already, which --replace would replace.")
    lines += (f"  {line}" for line in _metrics(cell))
    lines += (f"  note: {note}" for note in notes)
    for line in lines:
        for part in wrapped(safe(line.strip()), line[: len(line) - len(line.lstrip())]):
            click.echo(part)
    click.echo("Next: the same without --dry-run" if dry_run else f"Next: {_next(pool, cell)}")


def _metrics(cell: Cell) -> Iterator[str]:
    for place, name in enumerate(cell.metric_names):
        metric = cell.metrics[name]
        right = all(row.scores[place] in (0.0, 1.0) for row in cell.rows)
        said = " ".join(measured(metric.value, metric.interval, PROPORTION if right else "").split())
        yield f"{name.removesuffix(',none')}: {said}; 95% interval: {metric.method}; n = {metric.n}"


def _next(pool: Repository, cell: Cell) -> str:
    """A comparison that can be made now, else the one that a second import of the same items would allow."""
    identity = cell.identity
    own = f"{identity.model}@{identity.variant}"
    for path in pool.ledger.cell_paths():
        if path.parent.name != identity.task or path.stem == own:
            continue
        try:
            other = pool.ledger.cell(identity.task, *_named(path.stem))
        except (BadFile, ValueError):
            continue
        if other is not None and _comparable(cell, other):
            return f"commons compare {own} {path.stem} --task {identity.task}"
    return (f"import another result of the same items, then commons compare {own} OTHER@external "
            f"--task {identity.task}")


def _comparable(cell: Cell, other: Cell) -> bool:
    """Whether the two share items and a metric with one direction, and golds where both were imported."""
    same = other.identity.task_hash == cell.identity.task_hash or other.identity.origin == "own"
    shared = [name for name in cell.metrics if name in other.metrics
              and cell.metrics[name].higher_is_better == other.metrics[name].higher_is_better]
    return (same and bool(shared) and not other.partial
            and not {row.item for row in cell.rows}.isdisjoint(row.item for row in other.rows))


def _named(stem: str) -> tuple[str, str]:
    model, _, variant = stem.partition("@")
    return model, variant or "canonical"
