"""What we have open on GitHub, and what people closed: read from the API, with authorship checked."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field

from commons.github.event import Account, HeadRepository, Outside
from commons.github.lifecycle.proposal import BRANCHES, slug_in

if TYPE_CHECKING:
    # Its HTTP client is not in the light install, which writes the documents' pages.
    from commons.github.api import Api


class Form(str, Enum):
    """As what a proposal stands on GitHub."""

    PULL = "pull request"
    ISSUE = "issue"


@dataclass(frozen=True)
class Branch:
    """What a branch of ours changes, by path; None where it no longer fits the default branch.

    ``foreign`` says that somebody else pushed to it.
    """

    files: Mapping[str, str] | None
    foreign: bool = False


@dataclass(frozen=True)
class Standing:
    """An open pull request or issue of ours."""

    form: Form
    number: int
    slug: str
    title: str
    body: str
    labels: frozenset[str]
    opened: datetime.date
    head: str = ""
    branch: Branch | None = None


@dataclass(frozen=True)
class Refusal:
    """A proposal that a person closed, and when."""

    form: Form
    number: int
    day: datetime.date


class _Label(Outside):
    name: str


class _Side(Outside):
    ref: str = Field(max_length=500)
    sha: str = Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")
    repo: HeadRepository | None = None


class _Entry(Outside):
    number: int = Field(gt=0)
    title: str = ""
    body: str | None = None
    user: Account | None = None
    labels: list[_Label] = Field(default_factory=list)
    created_at: datetime.datetime
    updated_at: datetime.datetime
    closed_at: datetime.datetime | None = None

    def slug(self) -> str | None:
        """The proposal that it is for; None where it is for none."""
        raise NotImplementedError


Entry = TypeVar("Entry", bound=_Entry)


class _Pull(_Entry):
    head: _Side
    base: _Side
    merged_at: datetime.datetime | None = None

    def slug(self) -> str | None:
        """The slug in the branch's name; a branch of another repository with that name is not ours."""
        same = self.head.repo is not None and self.base.repo is not None and (
            self.head.repo.full_name.casefold() == self.base.repo.full_name.casefold())
        return self.head.ref.removeprefix(BRANCHES) if same and self.head.ref.startswith(BRANCHES) else None


class _Issue(_Entry):
    #: Set where the entry is a pull request, which this list holds too.
    pull_request: dict[str, object] | None = None

    def slug(self) -> str | None:
        """The slug in the hidden line."""
        return None if self.pull_request is not None else slug_in(self.body or "")


class _Closed(Outside):
    closed_by: Account | None = None


def open_ones(api: Api, author: str) -> tuple[Standing, ...]:
    """The open pull requests and issues that our account opened for a proposal, oldest first.

    Raises:
        ApiFailed: GitHub does not answer, or the token may not read.
    """
    pulls, issues = api.every("/pulls", _Pull, state="open"), api.every("/issues", _Issue, state="open")
    found = [replace(_standing(Form.PULL, one, slug), head=one.head.sha) for one, slug in _ours(pulls, author)]
    found += [_standing(Form.ISSUE, one, slug) for one, slug in _ours(issues, author)]
    return tuple(sorted(found, key=lambda one: one.number))


def refusals(api: Api, author: str, slugs: frozenset[str], since: datetime.date) -> dict[str, Refusal]:
    """Which of ``slugs`` a person closed since then, the last time for each; what we closed ourselves is none.

    Raises:
        ApiFailed: GitHub does not answer, or the token may not read.
    """
    if not slugs:
        return {}
    asked = {"state": "closed", "sort": "updated", "direction": "desc"}
    pulls = _until(api.every("/pulls", _Pull, **asked), since)
    issues = _until(api.every("/issues", _Issue, **asked), since)
    closed: list[tuple[Form, _Entry, str]] = [
        (Form.PULL, one, slug) for one, slug in _ours(pulls, author) if one.merged_at is None]
    closed += [(Form.ISSUE, one, slug) for one, slug in _ours(issues, author)]
    found: dict[str, Refusal] = {}
    for form, one, slug in closed:
        day = one.closed_at.date() if one.closed_at else None
        known = found.get(slug)
        if slug not in slugs or day is None or day < since or (known is not None and known.day >= day):
            continue
        who = api.get(f"/issues/{one.number}", _Closed).closed_by
        if who is None or who.login.casefold() != author.casefold():
            found[slug] = Refusal(form, one.number, day)
    return found


def with_branches(standing: tuple[Standing, ...], look: Callable[[str], Branch]) -> tuple[Standing, ...]:
    """The same with what stands on the branches of pull requests, by the commit at their end."""
    return tuple(replace(one, branch=look(one.head)) if one.form is Form.PULL else one for one in standing)


def _ours(entries: Iterator[Entry], author: str) -> Iterator[tuple[Entry, str]]:
    for one in entries:
        slug = one.slug()
        if slug and one.user is not None and one.user.login.casefold() == author.casefold():
            yield one, slug


def _until(entries: Iterator[Entry], since: datetime.date) -> Iterator[Entry]:
    """Of entries by their last change, newest first, those that can have been closed since then."""
    for one in entries:
        if one.updated_at.date() < since:
            return
        yield one


def _standing(form: Form, one: _Entry, slug: str) -> Standing:
    return Standing(form, one.number, slug, one.title, one.body or "", frozenset(label.name for label in one.labels),
                    one.created_at.date())
