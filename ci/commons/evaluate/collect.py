"""Collect: the shards of a plan become one ledger, whichever of them arrive, however often, in whatever order.

The plan must be one of this checkout: cells of another would replace those that this one shows. Each file is written
whole or not at all, and one collector works at a time, so that a kill at any moment leaves a ledger that the next run
completes. The fuller of two cells of one key stays; equal ones are not touched.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.admission import Admission
from commons.evaluate.arrivals import Arrival, find_folders, look
from commons.evaluate.checkout import outdated_tasks, refuse_another_checkouts
from commons.evaluate.exchanges import keep_transcript, read_exchange, transcript_file
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.precedence import is_later, state_of
from commons.evaluate.progress import Progress
from commons.evaluate.shard_report import read_report
from commons.evaluate.writing import results_of
from commons.harness.store import ResponseStore
from commons.harness.store_travel import Asked, Imported, import_
from commons.plan.cells import Reason, Standing, staleness, standing_of
from commons.plan.plan import Plan, PlannedCell
from commons.pool.card import Card, PublishLevel
from commons.pool.cell import CANONICAL, Cell
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.variants.varied import put_name


@dataclass(frozen=True)
class Collected:
    """One planned cell: ``written``, ``unchanged``, ``kept`` (a fuller one stands there) or ``missing``."""

    task: str
    model: str
    state: str
    partial: bool
    path: Path | None = None
    variant: str = CANONICAL


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
    store: ResponseStore | None, progress: Progress, now: datetime.datetime,
) -> Collection:
    """Merge shards' folders into the ledger; with ``store``, take in their answers too.

    ``cards`` are those of the planned tasks as they stand in this checkout.

    Raises:
        CannotRun: the plan is of another harness, another scoring protocol or other models.
    """
    models = {model.id: model for model in repository.models()}
    refuse_another_checkouts(plan, models)
    outdated = outdated_tasks(repository, plan)
    result = Collection()
    arrivals = []
    for folder in folders:
        try:
            arrivals += [look(one) for one in find_folders(folder)]
        except BadFile as error:
            result.refused += error.problems
    progress.begin("collecting shards", len(arrivals))
    taken = []
    with one_at_a_time(results_of(repository).lock):
        collecting = _Collecting(repository, Admission(plan, cards, models, outdated, now), result)
        for arrival in arrivals:
            taken.append((arrival, collecting.take(arrival)))
            _hear(arrival, plan_sha256, result)
            progress.advance(1)
        collecting.finish()
    progress.end()
    if store is not None:
        for arrival, allowed in taken:
            _take_answers(arrival, allowed, store, result)
    return result


#: The requests whose answers are taken from a shard, by the hash of the model's entry; None: nothing is.
Allowed = dict[str, dict[str, Asked]]


class _Collecting:
    """The ledger while it is being added to; its lock is held."""

    def __init__(self, repository: Repository, admission: Admission, result: Collection) -> None:
        self._ledger = repository.ledger
        self._work = repository.work
        self._admission = admission
        self._plan = admission.plan
        self._cards = admission.cards
        self._result = result
        self._planned: dict[tuple[str, str, str], PlannedCell] = {
            (cell.task, cell.model, cell.variant): cell for cell in self._plan.cells if cell.task in self._cards
        }
        self._items: dict[str, RenderedItems] = {}
        self._done: dict[tuple[str, str, str], Collected] = {}

    def take(self, arrival: Arrival) -> Allowed | None:
        """Take what one shard delivers and refuse the rest; which of its answers may be taken too.

        None of them where anything of it was refused: who sends one thing that does not hold may send others.
        """
        refused = len(self._result.refused)
        self._result.refused += arrival.refused
        mine: dict[str, RenderedItems] = {}
        allowed: Allowed = {}
        for path in arrival.rendered:
            try:
                items = self._admission.items(path)
                mine[items.header.task] = self._agreed(items, path)
            except BadFile as error:
                self._result.refused += error.problems
        for path in arrival.cells:
            try:
                cell = self._admission.cell(path, self._planned, mine)
                self._take_transcript(cell, arrival, allowed)
                self._place(cell, path)
            except BadFile as error:
                self._result.refused += error.problems
        return allowed if len(self._result.refused) == refused else None

    def _take_transcript(self, cell: Cell, arrival: Arrival, allowed: Allowed) -> None:
        """Keep the transcript of a cell where it came along; its requests are those whose answers may be taken."""
        path = transcript_file(cell, arrival.folder)
        if path is None or path.name not in arrival.transcripts or cell.publish is not PublishLevel.SAMPLES:
            return
        identity = cell.identity
        asked = read_exchange(path, cell, self._plan.facts[put_name(identity.task, identity.variant)])
        keep_transcript(path, self._work)
        allowed.setdefault(identity.model_hash, {}).update(asked)

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

    def _place(self, cell: Cell, source: Path) -> None:
        """Write a cell where it says more than the one that stands there.

        Raises:
            BadFile: one of another key stands there that was started after the plan was made.
        """
        identity = cell.identity
        path = self._ledger.cell_path(identity.task, identity.model, identity.variant)
        try:
            stored = self._ledger.cell(identity.task, identity.model, identity.variant)
        except BadFile:
            stored = None
        if stored is not None and is_later(stored, cell, self._plan.made):
            raise BadFile([Problem("later", "A cell of another key stands there that was started after the plan was "
                                   "made.", Where(source), "Make the plan again: commons plan --output plan.json")])
        if identity.variant == CANONICAL:
            self._write_items(identity.task)
        state = "written"
        if stored is not None and stored.identity.cell_key == identity.cell_key:
            state = state_of(cell, stored, self._plan.drifted.get(identity.model))
        if state == "written":
            self._ledger.write_cell(cell)
        place = (identity.task, identity.model, identity.variant)
        before = self._done.get(place)
        if before is None or state == "written":
            partial = stored.partial if state == "kept" and stored is not None else cell.partial
            self._done[place] = Collected(identity.task, identity.model, state, partial, path, identity.variant)

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
        drift = self._plan.drifted.get(cell.model)
        undated = cell.reason is Reason.ENDPOINT_DRIFTED and drift is None
        if cell.reason is Reason.FORCED or undated or self._admission.why_outdated(cell.task, cell.variant):
            card = None
        try:
            stored = self._ledger.cell(cell.task, cell.model, cell.variant)
        except BadFile:
            stored = None
        if card is not None and stored is not None:
            key = self._plan.key(cell)
            wanted = Standing(key.task_hash, key.model_hash, key.protocol_hash, card.publish,
                              card.comparability_version)
            varied = self._plan.varied_of(cell.task, cell.variant)
            if staleness(wanted, standing_of(stored, drift, varied)) is None:
                path = self._ledger.cell_path(cell.task, cell.model, cell.variant)
                return Collected(cell.task, cell.model, "unchanged", False, path, cell.variant)
        return Collected(cell.task, cell.model, "missing", False, variant=cell.variant)


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


def _take_answers(arrival: Arrival, allowed: Allowed | None, store: ResponseStore, result: Collection) -> None:
    if arrival.answers is None:
        return
    name = arrival.folder.name
    if not allowed:
        why = ("a file of it was refused" if allowed is None else
               "no transcript came along with a cell of it, so nobody can tell which requests they answer")
        result.said.append(f"{name}: none of its answers is taken in: {why}.")
        return
    try:
        taken = import_(store, arrival.answers, allowed=allowed)
    except (BadFile, OSError) as error:
        result.refused += error.problems if isinstance(error, BadFile) else [
            Problem("answers", f"The file cannot be read: {error.strerror}.", Where(arrival.answers),
                    "Look at the disk, and collect again.")]
        return
    so_far = result.answers
    result.answers = Imported(so_far.added + taken.added, so_far.known + taken.known,
                              so_far.conflicts + taken.conflicts, so_far.left_out + taken.left_out)
