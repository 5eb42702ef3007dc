"""The ledger: everything under ``results/``. One file per cell, one writer per file, nothing that two runs share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile
from commons.pool import cellfile
from commons.pool import rendered as renderedfile
from commons.pool.amendments import Amendment, read_amendments
from commons.pool.cell import CANONICAL, Cell
from commons.pool.rendered import RenderedItems
from commons.pool.whole import write_whole


@dataclass(frozen=True)
class BrokenCell:
    """A cell file that could not be read; it is named and never hidden."""

    path: Path
    error: BadFile


@dataclass(frozen=True)
class Ledger:
    """The results folder."""

    root: Path

    def cell_path(self, task: str, model: str, variant: str = CANONICAL) -> Path:
        """Where a cell stands: ``cells/<task>/<model>[@variant].json``."""
        suffix = "" if variant == CANONICAL else f"@{variant}"
        return self.root / "cells" / task / f"{model}{suffix}.json"

    def rendered_path(self, task: str) -> Path:
        """Where a task's rendered items stand."""
        return self.root / "rendered" / f"{task}.jsonl"

    def cell_paths(self) -> list[Path]:
        """All cell files, by task and model."""
        return sorted((self.root / "cells").glob("*/*.json"))

    def cells(self) -> tuple[list[Cell], list[BrokenCell]]:
        """All cells that can be read, and those that cannot, each with its reason."""
        good: list[Cell] = []
        broken: list[BrokenCell] = []
        for path in self.cell_paths():
            try:
                good.append(cellfile.read_cell(path))
            except BadFile as error:
                broken.append(BrokenCell(path, error))
        return good, broken

    def cell(self, task: str, model: str, variant: str = CANONICAL) -> Cell | None:
        """One cell, or None where it was never measured.

        Raises:
            BadFile: the file is there and cannot be read.
        """
        path = self.cell_path(task, model, variant)
        return cellfile.read_cell(path) if path.exists() else None

    def rendered(self, task: str) -> RenderedItems | None:
        """A task's rendered items, or None where they are withheld or were never written."""
        path = self.rendered_path(task)
        return renderedfile.read_rendered(path) if path.exists() else None

    def amendments(self) -> tuple[Amendment, ...]:
        """What was corrected or withdrawn."""
        return read_amendments(self.root / "amendments.jsonl")

    def write_cell(self, cell: Cell) -> Path:
        """Write a cell whole or not at all."""
        path = self.cell_path(cell.identity.task, cell.identity.model, cell.identity.variant)
        write_whole(path, cellfile.to_text(cell))
        return path

    def write_rendered(self, rendered: RenderedItems) -> Path:
        """Write a task's rendered items whole or not at all."""
        path = self.rendered_path(rendered.header.task)
        write_whole(path, renderedfile.to_text(rendered))
        return path

    def remove_rendered(self, task: str) -> None:
        """Take a task's rendered items away, where its publish level no longer allows them."""
        self.rendered_path(task).unlink(missing_ok=True)
