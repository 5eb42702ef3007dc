"""A proposal: what policy asks for, why, and the files that would do it."""

from __future__ import annotations

import datetime
import difflib
import re
from dataclasses import dataclass

from commons.github.labels_issues import LIFECYCLE

BRANCHES = "commons/lifecycle/"

_SLUG = re.compile(r"[a-z]+(-[a-z]+)*(--[a-z][a-z0-9_]{0,99})?")
_MARKER = re.compile(r"<!-- eval-commons:lifecycle:([a-z0-9_-]{1,140}) -->")
_PATH = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*")
_ASKED = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,99})?")


@dataclass(frozen=True)
class Change:
    """A file as it stands (None where there is none) and as it would be."""

    path: str
    old: str | None
    new: str

    def __post_init__(self) -> None:
        """Refuse what could leave the repository; a mistake of a proposer's programmer."""
        if not _PATH.fullmatch(self.path) or {".", "..", ".git"} & set(self.path.split("/")):
            raise ValueError(f"no path of a file to propose: {self.path!r}")

    def diff(self) -> list[str]:
        """The change as the lines of a unified diff, as they are: whoever shows them makes them harmless."""
        before = "/dev/null" if self.old is None else f"a/{self.path}"
        lines = difflib.unified_diff((self.old or "").split("\n"), self.new.split("\n"), before, f"b/{self.path}",
                                     lineterm="", n=2)
        return list(lines)


@dataclass(frozen=True)
class Proposal:
    """One thing that policy asks for.

    The slug is the same whenever the same is found, so that it is opened once: the proposer's name, and ``--`` with the
    task where it is about one. ``title`` and ``why`` are our own words; ``body`` is Markdown in which everything that
    others wrote was made harmless. ``since`` is when the finding began: the oldest come first. Without ``files`` it can
    only be an issue. ``asks`` are owners and maintainers; nobody else is mentioned.
    """

    slug: str
    title: str
    why: str
    body: str
    since: datetime.date
    files: tuple[Change, ...] = ()
    labels: tuple[str, ...] = (LIFECYCLE,)
    asks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a slug that no branch can have, and a mention of what is no account."""
        if not _SLUG.fullmatch(self.slug):
            raise ValueError(f"no slug of a proposal: {self.slug!r}")
        for name in self.asks:
            if not _ASKED.fullmatch(name):
                raise ValueError(f"nobody that can be asked: {name!r}")

    @property
    def kind(self) -> str:
        """The name of the proposer that made it."""
        return kind_of(self.slug)


def kind_of(slug: str) -> str:
    """The proposer's name in a slug.

    >>> kind_of("absent-owners--sums")
    'absent-owners'
    """
    return slug.partition("--")[0]


def task_of(slug: str) -> str:
    """The task in a slug; empty where it is about none."""
    return slug.partition("--")[2]


def marker_of(slug: str) -> str:
    """The hidden line by which an issue is found again."""
    return f"<!-- eval-commons:lifecycle:{slug} -->"


def slug_in(body: str) -> str | None:
    r"""The slug of a text that we wrote. Ours is the last: no text of others in it can hold a marker.

    >>> slug_in("It is so.\n\n<!-- eval-commons:lifecycle:owners-file -->\nA note that a person added.")
    'owners-file'
    """
    found = _MARKER.findall(body)
    return found[-1] if found else None


def branch_of(slug: str) -> str:
    """The branch of a proposal."""
    return f"{BRANCHES}{slug}"
