"""What a gate is, and what it says: each registers itself once, beside its code, as lint's rules do.

A gate plans probes (answers without a model behind them) and judges what the task's own grader gave for them. Its
docstring is its page; registration fails where a part of the page is missing.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from commons.errors import Where

if TYPE_CHECKING:
    from commons.gates.material import Material
    from commons.gates.probes import Probe

HEADINGS = ("What it asks", "Why it matters", "When it does not apply", "How to mend a failure")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class GateState(str, Enum):
    """How a gate ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    COULD_NOT_RUN = "could not run"


@dataclass(frozen=True)
class Evidence:
    """One number behind a gate: what it is, its interval, over how many items, against which limit, and whose limit.

    ``p`` is the p-value after Holm's correction over all probes of the task, where a test was made.
    """

    label: str
    number: float | None = None
    interval: tuple[float, float] | None = None
    n: int | None = None
    threshold: float | None = None
    threshold_source: str = ""
    p: float | None = None
    alarm: bool = False
    note: str = ""


@dataclass(frozen=True)
class Place:
    """An item that speaks against the task, the line it stands on, and what happened to it."""

    item: str
    where: Where
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """What a gate's code says; the registry adds its name."""

    state: GateState
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    mend: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class GateReport:
    """How one gate ended, in words and numbers."""

    name: str
    title: str
    state: GateState
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    mend: str = ""
    places: tuple[Place, ...] = ()


def passed(sentence: str, *evidence: Evidence, places: tuple[Place, ...] = ()) -> Judged:
    """The gate holds."""
    return Judged(GateState.PASSED, sentence, evidence, places=places)


def failed(sentence: str, mend: str, *evidence: Evidence, places: tuple[Place, ...] = ()) -> Judged:
    """The gate does not hold, and what to do."""
    return Judged(GateState.FAILED, sentence, evidence, mend, places)


def not_applicable(reason: str) -> Judged:
    """The gate has no meaning for this task."""
    return Judged(GateState.NOT_APPLICABLE, reason)


def could_not_run(reason: str, mend: str = "", places: tuple[Place, ...] = ()) -> Judged:
    """The gate was not reached, or broke; this says nothing about the task's numbers."""
    return Judged(GateState.COULD_NOT_RUN, reason, mend=mend, places=places)


Planner = Callable[["Material"], Iterator["Probe"]]
#: A judge of the gates without a model takes a ``Trial``, one of those with a model a ``ModelTrial``.
Judge = Callable[[Any], Judged]


class BadGateError(Exception):
    """A gate cannot be registered; a mistake of its programmer, and never of a contributor."""


@dataclass(frozen=True)
class Gate:
    """A registered gate. ``page`` is its documentation in Markdown, without the title."""

    name: str
    order: int
    title: str
    page: str
    probes: Planner = field(repr=False)
    judge: Judge = field(repr=False)

    def report(self, judged: Judged) -> GateReport:
        """What the gate said, under its name."""
        return GateReport(
            self.name, self.title, judged.state, judged.sentence, judged.evidence, judged.mend, judged.places
        )


def no_probes(material: Material) -> Iterator[Probe]:  # noqa: ARG001
    """The plan of a gate that needs no answers of its own."""
    return iter(())


def checked_page(name: str, docstring: str | None) -> tuple[str, str]:
    """The title and the page that a docstring holds.

    Raises:
        BadGateError: a title or a section is missing.
    """
    title, _, page = (docstring or "").partition("\n")
    if not title.strip():
        raise BadGateError(f"{name}: the docstring does not begin with a title.")
    parts = re.split(r"^## +(.+?) *$", page, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    missing = [heading for heading in HEADINGS if not sections.get(heading, "").strip()]
    if missing:
        raise BadGateError(f"{name}: the docstring lacks the section `## {missing[0]}`, or has nothing under it.")
    return title.strip().rstrip("."), page.strip()


@dataclass
class GateRegistry:
    """A set of gates with unique names."""

    _gates: dict[str, Gate] = field(default_factory=dict)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates in the order in which a report shows them."""
        return tuple(sorted(self._gates.values(), key=lambda one: (one.order, one.name)))

    def gate(self, *, name: str, order: int, probes: Planner = no_probes) -> Callable[[Judge], Judge]:
        """Register the decorated judge as the gate ``name``.

        Raises:
            BadGateError: a malformed or repeated name, or a docstring without one of :data:`HEADINGS`.
        """

        def register(judge: Judge) -> Judge:
            if not _NAME.fullmatch(name) or name in self._gates:
                raise BadGateError(f"The gate name {name!r} is malformed or taken.")
            title, page = checked_page(name, inspect.getdoc(judge))
            self._gates[name] = Gate(name, order, title, page, probes, judge)
            return judge

        return register


REGISTRY = GateRegistry()
gate = REGISTRY.gate
MODEL_REGISTRY = GateRegistry()
model_gate = MODEL_REGISTRY.gate
