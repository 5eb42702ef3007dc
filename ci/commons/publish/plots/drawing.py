"""Where marks stand: axes, ticks and whiskers as short strings, from finite numbers only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.pool.card import PROPORTION
from commons.pool.cell import Metric
from commons.publish import numbers
from commons.publish.numbers import Scale

#: No metric, cost or time comes near it; what lies above would spend an axis on one point.
LARGEST = 1e12
#: What a logarithmic axis can hold.
SMALLEST = 1e-12
#: Words for a value that has no place.
NO_NUMBER = "no finite number"


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, None where none exists."""

    value: float
    interval: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, ...]:
        """The value, and both ends of the interval where there is one."""
        return (self.value, *(self.interval or ()))


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its words; ``anchor`` is the side of the place at which the words stand."""

    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Axis:
    """A linear or logarithmic axis from ``low`` to ``high``, drawn from ``start`` to ``end`` of 100."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value, kept inside the axis; the middle where the axis has no length."""
        low, high, here = (math.log10(one) if self.log else one for one in (self.low, self.high, value))
        share = (here - low) / (high - low) if high > low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def place(self, value: float) -> str:
        """The place of a value as it is written.

        >>> Axis(0.0, 1.0).place(0.125), Axis(1.0, 100.0, log=True).place(10.0), Axis(0.0, 1.0, 100.0, 0.0).place(0.2)
        ('12.5', '50', '80')
        """
        return coordinate(self.at(value))

    def ticks(self, values: Iterable[float], unit: str) -> tuple[Tick, ...]:
        """Ticks whose words stay inside the box at both ends."""
        found = []
        for value in values:
            at = self.at(value)
            side = "start" if at <= 1 else "end" if at >= 99 else "middle"
            found.append(Tick(coordinate(at), amount(value, unit), side))
        return tuple(found)


def coordinate(value: float) -> str:
    """A place with two decimals at most, and no more characters than it needs.

    >>> coordinate(12.5), coordinate(-0.001), coordinate(100.0)
    ('12.5', '0', '100')
    """
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def drawable(value: float | None) -> bool:
    """Whether a value has a place on any linear axis."""
    return value is not None and math.isfinite(value) and abs(value) <= LARGEST


def sane(estimate: Estimate | None) -> Estimate | None:
    """The estimate as it can be drawn: without an interval that is none, and None where the value is no number."""
    if estimate is None or not drawable(estimate.value):
        return None
    if estimate.interval is None:
        return estimate
    low, high = estimate.interval
    return estimate if drawable(low) and drawable(high) and low <= high else Estimate(estimate.value)


def complaint(label: str, estimate: Estimate | None) -> str:
    """What of an estimate cannot be drawn, in words; empty where all of it can."""
    kept = sane(estimate)
    if estimate is None or kept == estimate:
        return ""
    return f"{label} ({NO_NUMBER})" if kept is None else f"the interval of {label} ({NO_NUMBER})"


def written(estimate: Estimate | None, unit: str) -> str:
    """The estimate as the site writes numbers, with the digits its interval allows."""
    kept = sane(estimate)
    return NO_NUMBER if kept is None else str(_shown(kept, unit))


def interval_words(estimate: Estimate | None, unit: str) -> str:
    """The interval in words."""
    kept = sane(estimate)
    return "none" if kept is None or kept.interval is None else _shown(kept, unit).interval


def amount(value: float | None, unit: str) -> str:
    """A number without an interval; what would be written with very many digits or as 0 has five.

    >>> amount(0.25, "proportion"), amount(0.00000025, "US dollars"), amount(None, "proportion")
    ('25', '2.5e−07', 'none')
    """
    if value is None:
        return "none"
    if not drawable(value):
        return NO_NUMBER
    plain = unit == PROPORTION or value == 0 or 1e-4 <= abs(value) < 1e7
    return numbers.quantity(value, unit) if plain else numbers.exact(value)


def scale_values(scale: Scale) -> tuple[float, ...]:
    """Values that deserve a tick: quarters of a proportion, the ends and the middle of other scales."""
    parts = 4 if scale.unit == PROPORTION else 2
    return tuple(scale.low + (scale.high - scale.low) * step / parts for step in range(parts + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values inside a logarithmic axis: powers of ten, thinned out to six, or 1, 2 and 5 where they are few.

    >>> log_ticks(0.5, 10.0), log_ticks(0.01, 100.0)
    ((0.5, 1.0, 2.0, 5.0, 10.0), (0.01, 0.1, 1.0, 10.0, 100.0))
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, math.ceil((last - first) / 5))
    steps = (1, 2, 5) if high <= 25 * low else (1,)
    values = (float(f"{step}e{power}") for power in range(first, last + 1, every) for step in steps)
    return tuple(value for value in values if low * 0.999 <= value <= high * 1.001)


def round_log_ends(values: Iterable[float]) -> tuple[float, float]:
    """The ends of a logarithmic axis: 1, 2 or 5 times a power of ten, below and above all ``values`` (positive).

    >>> round_log_ends([0.3, 7.0])
    (0.2, 10.0)
    """
    known = sorted(values)
    low, high = known[0], known[-1]
    floor, top = math.floor(math.log10(low)), math.floor(math.log10(high))
    below = max(end for step in (0.5, 1, 2, 5) if (end := float(f"{step}e{floor}")) < low)
    return below, min(end for step in (1, 2, 5, 10, 20) if (end := float(f"{step}e{top}")) > high)


def short(text: str, columns: int) -> str:
    """A label that must fit into ``columns`` columns of text, shortened in its middle. CJK characters count as two.

    Names of one family begin alike and differ at their ends, so the end keeps the larger part.
    """
    if width(text) <= columns:
        return text
    head = _fitting(text, (columns - 1) * 2 // 5)
    tail = _fitting(text[::-1], columns - 1 - width(head))[::-1]
    return f"{head or text[0]}…{tail}"


def apart(names: Sequence[str], columns: int) -> list[str]:
    """Each name shortened, so that names that differ stay different: by the place where they begin to."""
    cut = [short(name, columns) for name in names]
    for label in {one for one in cut if cut.count(one) > 1}:
        alike = sorted({name for name, one in zip(names, cut, strict=True) if one == label})
        if len(alike) > 1:
            start = next((at for at, found in enumerate(zip(*alike, strict=False)) if len(set(found)) > 1),
                         min(map(len, alike)))
            labels = {name: f"{_fitting(name[:start], columns // 5)}…{_fitting(name[start:], columns * 4 // 5 - 1)}"
                      for name in alike}
            if len(set(labels.values())) < len(alike):
                labels = {name: f"{_fitting(name, columns - 5)}… {number}" for number, name in enumerate(alike, 1)}
            cut = [labels.get(name, one) for name, one in zip(names, cut, strict=True)]
    return cut


def _fitting(text: str, columns: int) -> str:
    """The beginning of a text that takes at most so many columns."""
    used = 0
    for position, character in enumerate(text):
        used += width(character)
        if used > columns:
            return text[:position]
    return text


def width(text: str) -> int:
    """The columns that a text takes, at most: what is not Latin, Greek or Cyrillic may be as wide as two letters."""
    return sum(1 if character < "\u0530" else 2 for character in text)


def _shown(estimate: Estimate, unit: str) -> numbers.Shown:
    metric = Metric(value=estimate.value, stderr=None, interval=estimate.interval, method="", n=0, aggregation="",
                    higher_is_better=True)
    return numbers.show(metric, unit)
