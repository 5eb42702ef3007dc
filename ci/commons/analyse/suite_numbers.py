"""A suite's number for each model, by the suite's own rule, with what can be said where cells are missing.

A mean stands over the block of models and tasks between which no cell is missing. A model outside it has bounds: its
mean if its missing cells were at chance, and if they were at the ceiling. A board's number needs all its parts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.analyse.suite_scores import Score
from commons.analyse.suites import SuiteTable, SuiteTask
from commons.pool.card import PROPORTION
from commons.pool.suites import BOARDS
from commons.stats.across.leaderboard import Board, Part, open_llm_leaderboard_v1, open_llm_leaderboard_v2
from commons.stats.across.missing import LEAST_COVERAGE, Block, bounds, common_block, coverage
from commons.stats.across.near_duplicates import duplicate_weights
from commons.stats.across.normalise import Uncorrected
from commons.stats.across.weighted import Piece, weighted_interval, weighted_mean
from commons.stats.bounds import cut
from commons.stats.macro import critical_value

#: The unit of a board's numbers: 0 to 100.
POINTS = "points"
CORRECTED = "macro mean of chance-corrected scores"


@dataclass(frozen=True)
class Mean:
    """An aggregate with its standard error and 95% interval, None where a part has none; ``method`` made the latter."""

    value: float
    stderr: float | None
    interval: tuple[float, float] | None
    method: str = ""


@dataclass(frozen=True)
class ModelLine:
    """What the suite says of one model.

    ``measured`` counts the weighing tasks it has a usable number on, ``coverage`` is their share of the weight (None
    where nothing weighs). ``why`` says why there is no mean; ``low`` and ``high`` are the bounds of a model that lacks
    cells, where they can be said. ``board`` holds a board's points by task.
    """

    model: str
    external: bool
    measured: int
    coverage: float | None
    mean: Mean | None
    why: str | None
    limits: tuple[float, float] | None
    board: Mapping[str, float] | None = None


@dataclass(frozen=True)
class SuiteNumbers:
    """The lines by model, the tasks that weigh with their weights, and those the mean stands over.

    ``unit`` is how the means are to be read; ``notes`` say in sentences what holds for the whole suite.
    """

    lines: tuple[ModelLine, ...]
    weights: Mapping[str, float]
    block: tuple[str, ...]
    block_coverage: float
    unit: str
    notes: tuple[str, ...]


def suite_numbers(table: SuiteTable) -> SuiteNumbers:
    """Each model's aggregate by the suite's rule."""
    if table.suite.rule in BOARDS:
        return _board_numbers(table)
    tasks = weighing(table)
    if refusal := _refusal(table, tasks):
        return _no_numbers(table, tasks, refusal)
    held = [[_used(table, task, model) for task in tasks] for model in table.models]
    values = np.array([[np.nan if one is None else one.value for one in row] for row in held]).reshape(-1, len(tasks))
    weights, notes = _weights(table, tasks, values)
    present = ~np.isnan(values)
    covered = coverage(present, list(weights)) if len(values) else np.array([])
    block = common_block(present, list(weights)) if len(values) else None
    ends = [_ends(table, task) for task in tasks]
    lines = tuple(
        ModelLine(
            model, model in table.external, int(present[place].sum()), float(covered[place]),
            _mean(table, tasks, held[place], weights, block) if block and place in block.models else None,
            _why(place, covered, block), None if present[place].all() else _limits(values[place], ends, weights),
        )
        for place, model in enumerate(table.models)
    )
    over = tuple(tasks[place].name for place in block.tasks) if block else ()
    if block and len(over) < len(tasks):
        notes.append(f"The mean stands over the {len(over)} of {len(tasks)} tasks that all models with a mean have.")
    notes += _without_scale(table)
    unit = PROPORTION if table.suite.rule == CORRECTED else tasks[0].unit
    return SuiteNumbers(lines, {task.name: float(weight) for task, weight in zip(tasks, weights, strict=True)}, over,
                        block.coverage if block else 0.0, unit, tuple(notes))


def weighing(table: SuiteTable) -> list[SuiteTask]:
    """The tasks that the mean is over: those that weigh, less those that a rule of corrected scores cannot correct."""
    return [task for task in table.tasks if task.weight > 0 and not _has_no_scale(table, task)]


def _has_no_scale(table: SuiteTable, task: SuiteTask) -> bool:
    return table.suite.rule == CORRECTED and isinstance(task.scale, Uncorrected) and task.unusable is None


def _without_scale(table: SuiteTable) -> list[str]:
    """Which tasks no correction exists for: their cells are there, and no reason to call a model's coverage less."""
    return [f"Not in the mean: {task.name}, because it cannot be corrected for chance: {task.scale.reason}."
            for task in table.tasks
            if task.weight > 0 and _has_no_scale(table, task) and isinstance(task.scale, Uncorrected)]


