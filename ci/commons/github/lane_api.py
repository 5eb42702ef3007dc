"""What the low-risk lane asks GitHub: conflicts, reviews and labels. What is not answered counts against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from commons.errors import CannotRun
from commons.github.api import Api
from commons.github.event import Account, Outside
from commons.github.execute import Pull, pull
from commons.github.lane import decision
from commons.github.policy_facts import Beside
from commons.github.situation import Arrival, Situation

#: GitHub works out conflicts when it is asked, and answers later.
ASKED, PAUSE = 5, 3.0


class _Review(Outside):
    user: Account | None = None
    state: str


def beside(api: Api, number: int, *, lane_open: bool, sleep: Callable[[float], None]) -> tuple[Pull, Beside]:
    """The pull request as it is now, and what GitHub says beside its files.

    Raises:
        ApiFailed: no answer.
    """
    one = pull(api, number)
    for _ in range(ASKED - 1):
        if one.mergeable is not None or one.state != "open":
            break
        sleep(PAUSE)
        one = pull(api, number)
    labels = frozenset(label.name for label in one.labels)
    return one, Beside(one.body or "", labels, conflicts=one.mergeable is not True,
                       changes_requested=_changes_requested(api, number), lane_open=lane_open)


def with_lane(
    situation: Situation, api: Api, root: Path, base: str, *, lane_open: bool, sleep: Callable[[float], None]
) -> Situation:
    """The situation with the lane's decision, where an owner changes existing tasks and the trial has ended.

    Without it where GitHub does not answer: then a person merges.
    """
    if situation.problem or not situation.only_kept_own_tasks or situation.trial.arrival is Arrival.PENDING:
        return situation
    try:
        _, asked = beside(api, situation.pull.number, lane_open=lane_open, sleep=sleep)
        return replace(situation, lane=decision(root, base, situation, asked))
    except CannotRun:
        return situation


def _changes_requested(api: Api, number: int) -> bool:
    """Whether anybody's last word asks for changes, of whatever commit: an answer to it is a person's to judge."""
    last: dict[str, str] = {}
    for one in api.every(f"/pulls/{number}/reviews", _Review):
        if one.state in {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}:
            last[one.user.login if one.user else "ghost"] = one.state
    return "CHANGES_REQUESTED" in last.values()
