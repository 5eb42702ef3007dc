"""How many pairs are in which state, as one bar: each pair counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from commons.publish.numbers import count
from commons.publish.states import CellState, State

STALE = "stale"
EXTERNAL = "external"
#: In the order of a bar: first what counts, last what cannot exist.
KINDS = (State.MEASURED.value, STALE, EXTERNAL, State.PARTIAL.value, State.BROKEN.value, State.WITHHELD.value,
         State.MISSING.value, State.INAPPLICABLE.value)


@dataclass(frozen=True)
class Slice:
    """One part of a bar; ``start`` and ``width`` are hundredths of its length."""

    kind: str
    pairs: int
    start: str
    width: str

    @property
    def slug(self) -> str:
        """The kind as a class name."""
        return self.kind.replace(" ", "_")


@dataclass(frozen=True)
class Share:
    """A bar over ``total`` pairs."""

    total: int
    slices: tuple[Slice, ...]

    @property
    def words(self) -> str:
        """All its parts in words."""
        return ", ".join(f"{count(one.pairs)} {one.kind}" for one in self.slices) or "nothing to measure"


def kind_of(state: CellState) -> str:
    """The one kind under which a pair is counted: a number that counts in nothing is no measured one."""
    if state.state is not State.MEASURED:
        return str(state.state.value)
    return EXTERNAL if state.external else STALE if state.stale else State.MEASURED.value


def share(states: Iterable[CellState]) -> Share:
    """Count pairs by kind."""
    found = Counter(map(kind_of, states))
    total, before, slices = sum(found.values()), 0, []
    for kind in KINDS:
        if pairs := found[kind]:
            slices.append(Slice(kind, pairs, f"{100 * before / total:.2f}", f"{100 * pairs / total:.2f}"))
            before += pairs
    return Share(total, tuple(slices))
