"""A task opened for writing its pages: its survey, its items and texts, and its cells when they are asked for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from commons.errors import BadFile
from commons.pool import cellfile
from commons.pool.amendments import Amendment
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell
from commons.pool.models import Model
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.publish.addresses import results_path
from commons.publish.commits import Commit
from commons.publish.frame import Frame
from commons.publish.judge import VALUE_FAULTS
from commons.publish.snapshot import newest
from commons.publish.states import CellState
from commons.publish.survey.entry import TaskEntry
from commons.publish.survey.survey import ItemSurvey, Survey


@dataclass(frozen=True)
class OpenTask:
    """One task. ``amendments`` are those that name it, ``commits`` those that changed its files of the ledger.

    ``looked_at`` gives its items, and ``read`` the cells that are at hand, by model and variant.
    """

    pool: Repository
    frame: Frame
    entry: TaskEntry
    survey: Survey
    looked_at: Callable[[], ItemSurvey]
    amendments: tuple[Amendment, ...]
    commits: Mapping[str, tuple[Commit, ...]]
    read: Mapping[tuple[str, str], Cell] = field(default_factory=dict)

    @cached_property
    def items(self) -> ItemSurvey:
        """The items, with all models on each."""
        return self.looked_at()

    @cached_property
    def rendered(self) -> RenderedItems | None:
        """The items as they were put; None where the card withholds them, or they cannot be read."""
        if self.entry.card.publish is not PublishLevel.SAMPLES:
            return None
        try:
            return self.pool.ledger.rendered(self.entry.name)
        except (BadFile, *VALUE_FAULTS):
            return None

    @property
    def as_of(self) -> datetime.date | None:
        """The day of the task's newest measurement."""
        return newest((*self.survey.states, *self.survey.others))

    def model(self, state: CellState) -> Model:
        """The model of a pair."""
        return self.frame.by_id[state.model]

    def cell(self, state: CellState) -> Cell:
        """The cell of a pair that has one, with all its rows.

        Raises:
            BadFile: its file changed since the survey, and cannot be read any more.
        """
        at_hand = self.read.get((state.model, state.variant))
        return at_hand or cellfile.read_cell(self.pool.ledger.cell_path(state.task, state.model, state.variant))

    def file_of(self, state: CellState, line: int | None = None) -> str | None:
        """The web address of the cell's file, or of one line of it, at the commit that wrote it; None if unknown."""
        path = results_path(state)
        commits = self.commits.get(path)
        return self.frame.place.file(path, commits[0].sha if commits else None, line)
