"""A model's page: its entry, and how it did on every task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.models import HubWeights, Model, PackageWeights
from commons.publish.addresses import model_path
from commons.publish.pages import Page, page
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState, State
from commons.publish.words import what_it_takes


@dataclass(frozen=True)
class ModelView:
    """The model, a row for each task, the cells of other variants, and what it takes to run it."""

    model: Model
    hub: HubWeights | None
    package: PackageWeights | None
    rows: tuple[tuple[TaskEntry, CellState], ...]
    others: tuple[tuple[TaskEntry, CellState], ...]
    measured: int
    applicable: int
    needs: str


@page
class ModelPages:
    """One page for each model."""

    name = "model"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each model."""
        for model in snapshot.models:
            description = f"{model.name}: its pinned weights and settings, and its results on every task."
            yield Page(model_path(model.id), model.name, description, "model.html", _view(snapshot, model))


def _view(snapshot: Snapshot, model: Model) -> ModelView:
    states = snapshot.of_model(model)
    others = [state for state in snapshot.others if state.model == model.id]
    return ModelView(
        model=model,
        hub=model.weights if isinstance(model.weights, HubWeights) else None,
        package=model.weights if isinstance(model.weights, PackageWeights) else None,
        rows=tuple(zip(snapshot.tasks, states, strict=True)),
        others=tuple((snapshot.task(state.task), state) for state in others),
        measured=sum(state.counts for state in states),
        applicable=sum(state.state is not State.INAPPLICABLE for state in states),
        needs=what_it_takes(model),
    )
