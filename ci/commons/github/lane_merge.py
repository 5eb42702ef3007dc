"""Merging what the low-risk lane takes: everything is derived and decided again here, where the bot's token is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from commons.errors import CannotRun
from commons.github.api import ApiFailed
from commons.github.compute import CONTEXT, LOW_RISK
from commons.github.derive import Given, Lint, derive
from commons.github.derive_lint import lint_here
from commons.github.derive_people import limit_of
from commons.github.event import Outside
from commons.github.execute import Hand, Pull, is_passed, merged_count, open_numbers, pull
from commons.github.lane import decision
from commons.github.lane_api import beside
from commons.github.situation import Situation
from commons.github.words import amount, listed, typed
from commons.pool.git import commit_of

_MOST_NAMES = 3
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Order:
    """Which pull request is meant, at exactly which head, and how the pool here is set up.

    ``report`` is the folder of the trial's artifact; ``checked_by`` the account that sets the required status;
    ``starts`` the workflow's file that is started after the merge, or nothing.
    """

    number: int
    sha: str
    base: str = "HEAD"
    branch: str = "main"
    report: Path | None = None
    checked_by: str = "github-actions[bot]"
    starts: str = "evaluate.yml"
    lane_open: bool = False


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


def merge(hand: Hand, root: Path, order: Order, sleep: Callable[[float], None], lint: Lint = lint_here) -> Ending:
    """Decide again, and merge where nothing speaks against it: label, merge of exactly this head, evaluation.

    Raises:
        CannotRun: GitHub gives no answer or refuses, or a commit is not here.
    """
    one = pull(hand.api, order.number)
    if reasons := tuple(_not_meant(hand, one, order)):
        return Ending(False, reasons)
    situation = derive(root, Given(one.facts(), order.base, order.report), lint)
    if situation.problem:
        return Ending(False, (situation.problem,))
    parked = limit_of(situation.pull, lambda: merged_count(hand.api, one), lambda: open_numbers(hand.api, one.author))
    # Asked last: lint takes its time, and a label, a review or an edit in the meantime counts.
    now, asked = beside(hand.api, order.number, lane_open=order.lane_open, sleep=sleep)
    if reasons := tuple(_not_meant(hand, now, order)):
        return Ending(False, reasons)
    situation = replace(situation, pull=now.facts(), parked=parked)
    decided = decision(root, order.base, situation, asked)
    if not decided.may_merge_itself:
        return Ending(False, tuple(f"{failing.name}: {failing.words}" for failing in decided.failing))
    _same_main_line(hand, root, order)
    return _merge(hand, order, situation)


def _not_meant(hand: Hand, one: Pull, order: Order) -> Iterator[str]:
    """Why it is not the pull request that was judged."""
    if one.state != "open":
        yield "It is closed."
    if one.head.sha != order.sha:
        yield "Its head is another commit by now, which is judged by its own run."
    if one.base.ref != order.branch:
        yield f"It does not go into the branch {order.branch}."
    if not is_passed(hand.api, order.sha, order.checked_by):
        yield f"The status {CONTEXT} of this commit is no success that {order.checked_by} set last."


def _same_main_line(hand: Hand, root: Path, order: Order) -> None:
    """What was decided was decided about the main line as it is here; a later one may change the same task."""
    tip = hand.api.get(f"/branches/{quote(order.branch, safe='')}", _Branch).commit.sha
    if tip != commit_of(root, order.base):
        raise CannotRun(f"The branch {order.branch} moved on since it was fetched, so the decision is out of date.",
                        mend="Start this job again: it fetches the branch first.")


def _merge(hand: Hand, order: Order, situation: Situation) -> Ending:
    number = order.number
    hand.api.write("POST", f"/issues/{number}/labels", {"labels": [LOW_RISK]}, f"label #{number}: {LOW_RISK}")
    # The author's title and commits stay out: "[skip ci]" in them would stop the evaluation, and more.
    body: dict[str, object] = {
        "sha": order.sha, "merge_method": "squash", "commit_title": _title(order, situation),
        "commit_message": "An owner's fix of their own task, merged by the low-risk lane: all its conditions hold.",
    }
    try:
        hand.api.write("PUT", f"/pulls/{number}/merge", body, f"merge #{number} at {order.sha[:12]}", again=False)
    except ApiFailed as error:
        if error.status == 409:
            return Ending(False, ("Its head is another commit by now, which is judged by its own run.",))
        # The answer may be lost and the merge done.
        again = pull(hand.api, number)
        if not again.merged_at or again.head.sha != order.sha:
            raise
    if order.starts:
        _start(hand, order)
    return Ending(True)


def _start(hand: Hand, order: Order) -> None:
    """Start the evaluation: a merge by a workflow's own token starts nothing."""
    place = f"/actions/workflows/{quote(order.starts, safe='')}/dispatches"
    try:
        hand.api.write("POST", place, {"ref": order.branch}, f"start {order.starts} on {order.branch}", again=False)
    except ApiFailed as error:
        raise CannotRun(f"#{order.number} is merged, and its evaluation was not started: {error.sentence}",
                        mend=f"Start {order.starts} by hand on the branch {order.branch}.") from error


def _title(order: Order, situation: Situation) -> str:
    names = [name for one in situation.tasks[:_MOST_NAMES] if (name := typed(one.name))]
    more = len(situation.tasks) - len(names)
    return f"Correct {listed([*names, *([amount(more, 'more task')] if more else [])])} (#{order.number})"
