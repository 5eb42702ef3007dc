"""Amending the ledger: one line that says what was corrected or withdrawn, and what that does to places and pairs.

A place is a range, from the intervals that stand in the cells: two models are ordered only where their intervals do
not overlap, which errs on the side of saying nothing. Nothing here computes a number anew.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
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
from commons.pool.card import Headline
from commons.pool.cell import CANONICAL, Cell, Metric
from commons.pool.git import contents, stored_below
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.repository import Repository
from commons.pool.standing import withdrawal_of
from commons.pool.whole import write_whole
from commons.pool.yamlfile import read_text

#: A cell by its model and variant.
Cells = Mapping[tuple[str, str], Cell]


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


def amendment_for(decision: Decision, before: Cells, after: Cells, headline: Headline | None) -> Amendment:
    """The amendment of a decision: with the headlines, places and pairs that differ, where they can be computed.

    What is withdrawn has no number afterwards, whatever file still stands. ``headline`` None says that the card
    cannot be read: then only the decision itself is recorded.
    """
    if decision.kind == "withdrawn":
        after = {key: cell for key, cell in after.items() if not decision.means(key)}
    old, new = _headlines(before, headline), _headlines(after, headline)
    higher = headline is None or headline.direction == "higher"
    places_old, places_new = _places(_ranked(old, before), higher), _places(_ranked(new, after), higher)
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
        pairs=_pairs(_ranked(old, before), _ranked(new, after), higher),
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


def _headlines(cells: Cells, headline: Headline | None) -> dict[tuple[str, str], Metric]:
    if headline is None:
        return {}
    name = f"{headline.metric},{headline.filter}"
    return {key: cell.metrics[name] for key, cell in cells.items() if not cell.partial and name in cell.metrics}


def _ranked(metrics: Mapping[tuple[str, str], Metric], cells: Cells) -> dict[tuple[str, str], Metric]:
    """Only canonical cells of our own enter ranks."""
    return {key: metric for key, metric in metrics.items()
            if key[1] == CANONICAL and cells[key].identity.origin == "own"}


def _places(metrics: Mapping[tuple[str, str], Metric], higher: bool) -> dict[tuple[str, str], Place]:
    places = {}
    for key, metric in metrics.items():
        orders = [_order(metric, other, higher) for rival, other in metrics.items() if rival != key]
        places[key] = Place(best=1 + orders.count("second ahead"), worst=len(metrics) - orders.count("first ahead"))
    return places


def _pairs(
    old: Mapping[tuple[str, str], Metric], new: Mapping[tuple[str, str], Metric], higher: bool
) -> tuple[PairChange, ...]:
    changes = []
    for first, second in combinations(sorted({*old, *new}), 2):
        before, after = (_said(first, second, metrics, higher) for metrics in (old, new))
        if before != after:
            changes.append(PairChange(first=first[0], second=second[0], before=before, after=after))
    return tuple(changes)


def _said(
    first: tuple[str, str], second: tuple[str, str], metrics: Mapping[tuple[str, str], Metric], higher: bool
) -> Order:
    if first not in metrics or second not in metrics:
        return "not compared"
    return _order(metrics[first], metrics[second], higher)


def _order(first: Metric, second: Metric, higher: bool) -> Order:
    if first.interval is None or second.interval is None:
        return "no clear order"
    if first.interval[0] > second.interval[1]:
        return "first ahead" if higher else "second ahead"
    if second.interval[0] > first.interval[1]:
        return "second ahead" if higher else "first ahead"
    return "no clear order"


def _value(metric: Metric | None) -> float | None:
    return None if metric is None else metric.value


def known_results(cells: Iterable[tuple[str, str]]) -> str:
    """The results that can be named, for a message."""
    return ", ".join(f"{model}@{variant}" if variant != CANONICAL else model for model, variant in sorted(cells))
