"""What stands above a cell's rows: its place on the task, its formats, its outcomes, and how to check it."""

from __future__ import annotations

from dataclasses import dataclass

from commons.analyse.sensitivity import sensitivity
from commons.errors import BadFile, CannotRun
from commons.pool.cell import CANONICAL, Cell, Outcome
from commons.publish.addresses import results_path
from commons.publish.facts import Number
from commons.publish.judge import VALUE_FAULTS
from commons.publish.numbers import percent, quantity, show, unit_sign
from commons.publish.open_task import OpenTask
from commons.publish.states import CellState
from commons.variants.drawing import DRAWN
from commons.variants.registry import Kind


@dataclass(frozen=True)
class Segment:
    """One part of the outcome bar, in hundredths of its length."""

    outcome: Outcome
    rows: int
    start: float
    width: float


def segments(cell: Cell) -> tuple[Segment, ...]:
    """The outcome bar."""
    found, start = [], 0.0
    for outcome, rows in cell.outcomes.items():
        width = 100 * rows / len(cell.rows)
        found.append(Segment(outcome, rows, start, width))
        start += width
    return tuple(found)


def place(task: OpenTask, state: CellState) -> str:
    """The model's place among all that enter the task's comparison, as a range; empty where it has none."""
    ranks = task.survey.ranks
    if ranks is None or state.variant != CANONICAL:
        return ""
    line = next((line for line in ranks.lines if line.model == state.model), None)
    if line is None:
        return ""
    if line.best == line.worst:
        return f"Place {line.best} of {len(ranks.lines)} on this task."
    return (f"Place {line.best} to {line.worst} of {len(ranks.lines)} on this task: the items do not "
            "say more exactly where it stands.")


def commands(state: CellState) -> tuple[tuple[str, str], ...]:
    """What to type to get the number again, and to prove that it follows from its rows."""
    verify = ("Recompute the number from its rows", f"commons verify {results_path(state)}")
    if state.variant != CANONICAL or state.external:
        return (verify,)
    return (("Measure it again", f"commons run {state.task} --model {state.model}"), verify)


def formats(task: OpenTask, state: CellState) -> tuple[CellState, ...]:
    """The other formats of the prompt that stand beside a canonical cell."""
    if state.variant != CANONICAL:
        return ()
    return tuple(other for other in task.survey.others if other.model == state.model
                 and other.variant.startswith(f"{Kind.FORMAT.value}-") and other.headline is not None)


def over_formats(task: OpenTask, beside: tuple[CellState, ...]) -> str:
    """What the formats come to, where all that the policy draws were measured; else empty."""
    if len(beside) < DRAWN:
        return ""
    try:
        folder = task.pool.task(task.pool.tasks_folder / task.entry.name)
        found = sensitivity(task.pool, folder, [beside[0].model]).models
    except (BadFile, CannotRun, *VALUE_FAULTS):
        return ""
    spread = found[0].spread if found else None
    if spread is None:
        return ""
    unit = task.entry.card.headline.unit
    higher = task.entry.card.headline.direction == "higher"
    mean = show(Number(spread.mean, spread.interval, 0.95, spread.method, found[0].items, None, higher), unit)
    apart = "points" if unit_sign(unit) == "%" else unit_sign(unit)
    share = spread.components.share_of_score
    owed = "" if share is None else f"; the choice of format makes {percent(share)}% of the variance of one score"
    return (f"Over all {found[0].prompts} formats the mean is {mean} {unit_sign(unit)}; the highest lies "
            f"{quantity(spread.spread, unit)} {apart} above the lowest{owed}.")
