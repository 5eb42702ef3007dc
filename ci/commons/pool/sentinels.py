"""Sentinels (``results/sentinels/<model>.json``): what an endpoint answered to the same few items, check after check.

Digests and no text, so that every publish level holds. A file only ever grows by one check at its end.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.cell import Amount, Count, Sha256
from commons.pool.harness_config import TaskName
from commons.pool.ledger import BrokenCell
from commons.pool.models import Model, ModelId
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

SENTINELS = "sentinels"

#: So many checks are kept, besides those that still decide something: more than a year of weekly ones.
KEPT = 60

#: Sixty-two checks of a hundred items fit; a larger file was made to do harm.
MAX_SENTINEL_BYTES = 3_000_000


class SentinelItem(Strict):
    """One item of a check: the digests of its request and of the two answers, null where the endpoint failed.

    Where the task's card publishes less than samples, ``request`` and the answers' digests are salted, because a
    short answer can be guessed from its digest; where it publishes none, so is the id.
    """

    task: TaskName
    item: Annotated[str, Field(min_length=1, max_length=500)]
    request: Sha256
    first: Sha256 | None = None
    second: Sha256 | None = None

    @property
    def answered(self) -> bool:
        """Whether both answers came; where one is missing the item says nothing."""
        return self.first is not None and self.second is not None


class Check(Strict):
    """One check. ``when`` is the end of it; ``baseline`` is the ``when`` of the check that it was held against.

    ``n`` items were answered twice now and once then, ``changed`` of them are answered otherwise than then, ``noisy``
    of them were answered otherwise by now's second answer than by its first. ``drifted`` is null where that could not
    be said, which is never the same as no drift.
    """

    when: AwareDatetime
    model_hash: Sha256
    items: Annotated[tuple[SentinelItem, ...], Field(min_length=1, max_length=100)]
    faults: Count
    baseline: AwareDatetime | None
    n: Count
    changed: Count
    noisy: Count
    p: Annotated[float, Field(ge=0, le=1)] | None
    drifted: bool | None
    dollars: Amount | None

    @property
    def answered(self) -> int:
        """How many items were answered twice."""
        return sum(item.answered for item in self.items)


class SentinelFile(Strict):
    """All checks of one model, the oldest first."""

    schema_version: Literal[1] = 1
    model: ModelId
    checks: Annotated[tuple[Check, ...], Field(min_length=1, max_length=KEPT + 2)]

    @property
    def last_drift(self) -> datetime.datetime | None:
        """When the endpoint was last seen to have drifted."""
        return next((check.when for check in reversed(self.checks) if check.drifted), None)


class _CheckHead(BaseModel):
    """What of a check says whether cells are stale; the rest is read where checks are taken, made and verified."""

    when: AwareDatetime
    drifted: bool | None


class _Heads(BaseModel):
    """A file's checks without their items: planning reads the files of all endpoints, and nine tenths are digests."""

    model: ModelId
    checks: tuple[_CheckHead, ...]


_Read = TypeVar("_Read", SentinelFile, _Heads)


@dataclass(frozen=True)
class Drifts:
    """When each endpoint was last seen to have drifted, by model; and the files that cannot be read."""

    since: Mapping[str, datetime.datetime] = field(default_factory=dict)
    broken: tuple[BrokenCell, ...] = ()


def is_watched(model: Model) -> bool:
    """Whether the weights behind a model's name can change without a word: an endpoint that is not pinned."""
    return model.endpoint is not None and not model.endpoint.pinned


def sentinel_path(results: Path, model: str) -> Path:
    """Where the checks of a model stand."""
    return results / SENTINELS / f"{model}.json"


def appended(before: SentinelFile | None, model: str, check: Check) -> SentinelFile:
    """The checks with one more at the end.

    The oldest go, but never the last that found a drift, which says which cells are stale, nor the one that the new
    check was held against.
    """
    checks = (*(before.checks if before else ()), check)
    drift = max((one.when for one in checks if one.drifted), default=None)
    kept = [one for one in checks[:-KEPT] if one.when in {drift, check.baseline}]
    return SentinelFile(model=model, checks=(*kept, *checks[-KEPT:]))


def to_text(content: SentinelFile) -> str:
    """The file's text: a line for each item, so that a diff shows one check."""
    checks = []
    for check in content.checks:
        head = check.model_dump(mode="json", exclude={"items"})
        lines = ",\n".join(f"   {_line(item.model_dump(mode='json'))}" for item in check.items)
        checks.append(f'  {_line(head)[:-1]}, "items": [\n{lines}\n  ]}}')
    whole = ",\n".join(checks)
    return f'{{\n "schema_version": 1,\n "model": {json.dumps(content.model)},\n "checks": [\n{whole}\n ]\n}}\n'


def read_sentinels(path: Path) -> SentinelFile:
    """Read the checks of a model.

    Raises:
        BadFile: the file is not what the format asks for, stands elsewhere than its model says, or its checks do not
            follow one another.
    """
    content = _read(path, SentinelFile)
    times = [check.when for check in content.checks]
    if any(later <= earlier for earlier, later in itertools.pairwise(times)):
        raise _bad(path, "Its checks do not stand in the order of their times.")
    return content


def read_drifts(results: Path, models: Iterable[Model]) -> Drifts:
    """When each of ``models`` that is watched was last seen to have drifted: one file for each is read."""
    since: dict[str, datetime.datetime] = {}
    broken: list[BrokenCell] = []
    for model in models:
        path = sentinel_path(results, model.id)
        if not is_watched(model) or not path.exists():
            continue
        try:
            when = max((check.when for check in _read(path, _Heads).checks if check.drifted), default=None)
        except BadFile as error:
            broken.append(BrokenCell(path, error))
            continue
        if when is not None:
            since[model.id] = when
    return Drifts(since, tuple(broken))


def is_before(started: str | None, drift: datetime.datetime | None) -> bool:
    """Whether a cell was started before a drift was seen. One that does not say when it was is taken for older."""
    if drift is None:
        return False
    try:
        # Python before 3.11 does not read the Z of UTC.
        return datetime.datetime.fromisoformat((started or "").replace("Z", "+00:00")) < drift
    except (ValueError, TypeError):
        return True


def _read(path: Path, kind: type[_Read]) -> _Read:
    try:
        content = kind.model_validate_json(read_text(path, MAX_SENTINEL_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in one["loc"])
        raise _bad(path, f"`{name}`: {one['msg']}." if name else f"{one['msg']}.") from error
    if content.model != path.stem:
        raise _bad(path, f"The file is about `{content.model}`.")
    return content


def _line(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _bad(path: Path, sentence: str) -> BadFile:
    return BadFile([Problem("sentinels", sentence, Where(path, 1), "Restore the file from git.")])
