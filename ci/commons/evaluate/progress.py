"""What a run tells whoever watches it. The door decides how it looks; a run works the same with nobody watching."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from commons.pool.whole import write_whole

#: A process that runs one shard notes its progress in the file that this variable names.
PROGRESS_VARIABLE = "COMMONS_PROGRESS_FILE"

#: Seconds between two notes: often enough for a person, seldom enough for a network's file system.
_NOTE_SECONDS = 1.0


class Progress(Protocol):
    """Somebody who watches a run."""

    def say(self, text: str) -> None:
        """Take a sentence about what happened."""

    def begin(self, what: str, total: int) -> None:
        """Begin counting ``total`` items of ``what``."""

    def advance(self, done: int) -> None:
        """Count ``done`` more items."""

    def spent(self, dollars: float) -> None:
        """Take what the answers have cost so far, all together."""

    def end(self) -> None:
        """Stop counting."""


class Silent:
    """Nobody watches."""

    def say(self, text: str) -> None:
        """Ignore it."""

    def begin(self, what: str, total: int) -> None:
        """Ignore it."""

    def advance(self, done: int) -> None:
        """Ignore it."""

    def spent(self, dollars: float) -> None:
        """Ignore it."""

    def end(self) -> None:
        """Ignore it."""


@dataclass(frozen=True)
class ShardState:
    """How far a shard is: ``done`` of ``total`` items of ``what``, and what its answers have cost."""

    what: str = "waiting"
    done: int = 0
    total: int = 0
    dollars: float = 0.0


class Noted:
    """Passes progress on and notes it in a file, from which whoever started this process reads it."""

    def __init__(self, inner: Progress, path: Path, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._path = path
        self._clock = clock
        self._last = 0.0
        self._state = ShardState()

    def say(self, text: str) -> None:
        """Pass it on."""
        self._inner.say(text)

    def begin(self, what: str, total: int) -> None:
        """Note what is counted now."""
        self._state = ShardState(what, 0, total, self._state.dollars)
        self._inner.begin(what, total)
        self._note()

    def advance(self, done: int) -> None:
        """Count, and note it now and then."""
        state = self._state
        self._state = ShardState(state.what, state.done + done, state.total, state.dollars)
        self._inner.advance(done)
        if self._clock() - self._last >= _NOTE_SECONDS:
            self._note()

    def spent(self, dollars: float) -> None:
        """Note it with the next count."""
        state = self._state
        self._state = ShardState(state.what, state.done, state.total, dollars)
        self._inner.spent(dollars)

    def end(self) -> None:
        """Note the last count."""
        self._note()
        self._inner.end()

    def _note(self) -> None:
        self._last = self._clock()
        # Progress that cannot be noted is no reason to stop a run.
        with suppress(OSError):
            write_whole(self._path, json.dumps(asdict(self._state)))


def read_state(path: Path) -> ShardState:
    """What a process noted last; a shard that waits where it has noted nothing yet."""
    try:
        return ShardState(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return ShardState()
