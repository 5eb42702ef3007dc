"""A plan: the cells to run now, each with its reason and its cost, packed into shards.

It is what another machine executes and what ``commons collect`` holds the results against, so it names the hashes that
every planned cell's key is made of.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from commons.plan.cells import Reason
from commons.plan.facts import TaskFacts
from commons.pool.cell import CANONICAL
from commons.pool.hashing import CellKey
from commons.variants.varied import Varied, put_name


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """One cell to run. ``requests`` are those that no stored answer answers; tokens, seconds and dollars are theirs.

    ``dollars`` is what the provider bills, 0 for models that cost only compute; ``most_dollars`` is the most it can.
    """

    task: str
    model: str
    reason: Reason
    requests: int
    tokens_in: int
    tokens_out: int
    seconds: float
    dollars: float
    variant: str = CANONICAL
    most_dollars: float = 0.0

    @property
    def put(self) -> str:
        """The task as it is put: its name, and its variant where it is one."""
        return put_name(self.task, self.variant)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that was to run and did not fit; ``why`` says into what."""

    task: str
    model: str
    reason: Reason
    seconds: float
    dollars: float
    why: str = "the budget"
    variant: str = CANONICAL


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A cell that cannot exist, with why in a sentence."""

    task: str
    model: str
    why: str
    variant: str = CANONICAL


@dataclass(frozen=True)
class Shard:
    """What one job runs: places in ``Plan.cells``, by model, so that each is loaded once; ``seconds`` of the job.

    ``most_dollars`` is where the job stops asking: the share of the caps on money that its cells need. None where
    the plan was made without a cap.
    """

    number: int
    cells: tuple[int, ...]
    loads: int
    seconds: float
    dollars: float
    most_dollars: float | None = None


@dataclass(frozen=True)
class Plan:
    """All of it. ``tasks`` and ``models`` give the hash of every task and model that a planned cell names.

    Tasks and their ``facts`` stand by :func:`put_name`; of a variant, the canonical form that its cells stand beside
    is there too.

    ``kept`` counts the cells that stand as they are. ``basis`` says in a sentence for each model where its rates come
    from. ``facts`` is what results of each task are held against; ``made`` is when the plan was made.
    ``drifted`` is when the endpoints of its models were last seen to have drifted: nothing older counts for them.
    """

    protocol_hash: str
    commit: str | None
    tasks: Mapping[str, str]
    models: Mapping[str, str]
    cells: tuple[PlannedCell, ...]
    shards: tuple[Shard, ...]
    inapplicable: tuple[Inapplicable, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    kept: int = 0
    basis: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, TaskFacts] = field(default_factory=dict)
    made: datetime.datetime | None = None
    drifted: Mapping[str, datetime.datetime] = field(default_factory=dict)

    def key(self, cell: PlannedCell) -> CellKey:
        """The key that the result of ``cell`` must carry."""
        return CellKey(self.tasks[cell.put], self.models[cell.model], self.protocol_hash)

    def varied_of(self, task: str, variant: str) -> Varied | None:
        """A planned variant with the canonical form that it stands beside; None for the canonical form itself."""
        return None if variant == CANONICAL else Varied(variant, self.tasks[task])

    def shard(self, number: int) -> Shard:
        """The shard of that number, counted from 1.

        Raises:
            KeyError: the plan has no such shard.
        """
        for shard in self.shards:
            if shard.number == number:
                return shard
        raise KeyError(number)

    def cells_of(self, shard: Shard) -> tuple[PlannedCell, ...]:
        """The cells of a shard, in the order to run them."""
        return tuple(self.cells[place] for place in shard.cells)
