"""Scores put on one scale: 0 is chance and 1 is the best that can be attained, on every task.

Nothing is clipped: a model below chance has a negative score, because cutting it off at 0 would push the mean of
noise upward. :func:`shown` clips, for display alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """What guessing scores and what can be attained at best, in a metric's own unit; ``ceiling`` may be the lower."""

    chance: float
    ceiling: float

    def correct(self, value: float) -> float:
        """The share of the way from chance to the ceiling: ``(x - chance) / (ceiling - chance)``, unclipped.

        >>> round(Scale(0.25, 1.0).correct(0.40), 6)
        0.2
        >>> round(Scale(3.0, 1.0).correct(2.5), 6)
        0.25
        """
        return (value - self.chance) / (self.ceiling - self.chance)

    def correct_interval(self, interval: tuple[float, float]) -> tuple[float, float]:
        """Both ends corrected, the lower first; where lower is better the ends change places."""
        one, other = self.correct(interval[0]), self.correct(interval[1])
        return min(one, other), max(one, other)

    def correct_stderr(self, stderr: float) -> float:
        """The standard error on the corrected scale: the correction is linear."""
        return stderr / abs(self.ceiling - self.chance)


@dataclass(frozen=True)
class Uncorrected:
    """Why a metric is not corrected, in words."""

    reason: str


def scale_of(chance: float | None, ceiling: float | None, *, higher_is_better: bool = True) -> Scale | Uncorrected:
    """The scale of a metric, or why it has none.

    Both ends must be declared: a chance level that is guessed, or a ceiling of 1 that nobody claimed, would make a
    number that looks comparable and is not.

    >>> scale_of(0.25, None)
    Uncorrected(reason='it declares no ceiling')
    >>> scale_of(0.25, 1.0)
    Scale(chance=0.25, ceiling=1.0)
    """
    missing = [name for name, end in (("chance level", chance), ("ceiling", ceiling)) if end is None]
    if missing or chance is None or ceiling is None:
        return Uncorrected("it declares no " + " and no ".join(missing))
    if not (math.isfinite(chance) and math.isfinite(ceiling)):
        return Uncorrected("its chance level or its ceiling is no number")
    if ceiling == chance:
        return Uncorrected("its ceiling equals its chance level")
    if (ceiling > chance) != higher_is_better:
        end = "below" if higher_is_better else "above"
        return Uncorrected(f"its ceiling lies {end} its chance level, against the direction it declares")
    return Scale(chance, ceiling)


def shown(corrected: float) -> float:
    """A corrected score clipped to 0..1, for a picture; numbers are kept and averaged unclipped."""
    return min(1.0, max(0.0, corrected))
