"""The judgement of a pull request: how it stands, why, and who acts next. Pure.

The order of the verdicts is the order of what an author can do about them: something to mend comes before something
that could not be checked, and that before something that others still have to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from commons.github.compute_faults import faults, untried
from commons.github.situation import Area, Arrival, Kind, Situation
from commons.github.words import amount

CONTEXT = "eval-commons/check"
#: GitHub cuts the description of a status here.
MOST_DESCRIPTION = 140

State = Literal["success", "failure", "error", "pending"]


class Verdict(str, Enum):
    """How a pull request stands, in the words of the comment's first line."""

    READY = "Ready for review"
    CHANGES = "Changes needed"
    UNCHECKED = "Could not check"
    WAITING = "Waiting"


class Who(str, Enum):
    """Who acts next."""

    AUTHOR = "author"
    OWNERS = "owners"
    MAINTAINERS = "maintainers"


#: The status that each verdict sets, and its label.
STATES: dict[Verdict, State] = {
    Verdict.READY: "success", Verdict.CHANGES: "failure", Verdict.UNCHECKED: "error", Verdict.WAITING: "pending",
}
VERDICT_LABELS = {
    Verdict.READY: "ready for review", Verdict.CHANGES: "changes needed", Verdict.UNCHECKED: "could not check",
    Verdict.WAITING: "waiting",
}
WHO_LABELS = {Who.AUTHOR: "next: author", Who.OWNERS: "next: owners", Who.MAINTAINERS: "next: maintainers"}
NEW_TASK, EDITED_TASK, MODEL, AMENDMENT, PROGRAM, FIRST = (
    "new task", "edited task", "model", "amendment", "program", "first contribution")
UNVERIFIED = "gates unverified"
HOLD, LOW_RISK = "hold", "low risk"
#: The labels that this program gives and takes; all others are left as they are.
MANAGED = frozenset({*VERDICT_LABELS.values(), *WHO_LABELS.values(), NEW_TASK, EDITED_TASK, MODEL, AMENDMENT, PROGRAM,
                     FIRST, UNVERIFIED, LOW_RISK})
#: Parts that no gate speaks for: a maintainer decides about them, and says so by confirming the head.
DECIDED_BY_PEOPLE = frozenset({Area.WORKFLOW, Area.PROGRAM, Area.OTHER})


@dataclass(frozen=True)
class Status:
    """The required status of the head commit."""

    state: State
    description: str


@dataclass(frozen=True)
class Judgement:
    """The verdict, why in one plain sentence, and who acts next."""

    verdict: Verdict
    why: str
    who: Who


def unverified(situation: Situation) -> bool:
    """Whether the trial's report is here and not to be believed: nobody vouched for it, and there are doubts."""
    trial = situation.trial
    return trial.arrival is Arrival.PRESENT and bool(trial.doubts) and not situation.vouched


def takes_lane(situation: Situation) -> bool:
    """Whether it merges itself: it was asked about, and nothing speaks against it."""
    return situation.lane is not None and situation.lane.may_merge_itself


def judge(situation: Situation) -> Judgement:
    """The verdict. Its sentence holds counts and our own words only, so that it can stand anywhere."""
    wrong = faults(situation)
    if wrong:
        return Judgement(Verdict.CHANGES, f"{amount(len(wrong), 'thing')} to mend.", Who.AUTHOR)
    if situation.problem:
        return Judgement(Verdict.UNCHECKED, "the changes could not be read.", Who.MAINTAINERS)
    if situation.lint.problem:
        return Judgement(Verdict.UNCHECKED, "lint could not run.", Who.MAINTAINERS)
    if situation.parked is not None and not situation.pull.draft:
        return Judgement(Verdict.WAITING, "its author has more open than may be at once; this one waits for the "
                         "others.", Who.AUTHOR)
    if missing := untried(situation):
        return Judgement(Verdict.UNCHECKED, missing, Who.MAINTAINERS)
    return _without_faults(situation)


def decided_by_people(situation: Situation) -> tuple[str, ...]:
    """What of it no gate speaks for, in words: a maintainer decides, and says so by confirming the head.

    An endpoint is told a key and gets money. An amendment stands for ever, and takes numbers down.
    """
    found = sorted(one.value for one in situation.areas & DECIDED_BY_PEOPLE)
    if any(one.endpoint for one in situation.models):
        found.append("endpoints, which are told a key")
    if situation.results.amendments:
        found.append("amendments, which stand for ever")
    return tuple(found)


def _without_faults(situation: Situation) -> Judgement:
    if not situation.files:
        return Judgement(Verdict.WAITING, "nothing is changed yet.", Who.AUTHOR)
    if situation.trial.arrival is Arrival.PENDING:
        return Judgement(Verdict.WAITING, "the trial of this commit has not ended.", Who.MAINTAINERS)
    if situation.pull.draft:
        return Judgement(Verdict.WAITING, "this is a draft; mark it as ready when it is.", Who.AUTHOR)
    if unverified(situation):
        return Judgement(Verdict.WAITING, "the gates are unverified, so a maintainer has to confirm them.",
                         Who.MAINTAINERS)
    if decided_by_people(situation) and not situation.vouched:
        return Judgement(Verdict.WAITING, "a maintainer decides about what no gate speaks for.", Who.MAINTAINERS)
    why = "lint and gates have nothing against it." if situation.tried else "nothing stands against it."
    return Judgement(Verdict.READY, why, _reviewer(situation))


def _reviewer(situation: Situation) -> Who:
    """The owners of an existing task whose author is another, while any of them is still about; else maintainers."""
    foreign = [one for one in situation.tasks if one.kind is not Kind.ADDED and not one.owned]
    if foreign and all(set(one.owners) - set(one.absent) for one in foreign):
        return Who.OWNERS
    return Who.MAINTAINERS


def labels(situation: Situation, judgement: Judgement) -> frozenset[str]:
    """The labels to have, of those that are ours to give."""
    found = {VERDICT_LABELS[judgement.verdict], WHO_LABELS[judgement.who]}
    kinds = {one.kind for one in situation.tasks}
    found |= {NEW_TASK} if Kind.ADDED in kinds else set()
    found |= {EDITED_TASK} if kinds - {Kind.ADDED} else set()
    found |= {MODEL} if situation.models else set()
    found |= {AMENDMENT} if situation.results.amendments else set()
    found |= {PROGRAM} if situation.areas & {Area.PROGRAM, Area.WORKFLOW} else set()
    found |= {FIRST} if situation.pull.first_time else set()
    found |= {UNVERIFIED} if unverified(situation) else set()
    found |= {LOW_RISK} if takes_lane(situation) else set()
    return frozenset(found)
