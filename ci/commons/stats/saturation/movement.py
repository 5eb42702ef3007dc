"""How headroom moved over the refreshes of a task: its two ends, and nothing that they do not carry."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class End:
    """Headroom (0 to 1) at one refresh, and how many models had been measured by then."""

    day: datetime.date
    headroom: float
    models: int


@dataclass(frozen=True)
class Movement:
    """The oldest and the newest end; both None where there are not two. ``words`` says what can be said and why."""

    first: End | None
    last: End | None
    words: str


def movement(ends: Sequence[End]) -> Movement:
    """What the refreshes, oldest first, say of headroom: where it stood first and last.

    No slope and no time to saturation. Headroom is one minus a best score, and the best of more models is higher by
    luck alone; refreshes share most of their models, so that they are no independent points either. A line through
    them fell, with its whole 95% interval, in a quarter to two thirds of simulated tasks on which all models were
    equally good. On the same models nothing moves: results of one version stay what they are.

    >>> movement([End(datetime.date(2026, 1, 5), 0.4, 5), End(datetime.date(2026, 7, 5), 0.1, 9)]).words[:81]
    'Headroom was 40% on 2026-01-05 (5 models measured) and is 10% on 2026-07-05 (9). '
    """
    if len(ends) < 2:
        said = "How headroom moves is told from a second refresh on (LIFECYCLE.md says what one is)."
        return Movement(None, None, said)
    first, last = ends[0], ends[-1]
    told = (f"Headroom was {_percent(first.headroom)} on {first.day.isoformat()} ({first.models} models measured) "
            f"and is {_percent(last.headroom)} on {last.day.isoformat()} ({last.models}).")
    return Movement(first, last, f"{told} The best of more models is better by luck alone, so that this is no trend, "
                                 "and no time to saturation is told.")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + "%"
