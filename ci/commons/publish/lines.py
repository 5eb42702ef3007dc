"""The rows of the two long tables, a task's models and a model's tasks: all texts made here, once, and fast.

A template that asks for each part of hundreds of rows is slow; these rows are written down as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons.analyse.ranks import RankedLine
from commons.pool.cell import CANONICAL
from commons.publish import numbers
from commons.publish.addresses import row_anchor, state_path
from commons.publish.numbers import Scale
from commons.publish.places import range_words
from commons.publish.states import CellState, State, counted
from commons.publish.survey.entry import TaskEntry

#: With more rows than this, whiskers have no words of their own: value and margin stand beside them.
BRIEF = 60
#: With more rows than this there are no whiskers at all.
BARE = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``key`` is what the value is sorted by, empty without one; texts are empty where there is nothing.

    ``range`` and ``point`` are path data of the whisker. ``reason`` says why a number is missing or not of today;
    ``has_cell`` tells rows with a readable cell, which have facts, from those that have the reason alone.
    """

    state: CellState
    anchor: str
    href: str
    kind: str
    key: str
    value: str
    margin: str
    words: str
    range: str
    point: str
    tag: str
    note: str
    stale: bool
    external: bool
    place: str
    first: str
    n: str
    worth: str
    outcomes: str
    tokens_in: str
    tokens_out: str
    seconds: str
    time: str
    dollars: str
    cost: str
    started: str
    day: str
    host: str
    file: str
    reason: str
    has_cell: bool

    @property
    def variant(self) -> str:
        """The variant, empty for the canonical one."""
        return "" if self.state.variant == CANONICAL else self.state.variant


def line_of(
    state: CellState, task: TaskEntry, ranked: RankedLine | None = None, file: str | None = None
) -> Line:
    """The row of a pair; ``ranked`` is its line among the places, ``file`` the web address of its file."""
    headline, facts = state.headline, state.facts
    unit = task.card.headline.unit
    shown = numbers.show(headline, unit) if headline else None
    span, point = _whisker(state, task.scale)
    ranked = ranked if state.variant == CANONICAL else None
    return Line(
        state=state, anchor=row_anchor(state), href=state_path(state), kind=state.state.value.replace(" ", "_"),
        key=repr(headline.value) if headline else "", value=shown.value if shown else "",
        margin=shown.margin if shown else "", words=_interval(state, task, shown), range=span, point=point,
        tag="" if headline else "no headline" if state.state is State.MEASURED else state.state.value,
        note=state.note, stale=bool(state.stale), external=state.external,
        place=range_words(ranked.best, ranked.worst) if ranked else "", first=str(ranked.best) if ranked else "",
        n=_n(state), worth=_worth(state),
        outcomes=", ".join(counted(*one) for one in facts.outcomes) if facts else "",
        tokens_in=numbers.count(facts.tokens[0]) if facts else "",
        tokens_out=numbers.count(facts.tokens[1]) if facts else "",
        seconds=repr(facts.seconds) if facts else "", time=numbers.duration(facts.seconds) if facts else "",
        dollars="" if facts is None or facts.cost_usd is None else repr(facts.cost_usd),
        cost=_cost(state), started=facts.started if facts else "", day=numbers.date(facts.started) if facts else "",
        host=facts.host if facts else "", file=file or "",
        reason=" ".join(state.stale) or ("" if state.state is State.PARTIAL else state.reason),
        has_cell=facts is not None,
    )


def by_model(lines: tuple[RankedLine, ...]) -> Mapping[str, RankedLine]:
    """The lines of a task's places by model."""
    return {line.model: line for line in lines}


def _whisker(state: CellState, scale: Scale) -> tuple[str, str]:
    metric = state.headline
    if metric is None or metric.interval is None:
        return "", ""
    low, high = metric.interval
    return f"M{scale.place(low)} 7H{scale.place(high)}", f"M{scale.place(metric.value)} 2V12"


def _interval(state: CellState, task: TaskEntry, shown: numbers.Shown | None) -> str:
    metric, headline = state.headline, task.card.headline
    if metric is None or shown is None:
        return ""
    if metric.interval is None:
        return metric.method
    words = f"{numbers.percent(metric.confidence)}% interval {shown.interval}"
    return words if headline.chance is None else f"{words}, chance {numbers.quantity(headline.chance, headline.unit)}"


def _n(state: CellState) -> str:
    if state.headline:
        return numbers.count(state.headline.n)
    facts = state.facts
    return f"{numbers.count(facts.scored)} of {numbers.count(facts.rows)}" if facts else ""


def _worth(state: CellState) -> str:
    """The independent items that the items are worth, where they are clearly fewer."""
    metric = state.headline
    if metric is None or metric.n_effective is None or metric.n_effective >= 0.995 * metric.n:
        return ""
    return numbers.quantity(metric.n_effective, "items")


def _cost(state: CellState) -> str:
    if state.facts is None:
        return ""
    cost = state.facts.cost_usd
    return "not recorded" if cost is None else f"${numbers.quantity(cost, 'US dollars')}"
