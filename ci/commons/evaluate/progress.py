"""What a run tells whoever watches it. The door decides how it looks; a run works the same with nobody watching."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who watches a run."""

    def say(self, text: str) -> None:
        """Take a sentence about what happened."""

    def begin(self, what: str, total: int) -> None:
        """Begin counting ``total`` items of ``what``."""

    def advance(self, done: int) -> None:
        """Count ``done`` more items."""

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

    def end(self) -> None:
        """Ignore it."""
