"""Compute: proposals held against what stands. Pure: which are opened, updated, closed or left, each with why."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.standing import Form, Refusal, Standing
from commons.github.lifecycle.texts import RESPECT_DAYS, body_of

#: So many new ones are opened in a run, so that a change of policy floods nobody.
MOST_NEW = 10
#: Who closes what the pool no longer asks for says this.
GONE = "The reason for this is gone, so it is closed. It is opened again if the reason comes back."


class Action(str, Enum):
    """What is to be done about a proposal."""

    OPEN = "open"
    UPDATE = "update"
    CLOSE = "close"
    LEAVE = "leave"
    WAIT = "do not open"


@dataclass(frozen=True)
class Step:
    """One thing to do or to leave, with why; ``parts`` are what an update changes."""

    action: Action
    slug: str
    form: Form
    why: str
    proposal: Proposal | None = None
    standing: Standing | None = None
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Desk:
    """What there is: open ones of ours, and what people closed. ``judged`` says whose absence means anything.

    ``pulls`` is whether pull requests can be opened; without a bot everything is an issue.
    """

    standing: tuple[Standing, ...]
    refused: Mapping[str, Refusal]
    judged: Callable[[str], bool]
    pulls: bool


def compute(proposals: tuple[Proposal, ...], desk: Desk) -> tuple[Step, ...]:
    """What is to be done, oldest findings first, then what is to be closed."""
    steps: list[Step] = []
    for proposal in proposals:
        new = sum(one.action is Action.OPEN for one in steps)
        steps += _about(proposal, desk, full=new >= MOST_NEW)
    wanted = {one.slug for one in proposals}
    for one in desk.standing:
        if one.slug in wanted:
            continue
        if not desk.judged(one.slug):
            steps.append(Step(Action.LEAVE, one.slug, one.form, "nothing could be said about it in this run",
                              standing=one))
        elif one.form is Form.PULL and not desk.pulls:
            steps.append(Step(Action.LEAVE, one.slug, one.form, "its reason is gone: a person closes it", standing=one))
        else:
            steps.append(Step(Action.CLOSE, one.slug, one.form, GONE, standing=one))
    return tuple(steps)


def _about(proposal: Proposal, desk: Desk, *, full: bool) -> Iterator[Step]:
    form = Form.PULL if desk.pulls and proposal.files else Form.ISSUE
    mine = [one for one in desk.standing if one.slug == proposal.slug]
    # Where nothing new of its form can be opened, a pull request from better days stands for an issue.
    kept = next((one for one in mine if one.form is form), None)
    if kept is None and form is Form.ISSUE:
        kept = next(iter(mine), None)
        if kept is not None:
            yield Step(Action.LEAVE, proposal.slug, kept.form, "a pull request stands for it", proposal, kept)
            return
    if kept is not None:
        yield _kept(proposal, kept)
        for one in mine:
            if one is not kept and (desk.pulls or one.form is Form.ISSUE):
                yield Step(Action.CLOSE, one.slug, one.form, f"#{kept.number} stands for it, so this is closed.",
                           standing=one)
        return
    refusal = desk.refused.get(proposal.slug)
    if refusal is not None:
        again = refusal.day + datetime.timedelta(days=RESPECT_DAYS)
        why = (f"a person closed #{refusal.number} on {refusal.day.isoformat()}; it may be opened again from "
               f"{again.isoformat()}")
        yield Step(Action.WAIT, proposal.slug, form, why, proposal)
    elif full:
        yield Step(Action.WAIT, proposal.slug, form, f"{MOST_NEW} new ones are enough for a run; it is next", proposal)
    else:
        yield Step(Action.OPEN, proposal.slug, form, proposal.why, proposal)


def _kept(proposal: Proposal, one: Standing) -> Step:
    parts = set()
    if one.title.strip() != proposal.title.strip():
        parts.add("title")
    if one.body.replace("\r\n", "\n").strip() != body_of(proposal, one.form).strip():
        parts.add("text")
    if not set(proposal.labels) <= one.labels:
        parts.add("labels")
    foreign = one.branch is not None and one.branch.foreign
    wanted = {change.path: change.new for change in proposal.files}
    if one.branch is not None and not foreign and one.branch.files != wanted:
        parts.add("files")
    if parts:
        return Step(Action.UPDATE, proposal.slug, one.form, f"changed: {', '.join(sorted(parts))}", proposal, one,
                    frozenset(parts))
    why = "somebody else pushed to its branch, which is theirs now" if foreign else "it stands as it should"
    return Step(Action.LEAVE, proposal.slug, one.form, why, proposal, one)
