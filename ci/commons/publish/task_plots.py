"""The drawings of a task's page, each None where there is too little to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from commons.publish.addresses import row_anchor, task_path
from commons.publish.numbers import Shown, show
from commons.publish.open_task import OpenTask
from commons.publish.plots import frontier, headroom, places, strip
from commons.publish.plots.drawing import Estimate
from commons.publish.plots.frontier import Frontier
from commons.publish.plots.headroom import Headroom, Standing
from commons.publish.plots.places import Places, Ranged
from commons.publish.plots.strip import Strip
from commons.publish.states import CellState

#: More models than this have no row of their own in a drawing; the table holds them all.
MOST_DRAWN = 40


@dataclass(frozen=True)
class TaskPlots:
    """What is drawn of a task. ``drawn`` says how many models the frontier has where it has not all, else 0."""

    headroom: Headroom | None
    places: Places | None
    frontier: Frontier | None
    strip: Strip | None
    drawn: int


def task_plots(task: OpenTask) -> TaskPlots:
    """All drawings of a task."""
    costs, what, unit = _costs(task)
    drawing = None
    if len(costs) > 1:
        drawing = _frontier(task, costs, what, unit)
    return TaskPlots(_headroom(task), _places(task), drawing, _strip(task),
                     MOST_DRAWN if len(costs) > MOST_DRAWN else 0)


def _headroom(task: OpenTask) -> Headroom | None:
    found, card = task.survey.saturation, task.entry.card
    if found is None or found.value is None:
        return None
    human = card.human_baseline.score if card.human_baseline else None
    row = Standing(card.title, "", Estimate(found.value, found.interval), card.headline.unit, card.headline.chance,
                   card.headline.ceiling, human, card.headline.direction == "higher")
    return headroom.headroom("headroom", [row])


def _places(task: OpenTask) -> Places | None:
    ranks = task.survey.ranks
    if ranks is None or not 1 < len(ranks.lines) <= MOST_DRAWN:
        return None
    states = {state.model: state for state in task.survey.states}
    return places.places("places", [
        Ranged(task.frame.by_id[line.model].name, f"{task_path(task.entry.name)}#{row_anchor(states[line.model])}",
               line.best, line.worst, str(_shown(states[line.model], task)))
        for line in ranks.lines
    ])


def _shown(state: CellState, task: OpenTask) -> Shown | str:
    return show(state.headline, task.entry.card.headline.unit) if state.headline else ""


def _strip(task: OpenTask) -> Strip | None:
    """The items by the share of models that answer right, where there is a right and a wrong."""
    items = task.items
    if len(items.models) < 2 or any("#" in one for one in items.marks):
        return None
    shares = []
    for marks in zip(*items.marks, strict=True):
        asked = [mark for mark in marks if mark in "01~"]
        if asked:
            shares.append(asked.count("1") / len(asked))
    return strip.strip("difficulty", shares, len(items.models)) if shares else None


def _costs(task: OpenTask) -> tuple[Mapping[str, float], str, str]:
    """What each measured model cost for an item, in dollars where two were paid for, else in seconds on one host."""
    counting = [state for state in task.survey.states if state.counts and state.facts and state.facts.items]
    paid = {state.model: state.facts.cost_usd / state.facts.items for state in counting
            if state.facts and state.facts.cost_usd}
    if len(paid) > 1:
        return paid, "cost per item", "US dollars"
    hosts = Counter(state.facts.host for state in counting if state.facts)
    # The commonest host, the first by name of equals: seconds on two kinds of host say nothing of models.
    host = min(hosts, key=lambda name: (-hosts[name], name), default="")
    took = {state.model: state.facts.seconds / state.facts.items for state in counting
            if state.facts and state.facts.host == host and state.facts.seconds > 0}
    return took, f"time per item on {host}", "seconds"


def _frontier(task: OpenTask, costs: Mapping[str, float], what: str, unit: str) -> Frontier:
    headline = task.entry.card.headline
    higher = headline.direction == "higher"
    best = sorted((state for state in task.survey.states if state.model in costs),
                  key=lambda state: -_value(state) if higher else _value(state))[:MOST_DRAWN]
    models = [_model(task, state, costs) for state in best]
    return frontier.frontier("frontier", models, task.entry.scale, headline.metric, what, unit, higher)


def _value(state: CellState) -> float:
    return state.headline.value if state.headline else 0.0


def _model(task: OpenTask, state: CellState, costs: Mapping[str, float]) -> frontier.Model:
    interval = state.headline.interval if state.headline else None
    return frontier.Model(task.frame.by_id[state.model].name, f"{task_path(state.task)}#{row_anchor(state)}",
                          costs[state.model], Estimate(_value(state), interval))
