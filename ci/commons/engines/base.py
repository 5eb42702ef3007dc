"""What an engine is: it takes requests and gives answers as they arrive.

An engine never raises for a single request: a request that cannot be answered becomes an ``instrument_fault`` and
the rest goes on. It raises :class:`~commons.errors.CannotRun` when it cannot work at all (no weights, no key).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from commons.errors import CannotRun
from commons.harness.requests import Answer, Request
from commons.pool.models import Model


@dataclass(frozen=True)
class EngineFacts:
    """What a cell's provenance and protocol say about the engine that answered.

    ``versions`` are the libraries that decide an in-process model's answers; they enter the response store's key. An
    endpoint has none, because its answers do not depend on what is installed here.
    """

    name: str
    versions: dict[str, str]
    weights: str
    context_length: int | None
    chat_template_sha256: str | None


class Engine(Protocol):
    """A loaded model."""

    @property
    def facts(self) -> EngineFacts:
        """What provenance says about this engine."""

    def answer(self, requests: Sequence[Request], beside: Sequence[Request] = ()) -> Iterator[tuple[Request, Answer]]:
        """Answer every request once, in any order, each as soon as it is known.

        ``beside`` are requests of the same cell that were answered before, for engines whose last digits depend on
        what is computed together.
        """

    def close(self) -> None:
        """Give back memory and connections."""


@dataclass(frozen=True)
class Readiness:
    """Whether a model can run here, the sentence that says why not, and the mend."""

    ready: bool
    reason: str = ""
    mend: str = ""


@dataclass(frozen=True)
class EngineKind:
    """How engines of one kind are made: which backends they serve, what they need, how they open."""

    name: str
    backends: frozenset[str] | None
    check: Callable[[Model], Readiness]
    versions: Callable[[], dict[str, str]]
    open: Callable[[Model], Engine]


_KINDS: list[EngineKind] = []

#: Where engines register themselves. One that names its backends goes before the one that serves all others.
_MODULES = ("commons.engines.openai_compatible", "commons.engines.prefix.engine", "commons.engines.harness_backend")


def engine(kind: EngineKind) -> EngineKind:
    """Register a kind of engine; called once at the end of its module."""
    _KINDS.append(kind)
    return kind


def engine_kind(model: Model) -> EngineKind:
    """The kind of engine that serves a model's backend.

    Raises:
        CannotRun: there is none.
    """
    for module in _MODULES:
        importlib.import_module(module)
    for kind in sorted(_KINDS, key=lambda one: one.backends is None):
        if kind.backends is None or model.backend in kind.backends:
            return kind
    raise CannotRun(f"No engine serves the backend `{model.backend}` of `{model.id}`.", mend="See commons doctor.")
