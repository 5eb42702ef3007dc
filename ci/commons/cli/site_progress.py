"""How the building of a site looks: a bar for each stage in a terminal, one line for each elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from commons.cli.progress import is_watched


class StageProgress:
    """Shows one stage after the other on standard error: a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bar: Progress | None = None
        self._row: TaskID | None = None
        self._stage, self._begun = "", 0.0

    def __enter__(self) -> StageProgress:
        self._begun = time.monotonic()
        if is_watched(self._console):
            self._bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                                 TimeRemainingColumn(), TextColumn("left"), console=self._console, transient=True)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Take how far a stage is."""
        if self._bar is not None:
            self._show(self._bar, stage, done, total)
        elif done == total:
            seconds = time.monotonic() - self._begun
            self._console.print(f"{stage}: {total:,} in {seconds:.1f} s", highlight=False, markup=False, soft_wrap=True)
            self._begun = time.monotonic()

    def _show(self, bar: Progress, stage: str, done: int, total: int) -> None:
        if self._row is None or stage != self._stage:
            if self._row is not None:
                bar.remove_task(self._row)
            self._row, self._stage = bar.add_task(stage, total=total), stage
        bar.update(self._row, completed=done, total=total)
