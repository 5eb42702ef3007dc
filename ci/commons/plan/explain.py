"""Why a cell is as it is: what went into its key, and what of it differs from the stored cell, by name."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from commons.harness import HARNESS_VERSION
from commons.harness.fingerprint import item_input, task_parts
from commons.harness.rendering import TaskRendering
from commons.plan.cells import decide, standing_of
from commons.plan.costs import unanswered
from commons.plan.outline import outline_of, request_sizes
from commons.pool.card import Card
from commons.pool.cell import CANONICAL, Cell
from commons.pool.hashing import CellKey, model_hash, model_parts, protocol_hash, protocol_parts
from commons.pool.models import Model
from commons.variants.varied import VARIANT, Varied

#: An endpoint whose answers changed under one name.
_ENDPOINT = "endpoint"
#: What a card can say that enters no key, and has a cell written again all the same.
_CARD = "card"


@dataclass(frozen=True)
class Difference:
    """One part that is not as in the stored cell: of what (task, model, protocol, card, endpoint), its name, how."""

    of: str
    part: str
    how: str


@dataclass(frozen=True)
class ItemChanges:
    """The ids of items that changed, came or went since the stored cell. ``known`` says whether it can be told."""

    known: bool
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.changed or self.added or self.removed)


@dataclass(frozen=True)
class Explanation:
    """All that is known of one cell. ``parts`` are today's; ``stored`` is None where nothing was measured.

    Of a variant, the parts name the canonical form that its cell stands beside, which enters no key.
    """

    task: str
    model: str
    form: str
    key: CellKey
    parts: Mapping[str, Mapping[str, str]]
    stored: str | None
    stored_key: str | None
    reason: str | None
    inapplicable: str | None
    differences: tuple[Difference, ...]
    items: ItemChanges | None
    requests: int
    to_send: int
    variant: str = CANONICAL


def explain(rendering: TaskRendering, card: Card, model: Model, stored: Cell | None,
            answered: AbstractSet[str], drift: datetime.datetime | None = None,
            varied: Varied | None = None) -> Explanation:
    """Explain the cell of a task and a model; ``answered`` are the digests that need not be sent.

    ``drift`` is when the model's endpoint was last seen to have drifted. Where the task is ``varied``, rendering and
    card are the varied task's.
    """
    outline = outline_of(rendering, card)
    standing = None if stored is None else standing_of(stored, drift, varied)
    decision = decide(outline, model, protocol_hash(HARNESS_VERSION), model_hash(model), standing)
    parts = {
        "task": task_parts(rendering), "model": model_parts(model),
        "protocol": {name: str(value) for name, value in protocol_parts(HARNESS_VERSION).items()},
    } | ({} if varied is None else {VARIANT: varied.inputs})
    requests = request_sizes(rendering.needed(model.form))
    return Explanation(
        task=rendering.task, model=model.id, form=model.form, key=decision.key, parts=parts,
        stored=None if stored is None else _state(stored),
        stored_key=None if stored is None else stored.identity.cell_key,
        reason=decision.reason.value if decision.reason else None, inapplicable=decision.inapplicable,
        differences=() if stored is None else (*_differences(parts, stored), *_of_card(card, stored),
                                               *_of_endpoint(stored, drift)),
        items=None if stored is None else _items(rendering, stored), requests=len(requests),
        to_send=0 if decision.inapplicable else unanswered(requests, answered).requests,
        variant=CANONICAL if varied is None else varied.name,
    )


def _state(cell: Cell) -> str:
    scored = sum(row.outcome.has_score for row in cell.rows)
    if cell.partial:
        return f"partial: {scored} of {len(cell.rows)} rows have a score"
    return f"whole: {len(cell.rows)} rows"


def _differences(parts: Mapping[str, Mapping[str, str]], stored: Cell) -> list[Difference]:
    """The parts of the key that differ. A cell of an older program may not say what went into it."""
    found = []
    for kind, now in parts.items():
        before = stored.inputs.get(kind, {})
        if not before:
            continue
        for name in [*now, *(one for one in before if one not in now)]:
            if now.get(name) != before.get(name):
                how = "added" if name not in before else "removed" if name not in now else "changed"
                # A protocol's parts are no digests but what they stand for: the versions themselves.
                said = f"{before[name]} -> {now[name]}" if kind == "protocol" and how == "changed" else how
                found.append(Difference(kind, name, said))
    return found


def _of_card(card: Card, stored: Cell) -> list[Difference]:
    found = []
    if stored.publish is not card.publish:
        found.append(Difference(_CARD, "publish", f"{stored.publish.value} -> {card.publish.value}"))
    version = stored.identity.comparability_version
    if version != card.comparability_version:
        found.append(Difference(_CARD, "comparability_version", f"{version} -> {card.comparability_version}"))
    return found


def _of_endpoint(stored: Cell, drift: datetime.datetime | None) -> list[Difference]:
    if drift is None or not standing_of(stored, drift).drifted:
        return []
    return [Difference(_ENDPOINT, "answers", f"drifted, as the check of {drift.isoformat()} found; the cell was "
                       f"started at {stored.provenance.started}")]


def _items(rendering: TaskRendering, stored: Cell) -> ItemChanges:
    """Compare each row's digest of what was put with today's; rows carry it where the card publishes samples."""
    before = {row.item: row.input for row in stored.rows}
    if not before or any(one is None for one in before.values()):
        return ItemChanges(known=False)
    now = {item.id: item_input(item, rendering) for item in rendering.items}
    return ItemChanges(
        known=True,
        changed=tuple(sorted(name for name in now if name in before and before[name] != now[name])),
        added=tuple(sorted(set(now) - set(before))), removed=tuple(sorted(set(before) - set(now))),
    )
