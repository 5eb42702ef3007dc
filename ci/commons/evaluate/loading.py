"""A model that is opened when the first question has no stored answer, and not before."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict

from commons.engines.base import Engine, EngineFacts, EngineKind
from commons.evaluate.progress import Progress
from commons.harness.store import ResponseStore, store_model
from commons.harness.store_schema import StoredModel
from commons.plan.stored import answering
from commons.pool.hashing import model_hash
from commons.pool.models import Model


class Loading:
    """Opens a model when it is needed, and remembers what it said about itself. ``seconds`` is what opening took.

    Of an endpoint that drifted (``drift``) only the answers that it gave since are its own.
    """

    def __init__(
        self, model: Model, kind: EngineKind, store: ResponseStore, progress: Progress, clock: Callable[[], float],
        drift: datetime.datetime | None = None,
    ) -> None:
        self.model = model
        self.seconds = 0.0
        self._clock = clock
        versions = answering(kind, drift)
        self.key = store_model(model_hash(model), versions)
        store.describe(StoredModel(self.key, model.id, model_hash(model), versions))
        self._kind = kind
        self._store = store
        self._progress = progress
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """The open model."""
        if self._engine is None:
            self._progress.say(f"Loading {self.model.name} ...")
            begun = self._clock()
            self._engine = self._kind.open(self.model)
            self.seconds = self._clock() - begun
            self._store.put_facts(self.key, json.dumps(asdict(self._engine.facts)))
        return self._engine

    def facts(self) -> EngineFacts:
        """What the engine says about itself, or said when it last answered."""
        stored = self._store.facts(self.key)
        try:
            return EngineFacts(**json.loads(stored)) if stored else self.engine().facts
        except (TypeError, ValueError):
            # What an older program kept about the engine: ask the engine itself.
            return self.engine().facts

    def close(self) -> None:
        """Give the model's memory back."""
        if self._engine is not None:
            self._engine.close()
