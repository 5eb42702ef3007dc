"""Where a run's cells go: the ledger, or the folder that a shard leaves behind. The fuller of two cells stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.measure import rendered_items
from commons.evaluate.transcripts import write_transcript
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer
from commons.pool.card import PublishLevel
from commons.pool.cell import CANONICAL, Cell, Transcript
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from commons.pool.task import Task

LOCK = "results.lock"


@dataclass(frozen=True)
class Place:
    """A ledger to write to, the folder for transcripts, and the lock of both.

    ``withheld`` is where the transcripts of tasks that publish less than samples go: a shard's folder is uploaded.
    """

    ledger: Ledger
    transcripts: Path
    withheld: Path
    lock: Path

    def stored(self, task: str, model: str, variant: str = CANONICAL) -> Cell | None:
        """The cell that stands there; a broken one is as good as none.

        Raises:
            BadFile: the file is there and cannot be read.
        """
        return self.ledger.cell(task, model, variant)

    def write(self, cell: Cell, rendering: TaskRendering, task: Task) -> tuple[Path, bool]:
        """Write a cell and its task's rendered items, unless what stands there has scores for more of its items.

        The rendered items are those of the canonical form: a variant's cell leaves them as they are.

        Returns where it stands, and whether it was written.
        """
        path = self.ledger.cell_path(task.name, cell.identity.model, cell.identity.variant)
        with one_at_a_time(self.lock):
            try:
                stored = self.ledger.cell(task.name, cell.identity.model, cell.identity.variant)
            except BadFile:
                stored = None
            if stored and stored.identity.cell_key == cell.identity.cell_key and scored(stored) > scored(cell):
                return path, False
            if cell.identity.variant == CANONICAL:
                self._write_rendered(rendering, task)
            return self.ledger.write_cell(cell), True

    def write_rendered(self, rendering: TaskRendering, task: Task) -> None:
        """Bring the task's rendered items up to date: written where they differ, gone where they are withheld."""
        with one_at_a_time(self.lock):
            self._write_rendered(rendering, task)

    def write_transcript(
        self, rendering: TaskRendering, form: Form, answers: Mapping[str, Answer], task: Task
    ) -> Transcript:
        """Keep the full exchange of a cell."""
        folder = self.transcripts if task.card.publish is PublishLevel.SAMPLES else self.withheld
        return write_transcript(rendering, form, answers, folder)

    def _write_rendered(self, rendering: TaskRendering, task: Task) -> None:
        if task.card.publish is not PublishLevel.SAMPLES:
            self.ledger.remove_rendered(task.name)
            return
        fresh = rendered_items(rendering, task)
        try:
            stored = self.ledger.rendered(task.name)
        except BadFile:
            stored = None
        if stored != fresh:
            self.ledger.write_rendered(fresh)


def results_of(repository: Repository) -> Place:
    """The pool's own ledger."""
    return Place(repository.ledger, repository.work, repository.work, repository.work / LOCK)


def shard_folder(repository: Repository, folder: Path) -> Place:
    """A folder for one shard's results; what may not be published stays in the pool's own working folder."""
    return Place(Ledger(folder), folder, repository.work, folder / ".lock")


def scored(cell: Cell) -> int:
    """How many of a cell's rows have a score."""
    return sum(row.outcome.has_score for row in cell.rows)
