"""Which requests the response store already answers: what is in it need not be sent."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from commons.engines.base import engine_kind
from commons.errors import CannotRun
from commons.harness.store import ResponseStore, store_model
from commons.pool.models import Model


class StoredAnswers:
    """Asks the response store at ``path`` once for each model; where there is none, nothing is known."""

    def __init__(self, path: Path) -> None:
        self._store = ResponseStore(path) if path.is_file() else None
        self._versions: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    def known(self, model: Model, model_hash: str) -> AbstractSet[str]:
        """The digests of the requests that ``model`` has answered with the libraries of this machine."""
        if self._store is None:
            return frozenset()
        try:
            kind = engine_kind(model)
        except CannotRun:
            return frozenset()
        # Asking which libraries are installed reads their metadata, the same for all models of a kind.
        if kind.name not in self._versions:
            self._versions[kind.name] = kind.versions()
        return self._store.known(store_model(model_hash, self._versions[kind.name]))
