"""Merging what the low-risk lane decided to: with the bot's token, and without reading anything of the pull request.

That was done before, in another process with a token that only reads (:mod:`commons.github.lane_decide`). Here GitHub
alone is asked whether it still is what was decided on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from commons.errors import CannotRun
from commons.github.api import Api, ApiFailed
from commons.github.event import Outside
from commons.github.execute import BOT, Hand, Pull, is_passed, pull
from commons.github.judgement import CONTEXT, HOLD, LOW_RISK
from commons.github.lane_api import beside

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_ANOTHER_HEAD = "Its head is another commit by now, which is judged by its own run."


@dataclass(frozen=True)
class Pin:
    """Which pull request is meant, at exactly which head; ``checked_by`` is who sets the required status."""

    number: int
    sha: str
    branch: str = "main"
    checked_by: str = BOT


@dataclass(frozen=True)
class Ending:
    """Whether it was merged; ``reasons`` say why not, each in one line."""

    merged: bool
    reasons: tuple[str, ...] = ()


class _Tip(Outside):
    sha: str


class _Branch(Outside):
    commit: _Tip


def is_commit(text: str) -> bool:
    """Whether this is a whole digest of a commit."""
    return _COMMIT.fullmatch(text) is not None


def not_meant(api: Api, one: Pull, pin: Pin) -> tuple[str, ...]:
    """Why it is not the pull request that was judged; empty where it is."""
    return tuple(_differences(api, one, pin))


def _differences(api: Api, one: Pull, pin: Pin) -> Iterator[str]:
    if one.state != "open":
        yield "It is closed."
    if one.head.sha != pin.sha:
        yield _ANOTHER_HEAD
    if one.base.ref != pin.branch:
        yield f"It does not go into the branch {pin.branch}."
    if not is_passed(api, pin.sha, pin.checked_by):
        yield f"The status {CONTEXT} of this commit is no success that {pin.checked_by} set last."


def require_same_main_line(api: Api, branch: str, base: str) -> None:
    """Stop where the main line is no more at ``base``, on which it was decided: a later one may change the same task.

    Raises:
        CannotRun: it moved on, or GitHub gives no answer.
    """
    if api.get(f"/branches/{quote(branch, safe='')}", _Branch).commit.sha != base:
        raise CannotRun(f"The branch {branch} moved on since it was fetched, so the decision is out of date.",
                        mend="Start this job again: it fetches the branch first.")


def merge(hand: Hand, pin: Pin, base: str, starts: str, sleep: Callable[[float], None]) -> Ending:
    """Merge what was decided on ``base``, where nobody objects since: label, merge of exactly this head, evaluation.

    ``starts`` is the workflow's file that is started after the merge, or nothing.

    Raises:
        CannotRun: GitHub gives no answer or refuses, or the main line moved on.
    """
    one, asked = beside(hand.api, pin.number, lane_open=True, sleep=sleep)
    reasons = not_meant(hand.api, one, pin)
    if one.draft:
        reasons += ("It is a draft by now.",)
    if HOLD in {label.casefold() for label in asked.labels}:
        reasons += (f"It carries the label {HOLD}.",)
    if asked.changes_requested:
        reasons += ("A review asks for changes.",)
    if asked.conflicts:
        reasons += ("It conflicts with the main line, or GitHub does not know yet.",)
    if reasons:
        return Ending(False, reasons)
    require_same_main_line(hand.api, pin.branch, base)
    return _merge(hand, pin, starts)


def _merge(hand: Hand, pin: Pin, starts: str) -> Ending:
    number = pin.number
    hand.api.write("POST", f"/issues/{number}/labels", {"labels": [LOW_RISK]}, f"label #{number}: {LOW_RISK}")
    # The author's title and commits stay out: "[skip ci]" in them would stop the evaluation, and more.
    body: dict[str, object] = {
        "sha": pin.sha, "merge_method": "squash", "commit_title": f"An owner's fix of their own tasks (#{number})",
        "commit_message": "Merged by the low-risk lane: all its conditions hold.",
    }
    try:
        hand.api.write("PUT", f"/pulls/{number}/merge", body, f"merge #{number} at {pin.sha[:12]}", again=False)
    except ApiFailed as error:
        if error.status == 409:
            return Ending(False, (_ANOTHER_HEAD,))
        # The answer may be lost and the merge done.
        again = pull(hand.api, number)
        if not again.merged_at or again.head.sha != pin.sha:
            raise
    if starts:
        _start(hand, pin, starts)
    return Ending(True)


def _start(hand: Hand, pin: Pin, starts: str) -> None:
    """Start the evaluation: a merge by a workflow's own token starts nothing."""
    place = f"/actions/workflows/{quote(starts, safe='')}/dispatches"
    try:
        hand.api.write("POST", place, {"ref": pin.branch}, f"start {starts} on {pin.branch}", again=False)
    except ApiFailed as error:
        raise CannotRun(f"#{pin.number} is merged, and its evaluation was not started: {error.sentence}",
                        mend=f"Start {starts} by hand on the branch {pin.branch}.") from error
