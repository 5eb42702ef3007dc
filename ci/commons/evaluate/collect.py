"""Collect: the shards of a plan become one ledger, whichever of them arrive, however often, in whatever order.

Each file is written whole or not at all, and one collector works at a time, so that a kill at any moment leaves a
ledger that the next run completes. The fuller of two cells of one key stays; equal ones are not touched.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.arrivals import MAX_ANSWERS_BYTES, Arrival, admit, find_folders, look, read_items
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.progress import Progress
from commons.evaluate.shard_report import read_report
from commons.evaluate.writing import results_of, scored
from commons.harness.store import ResponseStore
from commons.harness.store_travel import Imported, import_
from commons.plan.cells import Reason, Standing, staleness, standing_of
from commons.plan.plan import Plan, PlannedCell
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import Cell
from commons.pool.ledger import Ledger
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository


@dataclass(frozen=True)
class Collected:
    """One planned cell: ``written``, ``unchanged``, ``kept`` (a fuller one stands there) or ``missing``."""

    task: str
    model: str
    state: str
    partial: bool
    path: Path | None = None


@dataclass
class Collection:
    """What became of all that was planned, and what was refused, each with its reason."""

    cells: list[Collected] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    answers: Imported = field(default_factory=Imported)

    def of(self, state: str) -> list[Collected]:
        """The cells of one state."""
        return [one for one in self.cells if one.state == state]

    @property
    def changed(self) -> bool:
        """Whether anything in the ledger is other than before."""
        return bool(self.of("written") or self.rendered)


def collect(
    repository: Repository, plan: Plan, plan_sha256: str, folders: Sequence[Path], cards: Mapping[str, Card],
    store: ResponseStore | None, progress: Progress,
) -> Collection:
    """Merge shards' folders into the ledger; with ``store``, take in their answers too.

    ``cards`` are those of the planned tasks as they stand in this checkout.
    """
    result = Collection()
    arrivals = []
    for folder in folders:
        try:
            arrivals += [look(one) for one in find_folders(folder)]
        except BadFile as error:
            result.refused += error.problems
    progress.begin("collecting shards", len(arrivals))
    with one_at_a_time(results_of(repository).lock):
        collecting = _Collecting(repository.ledger, plan, cards, result)
        for arrival in arrivals:
            collecting.take(arrival)
            _hear(arrival, plan_sha256, result)
            progress.advance(1)
        collecting.finish()
    progress.end()
    if store is not None:
        for arrival in arrivals:
            _take_answers(arrival, plan, store, result)
    return result


class _Collecting:
    """The ledger while it is being added to; its lock is held."""

    def __init__(self, ledger: Ledger, plan: Plan, cards: Mapping[str, Card], result: Collection) -> None:
        self._ledger = ledger
        self._plan = plan
        self._cards = cards
        self._result = result
        self._planned: dict[tuple[str, str, str], PlannedCell] = {
            (cell.task, cell.model, cell.variant): cell for cell in plan.cells if cell.task in cards
        }
        self._items: dict[str, RenderedItems] = {}
        self._done: dict[tuple[str, str, str], Collected] = {}

    def take(self, arrival: Arrival) -> None:
        """Take what one shard delivers and refuse the rest."""
        self._result.refused += arrival.refused
        mine: dict[str, RenderedItems] = {}
        for path in arrival.rendered:
            try:
                items = read_items(path, self._plan, self._cards)
                mine[items.header.task] = self._agreed(items, path)
            except BadFile as error:
                self._result.refused += error.problems
        for path in arrival.cells:
            try:
                cell = admit(path, self._plan, self._planned, self._cards, mine)
                if cell.publish is PublishLevel.SAMPLES and cell.identity.task not in mine:
                    raise BadFile([Problem("rendered", "The shard does not deliver the rendered items of this cell's "
                                           "task, so its rows cannot be held against them.", Where(path),
                                           "Run the shard again.")])
                self._place(cell)
            except BadFile as error:
                self._result.refused += error.problems

    def finish(self) -> None:
        """Account for every planned cell; rendered items that a card withholds now go."""
        for task in dict.fromkeys(cell.task for cell in self._plan.cells):
            card = self._cards.get(task)
            if card is not None and card.publish is not PublishLevel.SAMPLES:
                self._ledger.remove_rendered(task)
        for cell in self._plan.cells:
            place = (cell.task, cell.model, cell.variant)
            self._result.cells.append(self._done.get(place) or self._standing(cell))

    def _agreed(self, items: RenderedItems, path: Path) -> RenderedItems:
        """The items of a task, of which all shards must deliver the same."""
        task = items.header.task
        if self._items.setdefault(task, items) != items:
            raise BadFile([Problem("rendered", "Another shard delivers other rendered items for this task.",
                                   Where(path), "Run both shards again.")])
        return items

    def _place(self, cell: Cell) -> None:
        """Write a cell where it says more than the one that stands there."""
        identity = cell.identity
        path = self._ledger.cell_path(identity.task, identity.model, identity.variant)
        try:
            stored = self._ledger.cell(identity.task, identity.model, identity.variant)
        except BadFile:
            stored = None
        self._write_items(identity.task)
        state = "written"
        if stored is not None and stored.identity.cell_key == identity.cell_key:
            state = _state(cell, stored)
        if state == "written":
            self._ledger.write_cell(cell)
        place = (identity.task, identity.model, identity.variant)
        before = self._done.get(place)
        if before is None or state == "written":
            partial = stored.partial if state == "kept" and stored is not None else cell.partial
            self._done[place] = Collected(identity.task, identity.model, state, partial, path)

    def _write_items(self, task: str) -> None:
        fresh = self._items.get(task)
        if fresh is None:
            return
        try:
            stored = self._ledger.rendered(task)
        except BadFile:
            stored = None
        if stored != fresh:
            self._ledger.write_rendered(fresh)
            self._result.rendered.append(task)

    def _standing(self, cell: PlannedCell) -> Collected:
        """A planned cell that no shard delivered: an earlier collect may have written it.

        One that was to be measured although it stood cannot be told from the one that stood.
        """
        card = self._cards.get(cell.task)
        if cell.reason in {Reason.FORCED, Reason.ENDPOINT_DRIFTED}:
            card = None
        try:
            stored = self._ledger.cell(cell.task, cell.model, cell.variant)
        except BadFile:
            stored = None
        if card is not None and stored is not None:
            key = self._plan.key(cell)
            wanted = Standing(key.task_hash, key.model_hash, key.protocol_hash, card.publish,
                              card.comparability_version)
            if staleness(wanted, standing_of(stored)) is None:
                path = self._ledger.cell_path(cell.task, cell.model, cell.variant)
                return Collected(cell.task, cell.model, "unchanged", partial=False, path=path)
        return Collected(cell.task, cell.model, "missing", partial=False)


def _state(cell: Cell, stored: Cell) -> str:
    """Whether a cell replaces the stored one of the same key, or what is said of it."""
    if scored(cell) != scored(stored):
        return "written" if scored(cell) > scored(stored) else "kept"
    if _content(cell) == _content(stored):
        return "unchanged"
    if _under(cell) != _under(stored):
        # What arrives was held against the card of this checkout; what stands was written under another.
        return "written"
    # Both are as full, and differ: an endpoint may have answered otherwise. The later one stands.
    return "written" if cell.provenance.started > stored.provenance.started else "kept"


def _under(cell: Cell) -> tuple[PublishLevel, int]:
    return cell.publish, cell.identity.comparability_version


def _content(cell: Cell) -> Cell:
    """A cell without what may differ between two equal runs."""
    nothing = cell.provenance.model_copy(update=dict.fromkeys(type(cell.provenance).model_fields))
    return dataclasses.replace(cell, provenance=nothing)


def _hear(arrival: Arrival, plan_sha256: str, result: Collection) -> None:
    """What the shard says of itself, for people: its errors, or that it did not finish."""
    name = arrival.folder.name
    if arrival.report is None:
        result.said.append(f"{name} did not finish: it left no report. What it left is taken.")
        return
    try:
        report = read_report(arrival.report)
    except BadFile as error:
        result.refused += error.problems
        return
    if report.plan_sha256 != plan_sha256:
        result.said.append(f"{name} ran another plan ({report.plan_sha256[:12]}); of its cells, those that this plan "
                           "names with the same key are taken.")
    result.said += [f"{name}: {one.what}: {one.sentence}" for one in report.errors]


def _take_answers(arrival: Arrival, plan: Plan, store: ResponseStore, result: Collection) -> None:
    if arrival.answers is None:
        return
    if arrival.answers.is_symlink() or arrival.answers.stat().st_size > MAX_ANSWERS_BYTES:
        return
    try:
        taken = import_(store, arrival.answers, model_hashes=set(plan.models.values()))
    except BadFile as error:
        result.refused += error.problems
        return
    so_far = result.answers
    result.answers = Imported(so_far.added + taken.added, so_far.known + taken.known,
                              so_far.conflicts + taken.conflicts, so_far.left_out + taken.left_out)
