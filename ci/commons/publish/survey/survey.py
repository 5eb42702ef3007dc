"""The value that a survey of one task gives, in two parts: what the whole site uses, and what its own pages use."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from commons.analyse.compare import TaskComparison
from commons.analyse.items import ItemReport
from commons.analyse.ranks import TaskRanks
from commons.publish.states import CellState


@dataclass(frozen=True)
class Broken:
    """A file of the pool that cannot be read, with every fault in words. ``path`` is relative to the pool."""

    kind: str
    path: str
    faults: tuple[str, ...]
    task: str
    model: str | None = None


@dataclass(frozen=True)
class Orphan:
    """A cell whose task or model is not in the pool (any more); ``file`` is its name without the ending."""

    task: str
    model: str
    file: str
    reason: str


@dataclass(frozen=True)
class Saturation:
    """A task's diagnosis and the numbers behind it, each None where it cannot be computed; shares are of 1.

    ``best`` is the frontier's best model with its value and interval in the headline's unit. ``headroom`` is what lies
    between it and the attainable ceiling, as a share of the way from chance; ``human`` the same to people.
    """

    name: str
    rule: str
    reason: str
    numbers: str
    missing: tuple[str, ...]
    mends: tuple[str, ...]
    models: int
    families: int
    day: datetime.date | None = None
    best: str | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    headroom: float | None = None
    headroom_most: float | None = None
    human: float | None = None
    index: float | None = None
    index_interval: tuple[float, float] | None = None
    reliability: float | None = None
    omnibus: float | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """An item on which two models differ, with both scores in the headline's unit."""

    item: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Two models on one task. ``comparison`` is None where ``why`` says why there is none.

    ``flips`` holds the items on which they differ, at most :data:`MOST_FLIPS` of ``flipped``.
    """

    first: str
    second: str
    comparison: TaskComparison | None
    why: str
    flips: tuple[Flip, ...] = ()
    flipped: int = 0


@dataclass(frozen=True)
class Survey:
    """What the whole site may use of a task.

    ``states`` has a pair for every model in the order of the registration, ``others`` the cells of other variants.
    ``items`` counts the items of its cells; None where there is none. ``values`` are the ends of what its headlines
    reach, for the scale that its whiskers share; None without a headline. ``digest`` is that of all that it was made
    from, empty where a file of it cannot be read.
    """

    task: str
    states: tuple[CellState, ...]
    others: tuple[CellState, ...]
    orphans: tuple[Orphan, ...]
    broken: tuple[Broken, ...]
    ranks: TaskRanks | None
    no_ranks: str
    saturation: Saturation | None
    pairs: tuple[PairFinding, ...]
    items: int | None
    values: tuple[float, float] | None
    digest: str = ""


@dataclass(frozen=True)
class ItemSurvey:
    """All models on each item of a task, and what that says of the items.

    ``marks`` has one text for each model of ``models`` and in it one character for each item: ``1`` right, ``0`` wrong,
    ``~`` in between, ``#`` scored where there is no right and wrong, ``!`` without a score, ``.`` not asked.
    ``reports`` follow ``items``, with None for one that not all models have. ``silent`` says why nothing is said of
    wrong golds.
    """

    items: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    reports: tuple[ItemReport | None, ...] = ()
    silent: str = ""
    alpha: float | None = None
    diverse: int = 0
