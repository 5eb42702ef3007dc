"""Amending the ledger: one line that says what was corrected or withdrawn, and what that does to places and pairs.

Places and orders come from the paired tests of ``analyse``, which whoever amends hands in: this room stands below it.
Nothing here computes a number anew.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from commons.errors import BadFile, CannotRun, Where
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.writing import LOCK
from commons.pool import cellfile
from commons.pool.amendments import (
    AMENDMENTS_FILE,
    Amendment,
    Effect,
    Kind,
    Order,
    PairChange,
    Place,
    parse_amendments,
    to_line,
)
from commons.pool.card import Card
from commons.pool.cell import CANONICAL, Cell, Metric
from commons.pool.git import contents, stored_below
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import Repository
from commons.pool.standing import headline_name, withdrawal_of
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text

#: A cell by its model and variant.
Cells = Mapping[tuple[str, str], Cell]


@dataclass(frozen=True)
class Placed:
    """The places of the models that can be compared, and of which pairs the first is clearly ahead of the second."""

    places: Mapping[str, Place]
    ahead: frozenset[tuple[str, str]]

    def order(self, first: str, second: str) -> Order:
        """What is known of the order of two models."""
        if first not in self.places or second not in self.places:
            return "not compared"
        if (first, second) in self.ahead:
            return "first ahead"
        return "second ahead" if (second, first) in self.ahead else "no clear order"


#: Places the canonical, whole cells of our own, of one task whose card is given.
Placing = Callable[[Card, Iterable[Cell]], Placed]


@dataclass(frozen=True)
class Decision:
    """What a person decided: which results, how, why, who and when."""

    kind: Kind
    task: str
    model: str | None
    variant: str | None
    reason: str
    by: str
    date: datetime.date

    def means(self, key: tuple[str, str]) -> bool:
        """Whether the decision is about the cell."""
        return self.model in {None, key[0]} and self.variant in {None, key[1]}


def cells_of(repository: Repository, task: str) -> dict[tuple[str, str], Cell]:
    """The cells of a task that can be read. A broken one has no number that an amendment could name."""
    found = {}
    for path in repository.ledger.cell_paths():
        if path.parent.name == task:
            try:
                cell = cellfile.read_cell(path)
            except BadFile:
                continue
            found[cell.identity.model, cell.identity.variant] = cell
    return found


def cells_at(repository: Repository, task: str, commit: str) -> dict[tuple[str, str], Cell]:
    """The cells of a task as a commit holds them; those that cannot be read are left out.

    Raises:
        GitFailed: the commit is not here.
    """
    folder = f"results/cells/{task}"
    stored = {one.digest: name for name, one in stored_below(repository.root, commit, [folder]).items()
              if one.is_file and name.endswith(".json")}
    found = {}
    for digest, content in contents(repository.root, list(stored)):
        try:
            cell = cellfile.from_text(content.decode("utf-8"), Path(stored[digest]))
        except (BadFile, UnicodeDecodeError):
            continue
        found[cell.identity.model, cell.identity.variant] = cell
    return found


def still_standing(cells: Cells, amendments: Iterable[Amendment]) -> dict[tuple[str, str], Cell]:
    """The cells that no earlier amendment withdrew; one that was measured on a later day counts again."""
    earlier = tuple(amendments)
    return {key: cell for key, cell in cells.items() if withdrawal_of(cell, earlier) is None}


def amendment_for(
    decision: Decision, before: Cells, after: Cells, card: Card | None, placing: Placing
) -> Amendment:
    """The amendment of a decision: with the headlines, places and pairs that differ, where they can be computed.

    What is withdrawn has no number afterwards, whatever file still stands. ``card`` None says that the card cannot be
    read: then only the decision itself is recorded.
    """
    if decision.kind == "withdrawn":
        after = {key: cell for key, cell in after.items() if not decision.means(key)}
    old, new = _headlines(before, card), _headlines(after, card)
    placed = _placed(old, before, card, placing), _placed(new, after, card, placing)
    places_old, places_new = (
        {(model, CANONICAL): place for model, place in one.places.items()} for one in placed
    )
    effects = []
    for key in sorted({*old, *new}):
        effect = Effect(
            model=key[0], variant=key[1], before=_value(old.get(key)), after=_value(new.get(key)),
            place_before=places_old.get(key), place_after=places_new.get(key),
        )
        differs = (effect.before, effect.place_before) != (effect.after, effect.place_after)
        if differs or (decision.means(key) and decision.model is not None):
            effects.append(effect)
    meant = [effect for effect in effects if decision.means((effect.model, effect.variant))]
    single = meant[0] if len(meant) == 1 and decision.model is not None else Effect(model="")
    return Amendment(
        date=decision.date, kind=decision.kind, task=decision.task, model=decision.model, variant=decision.variant,
        reason=decision.reason, before=single.before, after=single.after, by=decision.by, effects=tuple(effects),
        pairs=_pairs(*placed),
    )


def append_amendment(repository: Repository, amendment: Amendment) -> Path:
    """Add one line to the file: after all others, whole or not at all, and one writer at a time.

    Raises:
        BadFile: the file that stands there cannot be read, so nothing is added to it.
    """
    path = repository.ledger.root / AMENDMENTS_FILE
    if path.is_symlink() or repository.ledger.root.is_symlink():
        raise CannotRun("The amendments would be written through this link, to wherever it leads.", where=Where(path),
                        mend="Delete the link.")
    with one_at_a_time(repository.work / LOCK):
        old = read_text(path, MAX_DATA_BYTES) if path.exists() else ""
        parse_amendments(old, path)
        if old and not old.endswith("\n"):
            old += "\n"
        write_whole(path, old + to_line(amendment))
    return path


def _headlines(cells: Cells, card: Card | None) -> dict[tuple[str, str], Metric]:
    if card is None:
        return {}
    name = headline_name(card)
    return {key: cell.metrics[name] for key, cell in cells.items() if not cell.partial and name in cell.metrics}


def _placed(
    metrics: Mapping[tuple[str, str], Metric], cells: Cells, card: Card | None, placing: Placing
) -> Placed:
    """Only canonical cells of our own enter ranks."""
    ranked = [cells[key] for key in sorted(metrics)
              if key[1] == CANONICAL and cells[key].identity.origin == "own"]
    return Placed({}, frozenset()) if card is None or not ranked else placing(card, ranked)


def _pairs(old: Placed, new: Placed) -> tuple[PairChange, ...]:
    changes = []
    for first, second in combinations(sorted({*old.places, *new.places}), 2):
        before, after = old.order(first, second), new.order(first, second)
        if before != after:
            changes.append(PairChange(first=first, second=second, before=before, after=after))
    return tuple(changes)


def _value(metric: Metric | None) -> float | None:
    return None if metric is None else metric.value


def known_results(cells: Iterable[tuple[str, str]]) -> str:
    """The results that can be named, for a message."""
    return ", ".join(f"{model}@{variant}" if variant != CANONICAL else model for model, variant in sorted(cells))
