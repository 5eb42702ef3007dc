"""The low-risk lane's facts, from the situation that the live comment stands on and what is known beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from commons.github.derive_tasks import ROW_FILES
from commons.github.judgement import HOLD, Verdict, judge
from commons.github.policy import LaneFacts
from commons.github.policy_signoff import sign_off
from commons.github.situation import Arrival, Kind, Situation, TaskChange
from commons.pool.card import Card
from commons.pool.repository import TASKS_FOLDER

#: What of a card an owner may change alone; everything else are terms, also what is added to cards later. The items
#: that are known to be broken are a term: a gate passes over them.
FREE = frozenset({"title", "summary", "citation", "known_biases", "ai_use", "comparability_version",
                  "provenance"})


@dataclass(frozen=True)
class CardPair:
    """A task's card on the default branch and at the head, and whether its task hash changed.

    ``splits`` are the rows on the default branch of each data file that changed.
    """

    before: Card
    after: Card
    splits: tuple[int, ...] = ()
    meaning_changed: bool = True


@dataclass(frozen=True)
class Beside:
    """What the situation does not say. A task without its ``cards`` counts as changed in every way.

    ``changes_requested`` and ``conflicts`` are GitHub's word, ``above_limit`` the queue's; ``lane_open`` is the
    maintainers' switch, and that there is a bot.
    """

    body: str = ""
    labels: frozenset[str] = frozenset()
    cards: Mapping[str, CardPair] = field(default_factory=dict)
    conflicts: bool = True
    changes_requested: bool = True
    above_limit: bool = True
    lane_open: bool = False


def lane_facts(situation: Situation, beside: Beside) -> LaneFacts:
    """What the conditions of the lane ask about."""
    tasks, pull, trial = situation.tasks, situation.pull, situation.trial
    pairs = [beside.cards.get(one.name) for one in tasks]
    known = [pair for pair in pairs if pair is not None]
    whole = bool(tasks) and len(known) == len(tasks)
    fresh = situation.freshness
    return LaneFacts(
        author=pull.author,
        owners=tuple(one.owners for one in tasks),
        outside=len(situation.outside),
        parts=frozenset(part for one in tasks for part in one.parts) if tasks else frozenset({"other"}),
        new_or_deleted=sum(one.kind is not Kind.CHANGED for one in tasks),
        special_files=len(situation.special),
        lint_clean=situation.lint.ran and not situation.lint.problem and situation.lint.lints == 0,
        gates_green=judge(situation).verdict is Verdict.READY and trial.arrival is Arrival.PRESENT,
        gates_verified=trial.arrival is Arrival.PRESENT and not trial.doubts,
        meaning_changed=not whole or any(pair.meaning_changed for pair in known),
        version_raised=whole and all(_raised(pair) for pair in known if pair.meaning_changed),
        terms_changed=not whole or any(terms_changed(pair.before, pair.after) for pair in known),
        rows_changed=sum(_rows(one, situation) for one in tasks),
        rows=min((rows for pair in known for rows in pair.splits), default=0),
        draft=pull.draft, first_time=pull.first_time,
        behind=bool(fresh.both or fresh.tasks) or fresh.program, conflicts=beside.conflicts,
        changes_requested=beside.changes_requested,
        signed_off=sign_off(beside.body, pull.author).given,
        above_limit=beside.above_limit, lane_open=beside.lane_open,
        held=HOLD in {one.casefold() for one in beside.labels},
    )


def terms_changed(before: Card, after: Card) -> bool:
    """Whether a card says something else about anything that an owner may not change alone."""
    return before.model_dump(exclude=set(FREE)) != after.model_dump(exclude=set(FREE))


def _raised(pair: CardPair) -> bool:
    return pair.after.comparability_version > pair.before.comparability_version


def _rows(task: TaskChange, situation: Situation) -> int:
    """How many rows differ; data that could not be compared as rows counts as all of it."""
    start = f"{TASKS_FOLDER}/{task.name}/data/"
    others = any(one.path.startswith(start) and not one.path.endswith(ROW_FILES) for one in situation.files)
    if others or task.rows is None:
        return 10**9 if "data" in task.parts else 0
    return sum(task.rows.counts)
