"""The scores of a suite's tasks as tables that fit a terminal: a line for each cell, or models by tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from commons.analyse.suite_numbers import CORRECTED
from commons.analyse.suite_report import Report, TaskLine
from commons.cli.saying import measured, value_said, width
from commons.pool.card import PROPORTION

#: With more models than this, tasks stand side by side.
FEW_MODELS = 3

Label = Callable[[str], str]


def shown(value: float, interval: tuple[float, float] | None, unit: str) -> str:
    """A value as every verb writes it, with its interval where one is given; a metric may have no unit."""
    said = value_said(value + 0.0, unit) if interval is None else measured(value + 0.0, interval, unit)
    return said.replace("  ", " ").rstrip()


def plain(metric: str) -> str:
    """A metric's name without the filter that filters nothing.

    >>> plain("acc,none"), plain("exact_match,strict")
    ('acc', 'exact_match,strict')
    """
    return metric.removesuffix(",none")


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [indent + "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
            for row in rows]


def scores_tables(report: Report, label: Label) -> Iterator[str]:
    """Each task's score with interval and n; corrected ones only where the rule corrects."""
    tasks = [task for task in report.tasks if task.scores]
    models = sorted({model for task in tasks for model in task.scores})
    if not tasks:
        return
    if len(models) <= FEW_MODELS:
        yield from columns(list(_cells(tasks, label, corrects=report.suite.rule == CORRECTED)), "  ")
        return
    for place, some in enumerate(_side_by_side(tasks, models, label)):
        if place:
            yield ""
        yield from some
    yield "  Beside each value its 95% interval; n, and scores corrected for chance: --json."


def _cells(tasks: Sequence[TaskLine], label: Label, *, corrects: bool) -> Iterator[tuple[str, ...]]:
    """A line for each cell."""
    yield ("task", "metric", "model", "score (95% interval)", "n", *(["corrected for chance"] if corrects else []))
    for task in tasks:
        for model in sorted(task.scores):
            score, corrected = task.scores[model], task.corrected.get(model)
            ends = [shown(corrected.value, corrected.interval, PROPORTION) if corrected else "cannot be"]
            yield (task.task, plain(task.metric), label(model), _said(task, model), str(score.n),
                   *(ends if corrects else []))


def _side_by_side(tasks: Sequence[TaskLine], models: Sequence[str], label: Label) -> Iterator[list[str]]:
    """Tables of models by tasks, each with as many tasks as fit the width."""
    first = ["model", "", *(label(model) for model in models)]
    room = width() - 2 - max(map(len, first))
    held: list[list[str]] = []
    taken = 0
    for task in tasks:
        column = [task.task, plain(task.metric), *(_said(task, model) for model in models)]
        wide = 2 + max(map(len, column))
        if held and taken + wide > room:
            yield columns(list(zip(first, *held, strict=True)), "  ")
            held, taken = [], 0
        held.append(column)
        taken += wide
    yield columns(list(zip(first, *held, strict=True)), "  ")


def _said(task: TaskLine, model: str) -> str:
    score = task.scores.get(model)
    return "none" if score is None else shown(score.value, score.interval, task.unit)
