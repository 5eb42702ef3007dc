"""How progress looks: a live bar with time left in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

#: Seconds between two lines where nobody looks at a terminal.
QUIET_INTERVAL = 15.0


class LiveProgress:
    """Shows a run on standard error, so that standard output stays for results. ``unit`` is what is counted."""

    def __init__(self, console: Console | None = None, unit: str = "items") -> None:
        self._console = console or Console(stderr=True)
        self._unit = unit
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._what, self._total, self._done, self._last, self._begun = "", 0, 0, 0.0, 0.0
        self._first = (0, 0.0)

    def say(self, text: str) -> None:
        """Print a sentence above the bar."""
        self._console.print(text, highlight=False, markup=False)

    def begin(self, what: str, total: int) -> None:
        """Begin counting."""
        self._what, self._total, self._done = what, total, 0
        self._begun = self._last = time.monotonic()
        self._first = (0, 0.0)
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(self._unit),
                TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=self._console, transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(what, total=total)

    def advance(self, done: int) -> None:
        """Count more items."""
        self._done += done
        if done and not self._first[1]:
            # What comes before the first item is loading the model, which says nothing about the next ones.
            self._first = (self._done, time.monotonic())
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, done)
        elif done and time.monotonic() - self._last >= QUIET_INTERVAL:
            self._last = time.monotonic()
            since, begun = self._done - self._first[0], self._first[1]
            left = f", about {(self._total - self._done) * (self._last - begun) / since:.0f} s left" if since else ""
            self.say(f"{self._what}: {self._done} of {self._total} {self._unit}{left}")

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None
        if self._total and self._done:
            took = time.monotonic() - self._begun
            self.say(f"{self._what}: {self._done} of {self._total} {self._unit} in {took:.0f} s")