def oriented_values(table: SuiteTable) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The names of the weighing tasks, and the scores turned so that higher is better: (models, tasks), nan missing."""
    tasks = [task for task in table.tasks if task.weight > 0]
    rows = [[(1 if task.higher_is_better else -1) * task.scores[model].value if model in task.scores else np.nan
             for task in tasks] for model in table.models]
    return tuple(task.name for task in tasks), np.array(rows, dtype=np.float64).reshape(-1, len(tasks))


def _refusal(table: SuiteTable, tasks: list[SuiteTask]) -> str | None:
    """Why no mean over these tasks means anything."""
    if not tasks:
        if without := _without_scale(table):
            return f"No task of the suite can be corrected for chance. {' '.join(without)}"
        return "No task of the suite weighs: only active tasks do."
    if table.suite.rule != CORRECTED:
        kinds = {(task.unit, task.higher_is_better) for task in tasks if task.unusable is None and task.scores}
        if len(kinds) > 1:
            return "Its tasks differ in unit or direction, so that their mean would mean nothing."
    if table.suite.rule == "size-weighted mean":
        unknown = [task.name for task in tasks if not task.scores]
        if unknown:
            return f"The number of items of {', '.join(unknown)} is not known before it is measured once."
    return None


def _no_numbers(table: SuiteTable, tasks: list[SuiteTask], why: str) -> SuiteNumbers:
    lines = []
    for model in table.models:
        measured = sum(model in task.scores for task in tasks)
        share = measured / len(tasks) if tasks else None
        lines.append(ModelLine(model, model in table.external, measured, share, None, why, None))
    return SuiteNumbers(tuple(lines), {task.name: task.weight for task in tasks}, (), 0.0, "", (why,))


def _used(table: SuiteTable, task: SuiteTask, model: str) -> Score | None:
    return task.corrected(model) if table.suite.rule == CORRECTED else task.scores.get(model)


def _weights(
    table: SuiteTable, tasks: list[SuiteTask], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[str]]:
    """Each task's weight: its own, times its share in a set of near-duplicates or its size, as the suite declares."""
    notes = []
    weights = np.array([task.weight for task in tasks])
    places = {task.name: place for place, task in enumerate(tasks)}
    groups = [[places[name] for name in alike if name in places] for alike in table.suite.extras.near_duplicates]
    if groups:
        weights = weights * duplicate_weights(values, groups)
        notes += [f"Near-duplicates share one weight: {', '.join(tasks[place].name for place in group)}."
                  for group in groups]
    if table.suite.rule == "size-weighted mean":
        weights = weights * np.array([max(score.n for score in task.scores.values()) for task in tasks])
    return weights, notes


def _mean(
    table: SuiteTable, tasks: list[SuiteTask], row: list[Score | None], weights: NDArray[np.float64], block: Block
) -> Mean:
    held = [(score, tasks[place], float(weights[place])) for place in block.tasks if (score := row[place]) is not None]
    given = [weight for _, _, weight in held]
    value, stderr = weighted_mean([score.value for score, _, _ in held], [score.stderr for score, _, _ in held], given)
    if stderr is None:
        return Mean(value, None, None)
    pieces = [Piece(score.value, score.stderr or 0.0, score.known, score.worth or score.n, _between(table, task))
              for score, task, _ in held]
    return Mean(value, stderr, *weighted_interval(pieces, given))


