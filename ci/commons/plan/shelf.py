"""The stored cells of one task, as the index keeps them: columns of numbers, hashes grouped by what they share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from commons.plan.cells import Standing
from commons.plan.heads import CellHead
from commons.pool.card import PublishLevel
from commons.pool.ledger import BrokenCell

#: Where the starts stand among the columns that :func:`pack_rest` writes: all but the first field and the last.
_STARTED = CellHead._fields.index("started") - 1


class Group(NamedTuple):
    """Cells of one task that stand alike but for their models: how (with no model's hash), and the hash by model."""

    standing: Standing
    models: dict[str, str]


class Shelf:
    """The stored canonical cells of one task. ``rest`` gives what the memo keeps beside the groups, when asked."""

    def __init__(
        self, task: str, groups: list[Group], rest: Callable[[], str | None], broken: tuple[BrokenCell, ...] = ()
    ) -> None:
        self.task = task
        self.groups = groups
        self.broken = broken
        self._rest = rest

    @classmethod
    def of(cls, task: str, heads: dict[str, CellHead], broken: tuple[BrokenCell, ...] = ()) -> Shelf:
        """A shelf whose heads were just read."""
        return cls(task, _groups(heads), lambda: pack_rest(heads), broken)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How each model's cell stands."""
        return {model: group.standing._replace(model_hash=digest)
                for group in self.groups for model, digest in group.models.items()}

    @cached_property
    def heads(self) -> dict[str, CellHead]:
        """Each model's cell without its rows; none where the memo lost them since."""
        try:
            return _unpack_rest(self._rest() or "", self.standings)
        except (ValueError, KeyError, TypeError):
            return {}

    @cached_property
    def started(self) -> dict[str, str]:
        """When each model's cell was started; looked at only for endpoints that drifted, so no head is made for it."""
        try:
            content = json.loads(self._rest() or "")
            return dict(zip(content["models"], content["columns"][_STARTED] if content["columns"] else (), strict=True))
        except (ValueError, KeyError, TypeError, IndexError):
            return {}

    def has(self, model: str) -> bool:
        """Whether a cell of ``model`` stands here."""
        return any(model in group.models for group in self.groups)

    def holds(self, standing: Standing, models: Mapping[str, str]) -> bool:
        """Whether the cells of all ``models`` (hashes by id) stand as ``standing`` says, which names no model."""
        return any(group.standing == standing and models.items() <= group.models.items() for group in self.groups)


def _groups(heads: Mapping[str, CellHead]) -> list[Group]:
    found: dict[Standing, dict[str, str]] = {}
    for model, head in heads.items():
        common = head.standing._replace(model_hash="")
        found.setdefault(common, {})[model] = head.standing.model_hash
    return [Group(*one) for one in found.items()]


def pack_standings(heads: Mapping[str, CellHead]) -> str:
    """The groups as JSON."""
    # Whether an endpoint drifted is no matter of the files, and is asked anew each time.
    return json.dumps([[*group.standing._replace(drifted=False)[:-1], group.models] for group in _groups(heads)])


def unpack_standings(text: str) -> list[Group]:
    """The groups that :func:`pack_standings` wrote.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    found = []
    for task, model, protocol, publish, version, partial, models in json.loads(text):
        found.append(Group(Standing(task, model, protocol, PublishLevel(publish), version, partial), dict(models)))
    return found


def pack_rest(heads: Mapping[str, CellHead]) -> str:
    """Everything but the standings, in columns."""
    names = sorted({name for one in heads.values() for name in one.values})
    return json.dumps({
        "models": list(heads), "columns": list(zip(*(one[1:-1] for one in heads.values()), strict=True)),
        "values": {name: [one.values.get(name) for one in heads.values()] for name in names},
    })


def _unpack_rest(text: str, standings: Mapping[str, Standing]) -> dict[str, CellHead]:
    content: dict[str, Any] = json.loads(text)
    models, names = content["models"], list(content["values"])
    values = zip(*content["values"].values(), strict=True) if names else ((),) * len(models)
    return {
        model: CellHead._make((
            standings[model], *row, {name: one for name, one in zip(names, numbers, strict=True) if one is not None},
        ))
        for model, row, numbers in zip(models, zip(*content["columns"], strict=True), values, strict=True)
    }
