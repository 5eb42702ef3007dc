"""A model's page: how it did in each domain and on every task, what that cost, and its entry."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from commons.analyse.ranks import RankedLine
from commons.pool.hashing import sha256_json
from commons.pool.models import HubWeights, Model, PackageWeights
from commons.publish.addresses import card_path, model_path
from commons.publish.data.card import wanted
from commons.publish.lines import BARE, BRIEF, Line, by_model, line_of
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot, TaskEntry, newest
from commons.publish.states import CellState, State
from commons.publish.words import what_it_takes

#: So many other models are offered for comparison.
COMPARED = 24

Ranks = Mapping[str, Mapping[str, RankedLine]]


@dataclass(frozen=True)
class Domain:
    """One domain: its tasks measured and applicable, and on how many the model is placed, may be best, and is alone.

    ``alone`` counts the tasks on which it is clearly ahead of all others.
    """

    name: str
    measured: int
    applicable: int
    placed: int
    best: int
    alone: int


@dataclass(frozen=True)
class Cost:
    """What all cells of a model took together; ``dollars`` is None where no cell says."""

    cells: int
    tokens_in: int
    tokens_out: int
    seconds: float
    dollars: float | None


@dataclass(frozen=True)
class ModelView:
    """The model, a row for each task and for each other way of asking one, what they come to, and what it takes to run.

    ``clean`` counts the tasks whose oldest item is younger than the model's training data, of ``dated`` measured ones;
    it is None where the entry gives no cutoff.
    """

    model: Model
    hub: HubWeights | None
    package: PackageWeights | None
    rows: tuple[tuple[TaskEntry, Line], ...]
    others: tuple[tuple[TaskEntry, Line], ...]
    brief: bool
    bare: bool
    domains: tuple[Domain, ...]
    cost: Cost
    measured: int
    applicable: int
    stale: int
    clean: int | None
    dated: int
    compared: tuple[Model, ...]
    more: int
    needs: str


@pool_pages
class ModelPages:
    """One page for each model."""

    name = "model"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each model."""
        ranks = {task.name: by_model(found.lines) for task in snapshot.tasks
                 if (found := snapshot.surveys[task.name].ranks)}
        others: dict[str, list[CellState]] = defaultdict(list)
        for state in snapshot.others:
            others[state.model].append(state)
        tasks = sha256_json([_shown_of(task) for task in snapshot.tasks])
        for model in snapshot.models:
            states = [*snapshot.of_model(model), *others[model.id]]
            description = f"{model.name}: its pinned weights and settings, and its results on every task."
            yield Page(model_path(model.id), model.name, description, "model.html",
                       partial(_view, snapshot, model, states, ranks), as_of=newest(states),
                       key=_key(snapshot, model, states, ranks, tasks),
                       card=card_path("m", model.id) if wanted(snapshot.frame) else "")


def _key(snapshot: Snapshot, model: Model, states: list[CellState], ranks: Ranks, tasks: str) -> str:
    """The digest of all that the page shows."""
    shown = []
    for state in states:
        line = ranks.get(state.task, {}).get(model.id)
        shown.append([state.task, state.variant, state.state.value, state.note, state.reason, list(state.stale),
                      state.paged, state.facts.digest if state.facts else "", list(line) if line else None])
    return sha256_json([tasks, model.model_dump(mode="json"), shown,
                        [[one.id, one.name] for one in _compared(snapshot, model)]])


def _shown_of(task: TaskEntry) -> list[object]:
    card = task.card
    return [task.name, card.title, card.domain, card.headline.model_dump(mode="json"),
            card.provenance.first_date.isoformat(), task.items, task.scale.low, task.scale.high,
            task.config.output_type]


def _view(snapshot: Snapshot, model: Model, states: list[CellState], ranks: Ranks) -> ModelView:
    rows = tuple((task, line_of(state, task, ranks.get(task.name, {}).get(model.id)))
                 for state in states for task in (snapshot.task(state.task),))
    compared = _compared(snapshot, model)
    measured = [state for state in states if state.counts and state.variant == "canonical"]
    return ModelView(
        model=model,
        hub=model.weights if isinstance(model.weights, HubWeights) else None,
        package=model.weights if isinstance(model.weights, PackageWeights) else None,
        rows=tuple(one for one in rows if not one[1].variant), others=tuple(one for one in rows if one[1].variant),
        brief=len(rows) > BRIEF, bare=len(rows) > BARE, domains=_domains(rows), cost=_cost(states),
        measured=len(measured), applicable=len(snapshot.tasks) - sum(
            state.state is State.INAPPLICABLE for state in states),
        stale=sum(bool(state.stale) for state in states),
        clean=_clean(snapshot, model.training_cutoff, measured), dated=len(measured), compared=compared[:COMPARED],
        more=max(0, len(compared) - COMPARED), needs=what_it_takes(model),
    )


def _compared(snapshot: Snapshot, model: Model) -> tuple[Model, ...]:
    """The models that have a page of comparison with this one."""
    return tuple(snapshot.model(other) for pair in snapshot.frame.pairs if model.id in pair
                 for other in pair if other != model.id)


def _domains(rows: tuple[tuple[TaskEntry, Line], ...]) -> tuple[Domain, ...]:
    found: dict[str, list[Line]] = defaultdict(list)
    for task, line in rows:
        if not line.variant:
            found[task.card.domain].append(line)
    return tuple(
        Domain(
            name, sum(line.state.counts for line in lines),
            sum(line.state.state is not State.INAPPLICABLE for line in lines), sum(bool(line.first) for line in lines),
            sum(line.first == "1" for line in lines), sum(line.place == "1" for line in lines),
        )
        for name, lines in sorted(found.items())
    )


def _cost(states: list[CellState]) -> Cost:
    facts = [state.facts for state in states if state.facts is not None and not state.facts.external]
    paid = [one.cost_usd for one in facts if one.cost_usd is not None]
    return Cost(len(facts), sum(one.tokens[0] for one in facts), sum(one.tokens[1] for one in facts),
                sum(one.seconds for one in facts), sum(paid) if paid else None)


def _clean(snapshot: Snapshot, cutoff: datetime.date | None, measured: list[CellState]) -> int | None:
    if cutoff is None:
        return None
    return sum(snapshot.task(state.task).card.provenance.first_date > cutoff for state in measured)
