"""What badges and share cards say of a task and a model in a few words."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.numbers import count, show, unit_sign
from commons.publish.states import CellState, State
from commons.publish.survey.entry import TaskEntry
from commons.publish.survey.survey import Survey


def of_task(survey: Survey) -> str:
    """How many models a task was put to, and its diagnosis."""
    models = sum(state.counts for state in survey.states)
    if not models:
        return "not measured yet"
    words = f"{count(models)} {'model' if models == 1 else 'models'}"
    return f"{words}, {survey.saturation.name}" if survey.saturation else words


def best_of(entry: TaskEntry, survey: Survey) -> str:
    """What the places say of the top: one model's number, or how many cannot be told apart; empty without places."""
    ranks = survey.ranks
    if ranks is None or not ranks.lines:
        return ""
    best = [line for line in ranks.lines if line.best == 1]
    if len(best) > 1:
        return f"the top {count(len(best))} cannot be told apart"
    unit = entry.card.headline.unit
    number = next(state.headline for state in survey.states if state.model == best[0].model)
    return f"best {show(number, unit)} {unit_sign(unit)}" if number else ""


def of_model(states: Iterable[CellState]) -> str:
    """How many tasks a model was measured on, of those it can be."""
    states = list(states)
    able = sum(state.state is not State.INAPPLICABLE for state in states)
    return f"{count(sum(state.counts for state in states))} of {count(able)} tasks measured"
