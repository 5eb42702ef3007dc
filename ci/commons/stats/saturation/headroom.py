"""How much room a task leaves above its best model: to what can be attained, and to people."""

from __future__ import annotations

from dataclasses import dataclass

from commons.stats.intervals import wilson


@dataclass(frozen=True)
class Scale:
    """What guessing scores and what can be attained, both turned so that higher is better.

    Raises:
        ValueError: the ceiling does not lie above chance.
    """

    chance: float
    ceiling: float

    def __post_init__(self) -> None:
        """Refuse a scale without length."""
        if not self.ceiling > self.chance:
            raise ValueError(f"the ceiling {self.ceiling} does not lie above chance {self.chance}")


def headroom(top: float, scale: Scale) -> float:
    """The share of the way from chance to the ceiling that lies above the best model, clipped to 0..1.

    >>> round(headroom(0.7, Scale(0.25, 1.0)), 3)
    0.4
    >>> headroom(0.96, Scale(0.25, 0.94)), headroom(0.2, Scale(0.25, 1.0))
    (0.0, 1.0)
    """
    return min(1.0, max(0.0, (scale.ceiling - top) / (scale.ceiling - scale.chance)))


def human_headroom(top: float, chance: float, human: float) -> float | None:
    """The share of the way from chance to people that lies above the best model; negative where it beats people.

    Not clipped. None where people do not score above chance, so that there is no such way.

    >>> round(human_headroom(0.7, 0.25, 0.85), 3), round(human_headroom(0.9, 0.25, 0.85), 3)
    (0.25, -0.083)
    """
    return None if human <= chance else (human - top) / (human - chance)


def attainable(wrong: int, looked_at: int) -> tuple[float, tuple[float, float]]:
    """The attainable ceiling, with its 95% interval, after ``wrong`` of ``looked_at`` random items had a wrong key.

    One minus the share of wrong keys, with Wilson's interval. The items must have been drawn at random: of items that
    were looked at because a statistic flagged them, more are wrong than of all. A model that knows every answer still
    loses the items whose key is wrong.

    >>> attainable(0, 100)[0], round(attainable(6, 100)[0], 2)
    (1.0, 0.94)

    Raises:
        ValueError: nothing was looked at, or more were wrong than that.
    """
    low, high = wilson(wrong, looked_at)
    return 1.0 - wrong / looked_at, (1.0 - high, 1.0 - low)
