"""Labels as a small state machine: which states a pull request and an issue have, what moves them, and who does it.

The live comment (:mod:`commons.github.judgement`) judges a pull request anew each time and sets the labels; this module
says which moves can follow from which event, so that a label never tells a story that cannot have happened.
``docs/labels.md`` is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from commons.github.judgement import (
    AMENDMENT,
    EDITED_TASK,
    FIRST,
    HOLD,
    LOW_RISK,
    MODEL,
    NEW_TASK,
    PROGRAM,
    UNVERIFIED,
    VERDICT_LABELS,
    WHO_LABELS,
    Verdict,
    Who,
)
from commons.github.labels_issues import ISSUE_LABELS, ISSUE_MOVES

LABELS_PAGE = "docs/labels.md"


class State(str, Enum):
    """Where a pull request stands. All but the first and the last two are the verdicts of the live comment."""

    UNJUDGED = "not judged yet"
    WAITING = "waiting"
    CHANGES = "changes needed"
    UNCHECKED = "could not check"
    READY = "ready for review"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def label(self) -> str | None:
        """The label that shows it; None where GitHub shows it by itself."""
        return next((label for verdict, label in VERDICT_LABELS.items() if verdict.name == self.name), None)


class Event(str, Enum):
    """What happens to a pull request."""

    OPENED = "opened"
    PUSHED = "a new commit is pushed"
    FAULTS = "lint, a gate or a guard finds something to mend"
    BROKEN = "the checks could not run"
    UNCLEAR = "it is a draft, its trial runs, or a person must confirm it"
    PASSED = "everything passes"
    VOUCHED = "a maintainer confirms the gates of exactly this commit"
    MERGE = "merged"
    CLOSE = "closed without merging"
    REOPENED = "reopened"


class Mover(str, Enum):
    """Who brings an event about."""

    AUTHOR = "author"
    BOT = "bot (the comment's workflow)"
    MAINTAINER = "maintainer"
    REVIEWER = "owner or maintainer, or the low-risk lane"
    ANYBODY = "author or maintainer"


@dataclass(frozen=True)
class Move:
    """One arrow: from any of ``before``, by an event, to ``after``; ``who`` brings it about."""

    before: tuple[State, ...]
    event: Event
    after: State
    who: Mover


_OPEN = (State.UNJUDGED, State.WAITING, State.CHANGES, State.UNCHECKED, State.READY)
MOVES = (
    Move((), Event.OPENED, State.UNJUDGED, Mover.AUTHOR),
    Move(_OPEN, Event.PUSHED, State.UNJUDGED, Mover.AUTHOR),
    Move(_OPEN, Event.FAULTS, State.CHANGES, Mover.BOT),
    Move(_OPEN, Event.BROKEN, State.UNCHECKED, Mover.BOT),
    Move(_OPEN, Event.UNCLEAR, State.WAITING, Mover.BOT),
    Move(_OPEN, Event.PASSED, State.READY, Mover.BOT),
    Move((State.WAITING,), Event.VOUCHED, State.READY, Mover.MAINTAINER),
    Move((State.READY,), Event.MERGE, State.MERGED, Mover.REVIEWER),
    Move(_OPEN, Event.CLOSE, State.CLOSED, Mover.ANYBODY),
    Move((State.CLOSED,), Event.REOPENED, State.UNJUDGED, Mover.ANYBODY),
)


def move(state: State | None, event: Event) -> State | None:
    """The state after an event; None where the event cannot happen in that state. None as ``state`` is before all.

    >>> move(State.WAITING, Event.VOUCHED).value, move(State.CHANGES, Event.MERGE)
    ('ready for review', None)
    """
    for one in MOVES:
        if one.event is event and (state in one.before or (state is None and not one.before)):
            return one.after
    return None


def state_of(labels: frozenset[str]) -> State:
    """The state of an open pull request by its labels; where two say different things, it is judged again."""
    found = [state for state in State if state.label in labels and state.label is not None]
    return found[0] if len(found) == 1 else State.UNJUDGED


def who_of(labels: frozenset[str]) -> Who | None:
    """Who acts next by the labels; None where they do not say."""
    found = [who for who, label in WHO_LABELS.items() if label in labels]
    return found[0] if len(found) == 1 else None


#: What each label says; those of the first three groups are set by the bot alone.
STATE_WORDS = {
    Verdict.READY: "Nothing stands against it; a review is next.",
    Verdict.CHANGES: "Something is to be mended; the comment says what, where and how.",
    Verdict.UNCHECKED: "The checks could not run; that is never counted as a failure of the author.",
    Verdict.WAITING: "A draft, a trial that has not ended, or something that a person must confirm.",
}
WHO_WORDS = {
    Who.AUTHOR: "The author acts next.",
    Who.OWNERS: "The owners of the task act next: somebody else changes it.",
    Who.MAINTAINERS: "A maintainer acts next.",
}
KIND_WORDS = {
    NEW_TASK: "Adds a task.", EDITED_TASK: "Changes, renames or deletes a task.", MODEL: "Touches models.yaml.",
    AMENDMENT: "Adds an amendment.", PROGRAM: "Touches the program or a workflow.",
    FIRST: "The author's first contribution.",
    UNVERIFIED: "The gates' report cannot be believed as it stands, because the pull request could change it.",
}
HAND_WORDS = {
    HOLD: "Set by anybody who may label: it does not merge itself while this stands.",
    LOW_RISK: "Set by the bot where every condition of the low-risk lane holds: it may merge itself.",
}


def all_labels() -> dict[str, str]:
    """Every label that the repository needs, with its words."""
    states = {VERDICT_LABELS[verdict]: words for verdict, words in STATE_WORDS.items()}
    whos = {WHO_LABELS[who]: words for who, words in WHO_WORDS.items()}
    return {**states, **whos, **KIND_WORDS, **HAND_WORDS, **ISSUE_LABELS}


def labels_page() -> str:
    """The text of docs/labels.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Labels"
    yield ""
    yield "<!-- Made by `commons docs` from ci/commons/github/labels.py: edit that. -->"
    yield ""
    yield "An open pull request carries one label of its state and one that says who acts next. The bot sets both each"
    yield "time it judges; nobody needs to set them by hand, and what is set by hand lasts until it judges again. A"
    yield "label decides nothing: the required status does. After a push the labels are those of the commit before"
    yield "until the new one is judged; the status is of one commit, and is not there yet."
    for title, group in (
        ("States of a pull request", {VERDICT_LABELS[one]: words for one, words in STATE_WORDS.items()}),
        ("Who acts next", {WHO_LABELS[one]: words for one, words in WHO_WORDS.items()}),
        ("What it is", KIND_WORDS), ("The low-risk lane", HAND_WORDS), ("Issues", ISSUE_LABELS),
    ):
        yield from ("", f"## {title}", "", "| label | meaning |", "|---|---|")
        yield from (f"| `{label}` | {words} |" for label, words in group.items())
    yield from ("", "## What moves a pull request", "", "| from | when | to | who moves it |", "|---|---|---|---|")
    for one in MOVES:
        before = "any open state" if one.before == _OPEN else ", ".join(state.value for state in one.before) or "-"
        yield f"| {before} | {one.event.value} | {one.after.value} | {one.who.value} |"
    yield ""
    yield f"A pull request is merged only from `{State.READY.value}`. *{State.UNJUDGED.value.capitalize()}*,"
    yield "*merged* and *closed* have no label: GitHub shows them."
    yield from ("", "## What moves an issue", "", "| from | to | who moves it |", "|---|---|---|")
    yield from (f"| {before} | `{after}` | {who} |" for before, after, who in ISSUE_MOVES)
