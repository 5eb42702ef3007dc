"""Execute: what is wanted, brought about on GitHub with as few changes as it takes; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import Field

from commons.errors import CannotRun, CommonsError
from commons.github.api import Api, ApiFailed
from commons.github.compute import Wanted
from commons.github.event import Account, Head, HeadRepository, Outside
from commons.github.judgement import CONTEXT, MANAGED, Status
from commons.github.marker import LIVE, carries
from commons.github.newcomers import MERGED_BEFORE, NO_LIMIT_FROM, TRUSTED
from commons.github.policy_signoff import sign_off
from commons.github.situation import PullRequest

#: Who comments where a workflow's own token is used.
BOT = "github-actions[bot]"
#: GitHub's words for authors of whom something was merged, or who may write here; of any other nothing is known.
_MERGED = {*TRUSTED, MERGED_BEFORE}


class _Side(Outside):
    ref: str = Field(max_length=500)
    sha: str = Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")
    repo: HeadRepository | None = None


class Label(Outside):
    """A label by its name."""

    name: str


class Pull(Outside):
    """A pull request as the API gives it. ``mergeable`` is None in lists, and while GitHub works it out."""

    number: int = Field(gt=0)
    title: str = ""
    body: str | None = None
    state: str = "open"
    draft: bool = False
    user: Account | None = None
    author_association: str = "NONE"
    head: _Side
    base: _Side
    merged_at: str | None = None
    merge_commit_sha: str | None = None
    labels: list[Label] = Field(default_factory=list)
    mergeable: bool | None = None

    @property
    def author(self) -> str:
        """Who opened it."""
        return self.user.login if self.user else "ghost"

    def facts(self) -> PullRequest:
        """The pull request as the comment sees it."""
        theirs, ours = (side.repo.full_name if side.repo else "" for side in (self.head, self.base))
        trusted = self.author_association in TRUSTED or (self.user is not None and self.user.type == "Bot")
        return PullRequest(self.number, self.title[:1_000], self.author, self.head.sha,
                           self.author_association not in _MERGED, self.draft, theirs != ours,
                           sign_off(self.body, self.author).problem, trusted)


class _Comment(Outside):
    id: int
    body: str | None = ""
    user: Account | None = None


class _Set(Outside):
    state: str
    context: str
    description: str | None = None
    creator: Account | None = None

    def is_by(self, author: str) -> bool:
        """Whether this account set it."""
        return self.creator is not None and self.creator.login.casefold() == author.casefold()


class _Commit(Outside):
    sha: str


@dataclass(frozen=True)
class Hand:
    """How things are done: the client, and the name under which our comments stand."""

    api: Api
    author: str = BOT


def pulls_of(api: Api, head: Head) -> list[Pull]:
    """The open pull requests whose head is exactly this; none where the branch has moved on."""
    found = api.every("/pulls", Pull, head=head.label, state="open")
    return [one for one in found if one.head.sha == head.sha and one.head.repo is not None
            and one.head.repo.owner.login.casefold() == head.owner.casefold() and one.head.ref == head.branch]


def pull(api: Api, number: int) -> Pull:
    """A pull request by its number, which a maintainer named."""
    return api.get(f"/pulls/{number}", Pull)


def merged_pulls(api: Api, commit: str) -> list[Pull]:
    """The merged pull requests that brought ``commit``."""
    every = [one for one in api.every(f"/commits/{commit}/pulls", Pull) if one.merged_at]
    return [one for one in every if one.merge_commit_sha == commit] or every


def active_since(api: Api, login: str, since: str) -> bool:
    """Whether a commit of this person stands here since then; where it cannot be asked, they are taken to be there."""
    try:
        return any(True for _ in api.get("/commits", list[_Commit], author=login, since=since, per_page=1))
    except ApiFailed:
        return True


def merged_count(api: Api, one: Pull) -> int:
    """How many of the author's were merged, as far as limits ask.

    One commit is taken for one pull request, as squash merging makes it.

    Raises:
        ApiFailed: GitHub gives no answer.
    """
    if one.author_association != MERGED_BEFORE:
        return 0
    return len(api.get("/commits", list[_Commit], author=one.author, per_page=NO_LIMIT_FROM))


def open_numbers(api: Api, login: str) -> list[int]:
    """The open pull requests of a person that are no drafts.

    Raises:
        ApiFailed: GitHub gives no answer.
    """
    return [one.number for one in api.every("/pulls", Pull, state="open")
            if one.author.casefold() == login.casefold() and not one.draft]


def is_passed(api: Api, sha: str, author: str) -> bool:
    """Whether the last required status of exactly this commit is a success, and this account set it."""
    standing = _standing(api, sha)
    return standing is not None and standing.state == "success" and standing.is_by(author)


def _standing(api: Api, sha: str) -> _Set | None:
    """The last required status; GitHub gives the newest first."""
    return next((one for one in api.every(f"/commits/{sha}/statuses", _Set) if one.context == CONTEXT), None)


def bring_about(hand: Hand, number: int, sha: str, wanted: Wanted) -> None:
    """Comment, labels and status. One that fails stops no other.

    Raises:
        CannotRun: something could not be done; the sentence says what.
    """
    steps: list[Callable[[], None]] = [
        lambda: put_comment(hand, number, wanted.body, LIVE),
        lambda: _put_labels(hand, number, wanted.labels),
        lambda: _put_status(hand, sha, wanted.status),
    ]
    errors: list[CommonsError] = []
    for step in steps:
        try:
            step()
        except CommonsError as error:
            errors.append(error)
    if errors:
        raise CannotRun(" ".join(one.sentence for one in errors), mend=errors[0].mend)


def put_comment(hand: Hand, number: int, body: str, marker: str, *, create: bool = True) -> None:
    """Post the comment, or edit ours where its text is another. Without ``create`` it is edited only."""
    place = f"/issues/{number}/comments"
    for last in (False, True):
        mine = _ours(hand, place, marker)
        if mine is not None:
            if (mine.body or "").replace("\r\n", "\n").strip() == body.strip():
                return
            hand.api.write("PATCH", f"/issues/comments/{mine.id}", {"body": body}, f"edit the comment on #{number}")
            return
        if not create:
            return
        try:
            hand.api.write("POST", place, {"body": body}, f"comment on #{number}", again=False)
        except ApiFailed as error:
            # The answer may be lost and the comment there: look before a second one is posted.
            if last or (0 < error.status < 500):
                raise
        else:
            return


def our_comment(hand: Hand, number: int, marker: str) -> str:
    """The text of our comment; empty where there is none.

    Raises:
        ApiFailed: GitHub gives no answer.
    """
    mine = _ours(hand, f"/issues/{number}/comments", marker)
    return (mine.body or "") if mine is not None else ""


def _ours(hand: Hand, place: str, marker: str) -> _Comment | None:
    """Our comment: it ends with the marker, and we wrote it. A stranger's with the marker is not ours."""
    return next((one for one in hand.api.every(place, _Comment) if one.user is not None
                 and one.user.login.casefold() == hand.author.casefold() and carries(one.body or "", marker)), None)


def _put_labels(hand: Hand, number: int, wanted: frozenset[str]) -> None:
    place = f"/issues/{number}/labels"
    present = {one.name for one in hand.api.every(place, Label)}
    if missing := sorted(wanted - present):
        hand.api.write("POST", place, {"labels": missing}, f"label #{number}: {', '.join(missing)}")
    for name in sorted((present & MANAGED) - wanted):
        try:
            hand.api.write("DELETE", f"{place}/{quote(name, safe='')}", None, f"take the label {name} off #{number}")
        except ApiFailed as error:
            if error.status != 404:
                raise


def _put_status(hand: Hand, sha: str, status: Status) -> None:
    standing = _standing(hand.api, sha)
    if (standing is not None and standing.state == status.state and standing.description == status.description
            and standing.is_by(hand.author)):
        return
    body: dict[str, object] = {"state": status.state, "context": CONTEXT, "description": status.description}
    hand.api.write("POST", f"/statuses/{sha}", body, f"set {CONTEXT} of {sha[:12]} to {status.state}")
