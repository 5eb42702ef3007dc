"""Every gate, found where it stands, so that adding one is adding one file."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import commons.gates.proofs
import commons.gates.with_model
from commons.errors import CannotRun
from commons.gates.base import MODEL_REGISTRY, REGISTRY, Gate, GateRegistry


def all_gates() -> tuple[Gate, ...]:
    """Every gate of ``commons.gates.proofs``, in order; none of them needs a model."""
    return _imported(commons.gates.proofs, REGISTRY)


def model_gates() -> tuple[Gate, ...]:
    """Every gate of ``commons.gates.with_model``, in order."""
    return _imported(commons.gates.with_model, MODEL_REGISTRY)


def _imported(package: ModuleType, registry: GateRegistry) -> tuple[Gate, ...]:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return registry.gates


def explain_gate(name: str) -> str:
    """The page of a gate, in Markdown.

    Raises:
        CannotRun: there is no such gate.
    """
    known = {one.name: one for one in (*all_gates(), *model_gates())}
    found = known.get(name)
    if found is None:
        raise CannotRun(f"There is no gate {name!r}.", mend=f"The gates: {', '.join(known)}.")
    return f"# {found.name}: {found.title}\n\n{found.page}\n"
