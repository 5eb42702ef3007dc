"""The file that carries a plan to another machine (``commons run --plan plan.json --shard 3``).

Cells stand in columns, one line each: a plan of 300,000 cells stays readable by programs and reviewable by people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.plan.cells import Reason
from commons.plan.facts import TaskFacts
from commons.plan.plan import Inapplicable, LeftOut, Plan, PlannedCell, Shard
from commons.pool.cell import CANONICAL, Sha256
from commons.pool.validate import Strict
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text

SCHEMA_VERSION = 3

#: A plan of a million cells fits; a larger file was made to do harm.
MAX_PLAN_BYTES = 200_000_000

_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
Name = Annotated[str, Field(pattern=f"^{_NAME}$")]
PutName = Annotated[str, Field(pattern=f"^{_NAME}(@{_NAME})?$")]
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


_LeftOut = tuple[Name, Name, Reason, Amount, Amount, str]


class _PlanFile(Strict):
    """The file's content, before places are checked."""

    schema_version: Literal[3]
    protocol_hash: Sha256
    commit: str | None
    made: AwareDatetime | None
    tasks: dict[PutName, Sha256]
    models: dict[Name, Sha256]
    drifted: dict[Name, AwareDatetime]
    kept: Whole
    basis: dict[Name, str]
    facts: dict[PutName, TaskFacts]
    columns: list[str]
    cells: list[tuple[Name, Name, Reason, Whole, Whole, Whole, Amount, Amount, Name, Amount]]
    shards: list[_ShardLine]
    left_out: list[_LeftOut | tuple[Name, Name, Reason, Amount, Amount, str, Name]]
    inapplicable: list[tuple[Name, Name, str] | tuple[Name, Name, str, Name]]


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
    parts.append(_lines("left_out", (_short(cell) for cell in plan.left_out)))
    parts.append(_lines("inapplicable", (_short(cell) for cell in plan.inapplicable)))
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
        # A variant's cell stands beside the canonical form, of which the same must be known.
        if not {cell.task, cell.put} <= content.tasks.keys() or cell.model not in content.models:
            raise _bad(path, f"It plans {cell.put} on {cell.model} and does not name the hashes of both.")
        if not {cell.task, cell.put} <= content.facts.keys():
            raise _bad(path, f"It plans {cell.put} and does not say what its results are held against.")
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


def _short(record: LeftOut | Inapplicable) -> list[object]:
    """The values of a record whose last one, the variant, is left away where it is the canonical form."""
    values = _values(record)
    return values[:-1] if record.variant == CANONICAL else values


def _lines(key: str, records: Iterable[object]) -> str:
    lines = ",\n".join("  " + json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
    return f' "{key}": [\n{lines}\n ]' if lines else f' "{key}": []'


def _block(key: str, records: Mapping[str, object]) -> str:
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}" for name, one in records.items())
    return f' "{key}": {{\n{lines}\n }}' if lines else f' "{key}": {{}}'


def _bad(path: Path, sentence: str) -> BadFile:
    return BadFile([Problem("plan", sentence, Where(path, 1), "Make the plan again: commons plan --output plan.json")])
