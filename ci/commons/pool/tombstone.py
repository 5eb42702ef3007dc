"""What stays of a task that was taken down (``results/withdrawn/<task>.json``): who, when and why, and no data.

The task's page, and those of its results, are made from it for as long as there is a site: people hold links to them.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.card import Handle, Sentence
from commons.pool.harness_config import TaskName
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

TOMBSTONES = "withdrawn"
_MAX_BYTES = 1_000_000
_ResultName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}(@[A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")
]


class Tombstone(Strict):
    """One task that was taken down."""

    schema_version: Literal[1] = 1
    task: TaskName = Field(description="The name, which no other task takes again.")
    title: Sentence = Field(max_length=80, description="The title it had, or its name.")
    date: datetime.date = Field(description="When it was taken down (YYYY-MM-DD).")
    by: Handle = Field(description="The GitHub handle of who decided it.")
    reason: Sentence = Field(description="Why.")
    owners: tuple[Handle, ...] = Field((), description="Who answered for it.")
    successor: TaskName | None = Field(None, description="The task to use instead, if any.")
    results: tuple[_ResultName, ...] = Field((), description="The results that had pages: `model` or `model@variant`.")
    suites: tuple[TaskName, ...] = Field((), description="The suites that held no other task, and went with it.")


def to_text(tombstone: Tombstone) -> str:
    """The file's text."""
    return json.dumps(tombstone.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_tombstone(path: Path) -> Tombstone:
    """Read one tombstone.

    Raises:
        BadFile: the file is not what the format asks for, or stands elsewhere than its task says.
    """
    mend = "Restore the file from git."
    try:
        tombstone = Tombstone.model_validate_json(read_text(path, _MAX_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in one["loc"])
        raise BadFile([Problem("tombstone", f"`{name}`: {one['msg']}.", Where(path), mend)]) from error
    if tombstone.task != path.stem:
        raise BadFile([Problem("tombstone", f"The file is about `{tombstone.task}`.", Where(path), mend)])
    return tombstone


def read_tombstones(results: Path) -> tuple[Tombstone, ...]:
    """All tombstones of a ledger, by task.

    Raises:
        BadFile: every one that cannot be read; a removal is never left out in silence.
    """
    good: list[Tombstone] = []
    problems: list[Problem] = []
    for path in sorted((results / TOMBSTONES).glob("*.json")):
        try:
            good.append(read_tombstone(path))
        except BadFile as error:
            problems.extend(error.problems)
    if problems:
        raise BadFile(problems)
    return tuple(good)
