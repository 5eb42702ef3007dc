"""Execute: the steps, brought about on GitHub; one that fails stops no other. Nothing is decided here."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import Field

from commons.errors import CommonsError
from commons.github.api import ApiFailed
from commons.github.event import HeadRepository, Outside
from commons.github.execute import Hand, put_comment
from commons.github.lifecycle.branches import Branches
from commons.github.lifecycle.compute import Action, Step
from commons.github.lifecycle.proposal import Proposal, branch_of
from commons.github.lifecycle.standing import Form, Standing
from commons.github.lifecycle.texts import body_of

Held = TypeVar("Held")

#: The last comment of ours on what we close; by it a second try does not say it twice.
OVER = "<!-- eval-commons: proposal over -->"


class _Base(Outside):
    default_branch: str = Field(max_length=250)


class _Side(Outside):
    ref: str
    repo: HeadRepository | None = None


class _Opened(Outside):
    number: int = Field(gt=0)
    head: _Side


@dataclass(frozen=True)
class Failed:
    """A step that could not be done, with why and how to mend it."""

    step: Step
    sentence: str
    mend: str


def default_branch(hand: Hand) -> str:
    """The repository's default branch, as GitHub names it."""
    return hand.api.get("", _Base).default_branch


@dataclass(frozen=True)
class Doer:
    """What steps are done with. ``branches`` is None where there are only issues; ``owner`` has the repository."""

    hand: Hand
    branches: Branches | None
    owner: str
    today: datetime.date

    def do(self, steps: tuple[Step, ...]) -> tuple[Failed, ...]:
        """Do every step that changes something, and give back those that could not be done."""
        ways: dict[Action, Callable[[Step], None]] = {
            Action.OPEN: self._open, Action.UPDATE: self._update, Action.CLOSE: self._close}
        failed = []
        for step in steps:
            try:
                if step.action in ways:
                    ways[step.action](step)
            except CommonsError as error:
                failed.append(Failed(step, error.sentence, error.mend))
        return tuple(failed)

    def _open(self, step: Step) -> None:
        proposal = _held(step.proposal)
        body: dict[str, object] = {"title": proposal.title, "body": body_of(proposal, step.form)}
        if step.form is Form.ISSUE:
            body["labels"] = list(proposal.labels)
            self.hand.api.write("POST", "/issues", body, f"open an issue: {proposal.title}", again=False)
            return
        self._push(proposal)
        body |= {"head": branch_of(proposal.slug), "base": _held(self.branches).default}
        try:
            self.hand.api.write("POST", "/pulls", body, f"open a pull request: {proposal.title}", again=False)
        except ApiFailed as error:
            # The answer may be lost and the pull request there.
            if 0 < error.status < 500 or self._number(proposal.slug) is None:
                raise
        number = self._number(proposal.slug)
        if number is None:
            raise ApiFailed("The pull request was opened and cannot be found.", mend="Run this again.")
        self._label(number, proposal.labels)

    def _number(self, slug: str) -> int | None:
        branch = branch_of(slug)
        found = self.hand.api.every("/pulls", _Opened, state="open", head=f"{self.owner}:{branch}")
        return next((one.number for one in found if one.head.ref == branch and one.head.repo is not None
                     and one.head.repo.owner.login.casefold() == self.owner.casefold()), None)

    def _update(self, step: Step) -> None:
        proposal, standing = _held(step.proposal), _held(step.standing)
        if "files" in step.parts:
            self._push(proposal)
        if step.parts & {"title", "text"}:
            body: dict[str, object] = {"title": proposal.title, "body": body_of(proposal, step.form)}
            self.hand.api.write("PATCH", _place(standing), body, f"edit #{standing.number}")
        if "labels" in step.parts:
            self._label(standing.number, tuple(name for name in proposal.labels if name not in standing.labels))

    def _close(self, step: Step) -> None:
        standing = _held(step.standing)
        put_comment(self.hand, standing.number, f"{step.why}\n\n{OVER}", OVER)
        self.hand.api.write("PATCH", _place(standing), {"state": "closed"}, f"close #{standing.number}")
        if standing.form is Form.PULL and self.branches is not None and not (
                standing.branch is not None and standing.branch.foreign):
            self.branches.delete(standing.slug)

    def _push(self, proposal: Proposal) -> None:
        branches = _held(self.branches)
        branches.refuse_unmerged(tuple(one.path for one in proposal.files))
        branches.push(proposal.slug, proposal.files, f"{proposal.title}\n\n{proposal.why}\n", self.today)

    def _label(self, number: int, names: tuple[str, ...]) -> None:
        self.hand.api.write("POST", f"/issues/{number}/labels", {"labels": list(names)},
                            f"label #{number}: {', '.join(names)}")


def _held(value: Held | None) -> Held:
    """What a step of this action carries by how steps are made: pull requests have branches, updates both sides."""
    if value is None:
        raise AssertionError("a step without what it is about")
    return value


def _place(standing: Standing) -> str:
    return f"/{'pulls' if standing.form is Form.PULL else 'issues'}/{standing.number}"
