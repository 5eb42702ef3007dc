"""How progress looks: live bars with rate and time left in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from commons.evaluate.progress import ShardState
    from commons.plan.plan import Plan

#: Seconds between two lines where nobody looks at a terminal.
QUIET_INTERVAL = 15.0


def is_watched(console: Console) -> bool:
    """Whether somebody looks at a terminal; a workflow's log is none, whatever it says of itself."""
    return console.is_terminal and not os.environ.get("CI")


class LiveProgress:
    """Shows a run on standard error, so that standard output stays for results. ``unit`` is what is counted."""

    def __init__(self, console: Console | None = None, unit: str = "items") -> None:
        self._console = console or Console(stderr=True)
        self._unit = unit
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._what, self._total, self._done, self._last, self._begun = "", 0, 0, 0.0, 0.0
        self._first = (0, 0.0)
        self._dollars = 0.0

    def say(self, text: str) -> None:
        """Print a sentence above the bar."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def begin(self, what: str, total: int) -> None:
        """Begin counting."""
        self._what, self._total, self._done = what, total, 0
        self._begun = self._last = time.monotonic()
        self._first = (0, 0.0)
        if is_watched(self._console):
            self._bar = _bars(self._console, self._unit)
            self._bar.start()
            self._task = self._bar.add_task(what, total=total, rate="", money="")

    def advance(self, done: int) -> None:
        """Count more items."""
        self._done += done
        if done and not self._first[1]:
            # What comes before the first item is loading the model, which says nothing about the next ones.
            self._first = (self._done, time.monotonic())
        if self._bar is not None and self._task is not None:
            rate = self._rate(time.monotonic())
            self._bar.update(self._task, advance=done, rate=f"{rate:.3g}/s" if rate else "",
                             money=_money(self._dollars))
        elif done and time.monotonic() - self._last >= QUIET_INTERVAL:
            self._last = time.monotonic()
            rate = self._rate(self._last)
            left = f", {rate:.3g}/s, about {(self._total - self._done) / rate:.0f} s left" if rate else ""
            self.say(f"{self._what}: {self._done} of {self._total} {self._unit}{left}{_spent(self._dollars)}")

    def spent(self, dollars: float) -> None:
        """Take what the answers have cost so far."""
        self._dollars = dollars

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None
        if self._total and self._done:
            took = time.monotonic() - self._begun
            self.say(f"{self._what}: {self._done} of {self._total} {self._unit} in {took:.0f} s{_spent(self._dollars)}")

    def _rate(self, now: float) -> float:
        """Items a second since the first; 0 where nothing can be said yet."""
        since, begun = self._done - self._first[0], self._first[1]
        return since / (now - begun) if since and now > begun else 0.0


class ShardsProgress:
    """Shows how far each shard is and all of them together: a context manager on standard error.

    Shards count by the requests that the plan says they send, so that a small one does not weigh like a large one.
    """

    def __init__(self, plan: Plan, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._weights = {
            shard.number: max(1, sum(cell.requests for cell in plan.cells_of(shard))) for shard in plan.shards
        }
        self._bar: Progress | None = None
        self._rows: dict[int, TaskID] = {}
        self._overall: TaskID | None = None
        self._begun = self._last = time.monotonic()

    def __enter__(self) -> ShardsProgress:
        if is_watched(self._console):
            self._bar = _bars(self._console, "requests")
            self._bar.start()
            self._overall = self._bar.add_task("all shards", total=sum(self._weights.values()), rate="", money="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """Print a sentence."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def look(self, states: Mapping[int, ShardState]) -> None:
        """Show how far the shards are now."""
        now = time.monotonic()
        done = sum(self._weights[number] * _share(state) for number, state in states.items())
        dollars = sum(state.dollars for state in states.values())
        rate = done / (now - self._begun) if now > self._begun else 0.0
        if self._bar is not None and self._overall is not None:
            self._bar.update(self._overall, completed=round(done), rate=f"{rate:.3g}/s", money=_money(dollars))
            for number, state in states.items():
                self._show(number, state)
        elif now - self._last >= QUIET_INTERVAL:
            self._last = now
            total = sum(self._weights.values())
            left = f", {rate:.3g}/s, about {(total - done) / rate:.0f} s left" if rate else ""
            begun = [f"{number}: {state.what} {state.done}/{state.total}"
                     for number, state in sorted(states.items()) if 0 < _share(state) < 1 or state.what != "waiting"]
            self.say(f"all shards: {done:.0f} of {total} requests{left}{_spent(dollars)}"
                     + (f" ({'; '.join(begun)})" if begun else ""))

    def _show(self, number: int, state: ShardState) -> None:
        if self._bar is None or (state.what == "waiting" and number not in self._rows):
            return
        if number not in self._rows:
            self._rows[number] = self._bar.add_task(f"shard {number}", total=state.total or None, rate="", money="")
        what = f"shard {number}" if state.what == f"shard {number}" else f"shard {number}: {state.what}"
        self._bar.update(self._rows[number], description=what, completed=state.done, total=state.total or None,
                         money=_money(state.dollars))


def _share(state: ShardState) -> float:
    """How much of a shard's requests is answered; rendering comes before them."""
    return state.done / state.total if state.total and state.what.startswith("shard ") else 0.0


def _bars(console: Console, unit: str) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
        TextColumn("{task.fields[money]}"), console=console, transient=True,
    )


def _money(dollars: float) -> str:
    return f"${dollars:.2f}" if dollars else ""


def _spent(dollars: float) -> str:
    return f", ${dollars:.2f} so far" if dollars else ""
