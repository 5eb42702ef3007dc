"""How numbers are written: digits follow the uncertainty, and proportions read as percentages."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.card import PROPORTION
from commons.pool.cell import Statistic
from commons.publish.facts import Measurement

MINUS = "\N{MINUS SIGN}"

#: An interval whose centre lies further from the value than this share of its half-width is not written with ±.
SKEW = 0.25
MOST_DECIMALS = 4
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")


@dataclass(frozen=True)
class Shown:
    """A number as readers see it: the value, its margin (empty without an interval), and the interval in words."""

    value: str
    margin: str
    interval: str

    def __str__(self) -> str:
        """Give value and margin, as ``63 ± 11``."""
        return f"{self.value} {self.margin}".rstrip()


@dataclass(frozen=True)
class Scale:
    """The fixed scale that the whiskers of one task share."""

    low: float
    high: float
    unit: str

    def place(self, value: float) -> str:
        """Where ``value`` stands on the scale, in hundredths of its length; kept inside it."""
        share = (value - self.low) / (self.high - self.low)
        return f"{100 * min(1.0, max(0.0, share)):.1f}"

    @property
    def label(self) -> str:
        """The scale's two ends."""
        return f"{quantity(self.low, self.unit)} to {quantity(self.high, self.unit)}"


def scale_for(unit: str, values: Iterable[float]) -> Scale:
    """The scale of a task: 0 to 100 for proportions, else from 0 to a round number above every value."""
    if unit == PROPORTION:
        return Scale(0.0, 1.0, unit)
    known = [0.0, *values]
    return Scale(-_round_above(-min(known)) if min(known) < 0 else 0.0, _round_above(max(known)), unit)


def show(metric: Measurement, unit: str) -> Shown:
    """Write a metric with the digits that its interval allows.

    >>> from commons.pool.cell import Metric
    >>> metric = Metric(value=0.6333, stderr=None, interval=(0.507, 0.744), method="Wilson", n=60,
    ...                 aggregation="mean", higher_is_better=True)
    >>> str(show(metric, "proportion")), show(metric, "proportion").interval
    ('63 ± 12', '51 to 74')
    """
    factor = 100.0 if unit == PROPORTION else 1.0
    value = metric.value * factor
    if metric.interval is None:
        return Shown(quantity(metric.value, unit), "", "")
    low, high = (end * factor for end in metric.interval)
    half = (high - low) / 2
    decimals = _decimals_of(half) if unit == PROPORTION else _three_digits(value)
    margin = f"± {_margin(half, decimals)}"
    if abs((low + high) / 2 - value) > SKEW * half:
        margin = f"+{_margin(max(0.0, high - value), decimals)} {MINUS}{_margin(max(0.0, value - low), decimals)}"
    return Shown(_fixed(value, decimals), margin, f"{_fixed(low, decimals)} to {_fixed(high, decimals)}")


def quantity(value: float, unit: str) -> str:
    """A number that has no interval: percent with at most one decimal, other units with three digits."""
    if unit == PROPORTION:
        return percent(value)
    text = count(round(value)) if value == round(value) else _fixed(value, _three_digits(value))
    return text.rstrip("0").removesuffix(".") if "." in text else text


def percent(share: float) -> str:
    """A share in percent, without the sign, with at most one decimal."""
    text = _fixed(100 * share, 1)
    return text.removesuffix(".0")


def unit_sign(unit: str) -> str:
    """The unit as it stands beside numbers: percent for proportions."""
    return "%" if unit == PROPORTION else unit


def count(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace("-", MINUS)


def statistic(value: Statistic | None) -> str:
    """What a row contributes to a metric, at the precision of the cell's file."""
    if isinstance(value, tuple):
        return ", ".join(f"{part:g}" for part in value).replace("-", MINUS)
    return "no score" if value is None else f"{value:g}".replace("-", MINUS)


def exact(value: float) -> str:
    """A number with five digits, as in the cell's file; what only rounding keeps from 0 is 0."""
    return f"{value if abs(value) > 1e-12 else 0:.5g}".replace("-", MINUS)


def loglikelihood(value: float) -> str:
    """A natural logarithm, with two decimals."""
    return _fixed(value, 2)


def duration(seconds: float) -> str:
    """A length of time in the largest unit that keeps it above 1."""
    for size, name in ((3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.1f} s"


def date(value: datetime.date | str) -> str:
    """A date for people, as ``3 November 2026``; text that is no date stays as it is."""
    try:
        day = datetime.date.fromisoformat(value[:10]) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _decimals_of(half: float) -> int:
    """The decimals that show one digit of a half-width: ±6 allows none, ±0.06 two."""
    return min(MOST_DECIMALS, max(0, -math.floor(math.log10(half)))) if half > 0 else 1


def _three_digits(value: float) -> int:
    return min(MOST_DECIMALS + 2, max(0, 2 - math.floor(math.log10(abs(value))))) if value else 2


def _margin(size: float, decimals: int) -> str:
    """A margin at the value's decimals, or with one digit where it would round away to nothing."""
    text = _fixed(size, decimals)
    return text if float(text.replace(",", "")) > 0 or size == 0 else _fixed(size, _decimals_of(size))


def _fixed(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", MINUS)


def _round_above(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value), value)
