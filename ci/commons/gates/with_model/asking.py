"""Asking a model: answers come from the response store where it has them, else from the engine, opened on first use."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from commons.engines.base import Engine, EngineKind, engine_kind
from commons.errors import CannotRun
from commons.harness.rendering import Form
from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore, store_model
from commons.pool.cell import Outcome
from commons.pool.hashing import model_hash
from commons.pool.models import Model


@dataclass
class Spent:
    """What asking took: requests sent and reused, seconds of answering, tokens in and out of those sent."""

    sent: int = 0
    reused: int = 0
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0


class Asker:
    """A model that gates can ask. Use as a context manager, so that the engine gives back its memory.

    Raises:
        CannotRun: the model cannot run here.
    """

    def __init__(
        self, model: Model, store: ResponseStore, kind: EngineKind | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = model
        self._store = store
        self._kind = kind or engine_kind(model)
        self._clock = clock
        self._engine: Engine | None = None
        readiness = self._kind.check(model)
        if not readiness.ready:
            raise CannotRun(f"The model `{model.id}` cannot run here: {readiness.reason}", mend=readiness.mend)
        self._key = store_model(model_hash(model), self._kind.versions())

    @property
    def form(self) -> Form:
        """How tasks are put to the model."""
        return "chat" if self.model.chat_template else "plain"

    def answers(self, requests: Sequence[Request], spent: Spent) -> Mapping[str, Answer]:
        """The answers by request digest, without those that the instrument failed on; ``spent`` is added to."""
        found = self._store.find(self._key, requests)
        missing = [request for request in requests if request.digest not in found]
        spent.reused += len(found)
        if not missing:
            return found
        if self._engine is None:
            self._engine = self._kind.open(self.model)
        began = self._clock()
        for request, answer in self._engine.answer(missing):
            if answer.outcome is Outcome.INSTRUMENT_FAULT:
                continue
            self._store.put(self._key, request, answer)
            found[request.digest] = answer
            spent.tokens_in += answer.tokens_in or 0
            spent.tokens_out += answer.tokens_out or 0
        spent.sent += len(missing)
        spent.seconds += self._clock() - began
        return found

    def close(self) -> None:
        """Give back the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
