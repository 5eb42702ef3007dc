"""All cells of the chosen tasks and models in one pass: which stand, which are to run and why, which cannot exist.

The pass is over tasks. Where a task's stored cells all stand, which is the usual case, two mappings are compared and
no cell is looked at by itself; so the cost of planning grows with what changed and not with the pool.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from commons.plan.cells import Reason, Standing, inapplicable, no_hardware, reason_for, today
from commons.plan.costs import Own, own_of
from commons.plan.outline import TaskOutline
from commons.plan.plan import Inapplicable
from commons.plan.shelf import Shelf
from commons.pool.cell import CANONICAL
from commons.pool.hashing import model_hash
from commons.pool.models import Model
from commons.pool.sentinels import is_before


class Draft(NamedTuple):
    """A cell to run, before its cost is known; ``own`` is what its earlier version took."""

    outline: TaskOutline
    model: str
    reason: Reason
    own: Own | None
    variant: str = CANONICAL


@dataclass
class Survey:
    """What the pass found. ``looked_at`` counts the cells that had to be looked at by themselves."""

    drafts: list[Draft] = field(default_factory=list)
    inapplicable: list[Inapplicable] = field(default_factory=list)
    kept: int = 0
    looked_at: int = 0


class _Fit(NamedTuple):
    """The models that a task can be put to (hashes by id), and those that it cannot, with why."""

    hashes: dict[str, str]
    refused: list[tuple[str, str]]


class Surveyor:
    """Looks at tasks, one after another; ``drifts`` says when endpoints were last seen to have drifted."""

    def __init__(
        self, models: Sequence[Model], protocol: str, on: AbstractSet[str], *, force: bool = False,
        drifts: Mapping[str, datetime.datetime] | None = None,
    ) -> None:
        self._models = models
        self._protocol = protocol
        self._force = force
        self._drifts = drifts or {}
        self._elsewhere = {model.id: why for model in models if (why := no_hardware(model, on)) is not None}
        self._contexts = sorted({model.context_length for model in models})
        self._fits: dict[tuple[bool, int, int], _Fit] = {}
        self.hashes = {model.id: model_hash(model) for model in models}
        self.found = Survey()

    def look(self, outline: TaskOutline, shelf: Shelf, variant: str = CANONICAL) -> None:
        """Decide every cell of one task as it is put; the outline and the shelf are the variant's."""
        fit = self._fit(outline)
        found = self.found
        found.inapplicable += [Inapplicable(outline.task, model, why, variant) for model, why in fit.refused]
        now = today(outline, "", self._protocol)
        drifted = self._drifted(shelf, fit)
        if not self._force and not drifted and shelf.holds(now, fit.hashes):
            found.kept += len(fit.hashes)
            return
        standings = shelf.standings
        for model, digest in fit.hashes.items():
            found.looked_at += 1
            stored = standings.get(model)
            if stored is not None and model in drifted:
                stored = stored._replace(drifted=True)
            reason = reason_for(_for(now, digest), stored, force=self._force)
            if reason is None:
                found.kept += 1
            elif model in self._elsewhere:
                found.inapplicable.append(Inapplicable(outline.task, model, self._elsewhere[model], variant))
            else:
                own = own_of(shelf.heads.get(model)) if stored is not None else None
                found.drafts.append(Draft(outline, model, reason, own, variant))

    def refuse(self, task: str, variant: str, why: str) -> None:
        """Note that no cell of a task can exist as it should be put."""
        self.found.inapplicable += [Inapplicable(task, model.id, why, variant) for model in self._models]

    def _drifted(self, shelf: Shelf, fit: _Fit) -> set[str]:
        """The models whose cell is older than their endpoint's last drift."""
        return {model for model, when in self._drifts.items()
                if model in fit.hashes and shelf.has(model) and is_before(shelf.started.get(model), when)}

    def _fit(self, outline: TaskOutline) -> _Fit:
        """Tasks that need the same of a model are put to the same ones, so this is worked out once for all of them."""
        kind = (outline.needs_loglikelihoods, bisect_left(self._contexts, outline.plain.longest),
                bisect_left(self._contexts, outline.chat.longest))
        if kind not in self._fits:
            refused = [(model.id, why) for model in self._models
                       if (why := inapplicable(outline, model)) is not None]
            names = {name for name, _ in refused}
            self._fits[kind] = _Fit({name: digest for name, digest in self.hashes.items() if name not in names},
                                    refused)
        return self._fits[kind]


def headlines(shelf: Shelf, outline: TaskOutline) -> list[float]:
    """The headline of each stored cell that was measured on the task as it stands today."""
    return [head.values[outline.column] for head in shelf.heads.values()
            if head.standing.task_hash == outline.task_hash and outline.column in head.values]


def by_model(drafts: Iterable[Draft]) -> Mapping[str, list[Draft]]:
    """The drafts of each model, in the order given."""
    found: dict[str, list[Draft]] = {}
    for draft in drafts:
        found.setdefault(draft.model, []).append(draft)
    return found


def _for(now: Standing, digest: str) -> Standing:
    return Standing(now.task_hash, digest, now.protocol_hash, now.publish, now.comparability_version)