def _between(table: SuiteTable, task: SuiteTask) -> tuple[float, float] | None:
    """Between what a score can lie, in the rule's own unit."""
    if task.ends is None or table.suite.rule != CORRECTED or isinstance(task.scale, Uncorrected):
        return task.ends
    return task.scale.correct_interval(task.ends)


def _why(place: int, covered: NDArray[np.float64], block: Block | None) -> str | None:
    if block is None:
        return f"No set of models shares tasks with {LEAST_COVERAGE:.0%} of the weight."
    if place in block.models:
        return None
    if covered[place] < LEAST_COVERAGE:
        return f"It covers {covered[place]:.0%} of the weight; a mean needs {LEAST_COVERAGE:.0%}."
    return "It lacks a task that the models with more coverage all have."


def _ends(table: SuiteTable, task: SuiteTask) -> tuple[float, float] | None:
    """What a missing cell is taken for in the bounds: chance and the ceiling, in the rule's own unit."""
    if table.suite.rule == CORRECTED:
        return 0.0, 1.0
    if not isinstance(task.scale, Uncorrected):
        return task.scale.chance, task.scale.ceiling
    # No proportion can exceed 1, whatever its card does not say.
    return (task.floor, 1.0) if task.unit == PROPORTION and task.higher_is_better else None


def _limits(
    row: NDArray[np.float64], ends: list[tuple[float, float] | None], weights: NDArray[np.float64]
) -> tuple[float, float] | None:
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or weights.sum() <= 0:
        return None
    one, other = bounds(row, [low for low, _ in known], [high for _, high in known], list(weights))
    return min(one, other), max(one, other)


def _board_numbers(table: SuiteTable) -> SuiteNumbers:
    try:
        lines = tuple(_board_line(table, model) for model in table.models)
    except ValueError as error:
        return _no_numbers(table, list(table.tasks), f"The board cannot be computed: {error}.")
    note = "A board's number needs all its parts; bounds take a missing part once for chance and once for the ceiling."
    names = tuple(task.name for task in table.tasks)
    return SuiteNumbers(lines, dict.fromkeys(names, 1.0), names, 1.0, POINTS, (note,))


def _board_line(table: SuiteTable, model: str) -> ModelLine:
    missing = sum(model not in task.scores for task in table.tasks)
    shares: dict[str, list[bool]] = {}
    for task in table.tasks:
        shares.setdefault(task.board or "", []).append(model in task.scores)
    mean, why, limits = None, None, None
    board = _board(table, model, 0.0)
    points = board.tasks
    if missing:
        why = f"The board needs all {len(table.tasks)} parts; {missing} are missing."
        limits = (board.mean, _board(table, model, 1.0).mean)
        points = {name: value for name, value in points.items() if all(shares[name])}
    else:
        mean = _board_mean(board)
    covered = float(np.mean([np.mean(parts) for parts in shares.values()]))
    return ModelLine(model, model in table.external, len(table.tasks) - missing, covered, mean, why, limits, points)


def _board_mean(board: Board) -> Mean:
    """The board's mean; no points are below 0 or above 100, so the interval is cut there."""
    if board.stderr is None:
        return Mean(board.mean, None, None)
    half = critical_value(math.inf) * board.stderr
    return Mean(board.mean, board.stderr, *cut((board.mean - half, board.mean + half), (0.0, 100.0), "normal"))


def _parts(table: SuiteTable, model: str, missing: float) -> dict[str, list[Part]]:
    """The board's parts, a missing one taken for ``missing`` of the way from its floor to 1."""
    parts: dict[str, list[Part]] = {}
    for task in table.tasks:
        score = task.scores.get(model)
        raw = task.floor + missing * (1 - task.floor) if score is None else score.value
        parts.setdefault(task.board or "", []).append(Part(raw, task.floor, None if score is None else score.stderr))
    return parts


def _board(table: SuiteTable, model: str, missing: float) -> Board:
    compute = open_llm_leaderboard_v2 if table.suite.rule == "open_llm_leaderboard_v2" else open_llm_leaderboard_v1
    return compute(_parts(table, model, missing))

