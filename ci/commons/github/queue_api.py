"""What the queue needs, read from GitHub. A reader is passed in; :class:`commons.github.api.Api` is one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from pydantic import Field

from commons.github.event import Account, Outside
from commons.github.judgement import CONTEXT
from commons.github.newcomers import MERGED_BEFORE, TRUSTED
from commons.github.queue import OpenPull

Found = TypeVar("Found")

#: Owners asked about at most; a token has 1,000 calls an hour.
MOST_OWNERS = 300
#: More merged commits than this are not counted: from there on nobody is a newcomer.
_ENOUGH = 10


class Reader(Protocol):
    """What can be asked of a repository on GitHub."""

    def get(self, path: str, kind: type[Found], **query: str | int) -> Found:
        """What stands at a path."""
        ...

    def every(self, path: str, kind: type[Found], **query: str | int) -> Iterator[Found]:
        """All entries of a list."""
        ...


class _Label(Outside):
    name: str


class _Head(Outside):
    sha: str


class _Pull(Outside):
    number: int
    title: str = Field(max_length=10_000)
    created_at: datetime.datetime
    user: Account | None = None
    author_association: str = "NONE"
    draft: bool = False
    head: _Head
    labels: list[_Label] = Field(default_factory=list)


class _Status(Outside):
    context: str


class _Whole(Outside):
    mergeable: bool | None = None


class _Review(Outside):
    user: Account | None = None
    state: str
    commit_id: str | None = None


class _Person(Outside):
    date: datetime.datetime


class _Inner(Outside):
    committer: _Person


class _Commit(Outside):
    commit: _Inner


def open_pulls(reader: Reader) -> tuple[OpenPull, ...]:
    """The open pull requests.

    Raises:
        ApiFailed: GitHub does not answer, or the token may not read.
    """
    merged: dict[str, int] = {}
    found = []
    for one in reader.every("/pulls", _Pull, state="open", sort="created", direction="asc"):
        author = one.user.login if one.user else "ghost"
        trusted = one.author_association in TRUSTED or (one.user is not None and one.user.type == "Bot")
        if author not in merged:
            known = one.author_association == MERGED_BEFORE
            merged[author] = len(reader.get("/commits", list[_Commit], author=author, per_page=_ENOUGH)) if known else 0
        approved, asked = _reviews(reader, one)
        found.append(OpenPull(
            number=one.number, title=one.title[:300], author=author, opened=one.created_at, draft=one.draft,
            conflicts=reader.get(f"/pulls/{one.number}", _Whole).mergeable is False,
            judged=_judged(reader, one.head.sha),
            labels=tuple(sorted(label.name for label in one.labels)), approved_by=approved, changes_asked_by=asked,
            merged_before=merged[author], trusted=trusted,
        ))
    return tuple(found)


def _judged(reader: Reader, sha: str) -> bool:
    return any(status.context == CONTEXT for status in reader.every(f"/commits/{sha}/statuses", _Status))


def _reviews(reader: Reader, pull: _Pull) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who approves the newest commit, and whose last word asks for changes; a comment takes neither back."""
    last: dict[str, _Review] = {}
    for one in reader.every(f"/pulls/{pull.number}/reviews", _Review):
        if one.user is not None and one.state in {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}:
            last[one.user.login] = one
    approved = [name for name, one in last.items() if one.state == "APPROVED" and one.commit_id == pull.head.sha]
    asked = [name for name, one in last.items() if one.state == "CHANGES_REQUESTED" and one.commit_id == pull.head.sha]
    return tuple(sorted(approved)), tuple(sorted(asked))


def last_seen(reader: Reader, owners: Iterable[str]) -> dict[str, datetime.date]:
    """When each owner's newest commit landed here; one who has none is left out.

    Raises:
        ApiFailed: GitHub does not answer, or the token may not read.
    """
    found = {}
    for owner in sorted(set(owners))[:MOST_OWNERS]:
        newest = reader.get("/commits", list[_Commit], author=owner, per_page=1)
        if newest:
            found[owner] = newest[0].commit.committer.date.date()
    return found
