"""Whoever watches planning; the door decides how it looks."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Somebody who is told how far the slow part is."""

    def begin(self, what: str, total: int) -> None:
        """Begin counting ``total`` of ``what``."""

    def advance(self, done: int) -> None:
        """Count ``done`` more."""

    def end(self) -> None:
        """Stop counting."""


class Nobody:
    """Nobody watches."""

    def begin(self, what: str, total: int) -> None:
        """Ignore it."""

    def advance(self, done: int) -> None:
        """Ignore it."""

    def end(self) -> None:
        """Ignore it."""
