"""Which requests the response store already answers: what is in it need not be sent."""

from __future__ import annotations

import datetime
from collections.abc import Set as AbstractSet
from pathlib import Path

from commons.engines.base import EngineKind, engine_kind
from commons.errors import CannotRun
from commons.harness.store import ResponseStore, store_model
from commons.pool.models import Model


def answering(kind: EngineKind, drift: datetime.datetime | None) -> dict[str, str]:
    """What decides a model's answers beside its entry: libraries, and of an endpoint that drifted, since when.

    What an endpoint answered before it drifted is so filed under another key, and no cell is measured from it again.
    """
    return kind.versions() if drift is None else {**kind.versions(), "drifted": drift.isoformat()}


class StoredAnswers:
    """Asks the response store at ``path`` once for each model; where there is none, nothing is known."""

    def __init__(self, path: Path) -> None:
        self._store = ResponseStore(path) if path.is_file() else None
        self._versions: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    def known(
        self, model: Model, model_hash: str, drift: datetime.datetime | None = None
    ) -> AbstractSet[str]:
        """The digests of the requests that ``model`` has answered with the libraries of this machine.

        Where its endpoint drifted, only what it answered since is known.
        """
        if self._store is None:
            return frozenset()
        try:
            kind = engine_kind(model)
        except CannotRun:
            return frozenset()
        if drift is not None:
            return self._store.known(store_model(model_hash, answering(kind, drift)))
        # Asking which libraries are installed reads their metadata, the same for all models of a kind.
        if kind.name not in self._versions:
            self._versions[kind.name] = kind.versions()
        return self._store.known(store_model(model_hash, self._versions[kind.name]))
