"""A plan: the cells to run now, each with its reason and its cost, packed into shards; and the file that carries it.

The file is what another machine executes (``commons run --plan plan.json --shard 3``) and what ``commons collect``
holds the results against, so it names the hashes that every planned cell's key is made of. Cells stand in columns,
one line each: a plan of 300,000 cells stays readable by programs and reviewable by people.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.plan.cells import Reason
from commons.plan.facts import TaskFacts
from commons.pool.cell import CANONICAL, Sha256
from commons.pool.hashing import CellKey
from commons.pool.validate import Strict
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text

SCHEMA_VERSION = 3

#: A plan of a million cells fits; a larger file was made to do harm.
MAX_PLAN_BYTES = 200_000_000


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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that was to run and did not fit; ``why`` says into what."""

    task: str
    model: str
    reason: Reason
    seconds: float
    dollars: float
    why: str = "the budget"


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A cell that cannot exist, with why in a sentence."""

    task: str
    model: str
    why: str


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
        return CellKey(self.tasks[cell.task], self.models[cell.model], self.protocol_hash)

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


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0)]


class _ShardLine(Strict):
    """A shard as it stands in the file."""

    number: Annotated[int, Field(ge=1)]
    cells: list[Whole]
    loads: Whole
    seconds: Amount
    dollars: Amount
    most_dollars: Amount | None


class _PlanFile(Strict):
    """The file's content, before places are checked."""

    schema_version: Literal[3]
    protocol_hash: Sha256
    commit: str | None
    made: AwareDatetime | None
    tasks: dict[Name, Sha256]
    models: dict[Name, Sha256]
    drifted: dict[Name, AwareDatetime]
    kept: Whole
    basis: dict[Name, str]
    facts: dict[Name, TaskFacts]
    columns: list[str]
    cells: list[tuple[Name, Name, Reason, Whole, Whole, Whole, Amount, Amount, Name, Amount]]
    shards: list[_ShardLine]
    left_out: list[tuple[Name, Name, Reason, Amount, Amount, str]]
    inapplicable: list[tuple[Name, Name, str]]


_COLUMNS = [one.name for one in fields(PlannedCell)]


def to_text(plan: Plan) -> str:
    """The file's text. Equal plans give equal bytes."""
    head = {
        "schema_version": SCHEMA_VERSION, "protocol_hash": plan.protocol_hash, "commit": plan.commit,
        "made": None if plan.made is None else plan.made.isoformat(timespec="seconds"),
        "tasks": dict(sorted(plan.tasks.items())), "models": dict(sorted(plan.models.items())),
        "drifted": {name: when.isoformat() for name, when in sorted(plan.drifted.items())}, "kept": plan.kept,
        "basis": dict(sorted(plan.basis.items())), "columns": _COLUMNS,
    }
    parts = [f' "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in head.items()]
    parts.append(_block("facts", {name: one.model_dump(mode="json") for name, one in sorted(plan.facts.items())}))
    parts.append(_lines("cells", (_values(cell) for cell in plan.cells)))
    parts.append(_lines("shards", ({"number": one.number, "cells": one.cells, "loads": one.loads,
                                    "seconds": one.seconds, "dollars": one.dollars,
                                    "most_dollars": one.most_dollars} for one in plan.shards)))
    parts.append(_lines("left_out", (_values(cell) for cell in plan.left_out)))
    parts.append(_lines("inapplicable", (_values(cell) for cell in plan.inapplicable)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_plan(plan: Plan, path: Path) -> None:
    """Write the plan whole or not at all."""
    write_whole(path, to_text(plan))


def read_plan(path: Path) -> Plan:
    """Read a plan file.

    Raises:
        BadFile: it is no plan, or one that contradicts itself.
    """
    try:
        content = _PlanFile.model_validate_json(read_text(path, MAX_PLAN_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        place = "".join(f"{part}." for part in one["loc"]).removesuffix(".")
        what = f"{place}: {one['msg']}" if place else one["msg"]
        raise _bad(path, f"This is no plan that this program can read: {what}.") from error
    cells = tuple(PlannedCell(*values) for values in content.cells)
    _check(path, content, cells)
    return Plan(
        protocol_hash=content.protocol_hash, commit=content.commit, tasks=content.tasks, models=content.models,
        cells=cells,
        shards=tuple(Shard(one.number, tuple(one.cells), one.loads, one.seconds, one.dollars, one.most_dollars)
                     for one in content.shards),
        inapplicable=tuple(Inapplicable(*values) for values in content.inapplicable),
        left_out=tuple(LeftOut(*values) for values in content.left_out),
        kept=content.kept, basis=content.basis, facts=content.facts, made=content.made,
        drifted=content.drifted,
    )


def _check(path: Path, content: _PlanFile, cells: tuple[PlannedCell, ...]) -> None:
    if content.columns != _COLUMNS:
        raise _bad(path, "The columns of its cells are not those of this program.")
    for cell in cells:
        if cell.task not in content.tasks or cell.model not in content.models:
            raise _bad(path, f"It plans {cell.task} on {cell.model} and does not name the hashes of both.")
        if cell.task not in content.facts:
            raise _bad(path, f"It plans {cell.task} and does not say what its results are held against.")
    if len({(cell.task, cell.model, cell.variant) for cell in cells}) < len(cells):
        raise _bad(path, "It plans a cell twice.")
    places = sorted(place for shard in content.shards for place in shard.cells)
    if places != list(range(len(cells))):
        raise _bad(path, "Its shards do not hold each planned cell once.")
    if len({shard.number for shard in content.shards}) < len(content.shards):
        raise _bad(path, "Two of its shards have the same number.")


def _values(record: PlannedCell | LeftOut | Inapplicable) -> list[object]:
    values = (getattr(record, one.name) for one in fields(record))
    return [value.value if isinstance(value, Reason) else value for value in values]


def _lines(key: str, records: Iterable[object]) -> str:
    lines = ",\n".join("  " + json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
    return f' "{key}": [\n{lines}\n ]' if lines else f' "{key}": []'


def _block(key: str, records: Mapping[str, object]) -> str:
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}" for name, one in records.items())
    return f' "{key}": {{\n{lines}\n }}' if lines else f' "{key}": {{}}'


def _bad(path: Path, sentence: str) -> BadFile:
    return BadFile([Problem("plan", sentence, Where(path, 1), "Make the plan again: commons plan --output plan.json")])
