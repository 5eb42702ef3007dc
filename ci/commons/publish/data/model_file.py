"""``api/v1/models/<model>.json``: a model's entry, and its headline on every task."""

from __future__ import annotations

from collections.abc import Iterable

from commons.analyse.ranks import RankedLine
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.publish.addresses import cell_path, model_path
from commons.publish.data.jsonfile import given, text_of
from commons.publish.data.legal import of_pool
from commons.publish.facts import Number
from commons.publish.snapshot import Snapshot, newest
from commons.publish.states import CellState

SCHEMA = "api/model/1"


class ModelFiles:
    """Writes the files of a pool's models."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._places: dict[tuple[str, str], RankedLine] = {
            (name, line.model): line
            for name, survey in snapshot.surveys.items() if survey.ranks for line in survey.ranks.lines
        }
        self._others: dict[str, list[CellState]] = {}
        for state in snapshot.others:
            self._others.setdefault(state.model, []).append(state)

    def text(self, model: Model) -> str:
        """One model's file. What a task's file says of a cell beside its headline is not said again."""
        snapshot = self._snapshot
        states = [*snapshot.of_model(model), *self._others.get(model.id, [])]
        return text_of({
            **of_pool(snapshot.frame.place, newest(states)).marks(SCHEMA),
            "model": model.model_dump(mode="json", exclude_none=True), "page": model_path(model.id),
            "results": list(self._results(states)),
        })

    def _results(self, states: Iterable[CellState]) -> Iterable[dict[str, object]]:
        for state in states:
            yield given(
                task=state.task, variant=None if state.variant == CANONICAL else state.variant,
                state=state.state.value, reason=state.reason, stale=state.stale, external=state.external or None,
                started=state.facts and state.facts.started,
                page=cell_path(state) if state.facts and state.paged else None,
                **(self._number(state, state.headline) if state.headline else {}),
            )

    def _number(self, state: CellState, found: Number) -> dict[str, object]:
        card = self._snapshot.task(state.task).card
        place = self._places.get((state.task, state.model)) if state.variant == CANONICAL else None
        return {
            "value": found.value, "interval": found.interval, "n": found.n, "unit": card.headline.unit,
            "higher_is_better": found.higher_is_better, "licence": card.licence,
            "place": {"best": place.best, "worst": place.worst} if place else None,
        }
