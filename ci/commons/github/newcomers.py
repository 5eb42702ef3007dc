"""How many pull requests a newcomer may have open, so that a flood never stands before other people's work.

Nothing is closed: what is above the limit waits, oldest first, until one of the others is merged or closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Merged pull requests -> how many may be open; from the last number on there is no limit.
LIMITS = ((0, 2), (1, 4), (3, 8))
NO_LIMIT_FROM = 6
#: GitHub's word for people who may write here: they have no limit.
TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
#: GitHub's word for an author of whom something was merged: only theirs are counted.
MERGED_BEFORE = "CONTRIBUTOR"


@dataclass(frozen=True)
class Limit:
    """What an author may have open: ``most`` None is no limit."""

    merged: int
    most: int | None

    @property
    def words(self) -> str:
        """The limit as a sentence for its author."""
        if self.most is None:
            return "There is no limit."
        merged = {0: "nothing", 1: "one pull request"}.get(self.merged, f"{self.merged} pull requests")
        return f"With {merged} merged so far, {self.most} may be open at once; the others wait, and none is lost."


def limit_for(merged: int, *, trusted: bool = False) -> Limit:
    """The limit of an author with so many merged pull requests; maintainers and the bot (``trusted``) have none.

    >>> limit_for(0).most, limit_for(2).most, limit_for(3).most, limit_for(6).most
    (2, 4, 8, None)
    """
    if trusted or merged >= NO_LIMIT_FROM:
        return Limit(merged, None)
    return Limit(merged, next(most for least, most in reversed(LIMITS) if merged >= least))


def above_limit(open_pulls: Iterable[int], limit: Limit) -> tuple[int, ...]:
    """Which of one author's open pull requests wait: those opened last. Numbers rise with time on GitHub.

    >>> above_limit([9, 4, 7], limit_for(0))
    (9,)
    """
    numbers: Sequence[int] = sorted(set(open_pulls))
    return () if limit.most is None else tuple(numbers[limit.most :])
