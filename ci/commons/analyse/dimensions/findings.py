"""What a dimension finds: numbers with their uncertainty, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Union

from commons.analyse.asking import Asking
from commons.stats.dimensions.calibration import Bin
from commons.stats.dimensions.means import Mean
from commons.stats.summary import PUBLISHED_DIGITS, Summary


class Unit(str, Enum):
    """How a number is read. ``POINTS`` is a difference of proportions; ``SCORE`` has no unit of its own."""

    PROPORTION = "proportion"
    POINTS = "points"
    SCORE = "score"
    TOKENS = "tokens"
    SECONDS = "seconds"
    DOLLARS = "US dollars"


class Better(str, Enum):
    """Which way a number is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"

    @classmethod
    def of(cls, higher: bool) -> Better:
        """Higher or lower."""
        return cls.HIGHER if higher else cls.LOWER


@dataclass(frozen=True)
class Value:
    """One number: what it is, its 95% interval (None where none exists), over how many ``n`` of what (``of``), how.

    ``unit`` is a :class:`Unit`, or the headline's unit as its card names it. Proportions and points are fractions.
    ``guess`` is what equal guesses would give, None where that is not known.
    """

    name: str
    value: float
    interval: tuple[float, float] | None
    n: int
    method: str
    better: Better
    unit: str = Unit.SCORE.value
    of: str = "items"
    guess: float | None = None

    @classmethod
    def of_mean(
        cls, name: str, mean: Summary | Mean, better: Better, unit: Unit | str = Unit.SCORE, of: str = "items"
    ) -> Value:
        """A mean that ``stats`` gave, under a name."""
        sign = unit.value if isinstance(unit, Unit) else unit
        return cls(name, mean.value, mean.interval, mean.n, mean.method, better, sign, of)

    def published(self) -> Value:
        """The same with the digits that are published, which are the same on every machine."""
        ends = None if self.interval is None else (_digits(self.interval[0]), _digits(self.interval[1]))
        return replace(self, value=_digits(self.value), interval=ends,
                       guess=None if self.guess is None else _digits(self.guess))


@dataclass(frozen=True)
class Measured:
    """Numbers that belong together, what a reader must know beside them, and the bins of a calibration error."""

    values: tuple[Value, ...]
    caveats: tuple[str, ...] = ()
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class NotMeasured:
    """What could not be measured, why, and how it could be: a command or an act, empty where there is none.

    ``variant`` is the variant or kind that the command runs, and ``asking`` what that takes.
    """

    what: str
    reason: str
    mend: str = ""
    variant: str = ""
    asking: Asking | None = None


Finding = Union[Measured, NotMeasured]


def _digits(value: float) -> float:
    # A zero with a sign would be written with it.
    return float(f"{value:.{PUBLISHED_DIGITS}g}") + 0.0
