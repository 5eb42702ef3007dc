"""All models as one table, with how much of the pool each was measured on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.pool.models import Model
from commons.publish.addresses import MODELS
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot
from commons.publish.states import State


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the table."""

    model: Model
    measured: int
    applicable: int
    was_run: bool


@dataclass(frozen=True)
class ModelsView:
    """The rows, and how many of the models were run."""

    rows: tuple[ModelRow, ...]
    run: int


@pool_pages
class Models:
    """The list of models."""

    name = "models"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page."""
        description = "Every registered model: family, size, where it runs, and on how many tasks it was measured."
        yield Page(MODELS, "Models", description, "models.html", partial(_view, snapshot), as_of=snapshot.as_of)


def _view(snapshot: Snapshot) -> ModelsView:
    rows = []
    for model in snapshot.models:
        states = snapshot.of_model(model)
        rows.append(ModelRow(model, sum(state.counts for state in states),
                             sum(state.state is not State.INAPPLICABLE for state in states), snapshot.was_run(model)))
    return ModelsView(tuple(rows), sum(row.was_run for row in rows))
