"""The low-risk lane: when an owner's fix of their own data may merge itself. Each condition is one named boolean.

All of them must hold, and one that is not known does not hold. The decision lists every one that fails, with its own
words, so that nobody has to guess why a person was asked. Adding a condition is adding a function with ``@condition``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: A fix changes few rows; whoever changes more has made another task.
MOST_ROWS = 20
MOST_SHARE = 0.1
#: What a fix may touch in a task's folder.
FIX_PARTS = frozenset({"card", "data", "readme"})


@dataclass(frozen=True)
class LaneFacts:
    """What is known of a pull request. Every default is the answer that refuses.

    ``parts`` are those of the task folders that changed (card, config, data, readme, hooks, other); ``meaning_changed``
    is whether a task hash changed, ``version_raised`` whether the card's comparability version did; ``rows_changed``
    counts added, changed and removed rows, and ``rows`` all of the smallest split that changed.
    """

    author: str = ""
    owners: tuple[tuple[str, ...], ...] = ()
    outside: int = 1
    parts: frozenset[str] = frozenset({"other"})
    new_or_deleted: int = 1
    special_files: int = 1
    lint_clean: bool = False
    gates_green: bool = False
    gates_verified: bool = False
    meaning_changed: bool = True
    version_raised: bool = False
    terms_changed: bool = True
    rows_changed: int = MOST_ROWS + 1
    rows: int = 0
    draft: bool = True
    first_time: bool = True
    behind: bool = True
    conflicts: bool = True
    changes_requested: bool = True
    signed_off: bool = False
    above_limit: bool = True
    held: bool = True
    lane_open: bool = False


@dataclass(frozen=True)
class Condition:
    """One named boolean."""

    name: str
    words: str
    holds: Callable[[LaneFacts], bool]


CONDITIONS: list[Condition] = []


def condition(function: Callable[[LaneFacts], bool]) -> Callable[[LaneFacts], bool]:
    """Register a condition; its docstring is what people read where it fails.

    Raises:
        ValueError: it says nothing about itself.
    """
    if not function.__doc__:
        raise ValueError(f"the condition `{function.__name__}` has no docstring")
    CONDITIONS.append(Condition(function.__name__, function.__doc__.strip(), function))
    return function


@dataclass(frozen=True)
class LaneDecision:
    """Whether it may merge itself, and every condition that does not hold."""

    failing: tuple[Condition, ...]

    @property
    def may_merge_itself(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.failing


def decide(facts: LaneFacts) -> LaneDecision:
    """Ask every condition."""
    return LaneDecision(tuple(one for one in CONDITIONS if not one.holds(facts)))


@condition
def lane_is_open(facts: LaneFacts) -> bool:
    """The maintainers opened the lane, and there is a bot that can merge."""
    return facts.lane_open


@condition
def gates_are_verified(facts: LaneFacts) -> bool:
    """The gates' report was made by a job that the pull request could not change."""
    return facts.gates_verified


@condition
def gates_are_green(facts: LaneFacts) -> bool:
    """Every gate of every changed task passed."""
    return facts.gates_green


@condition
def lint_is_clean(facts: LaneFacts) -> bool:
    """Lint, run on the default branch's code, found nothing that blocks."""
    return facts.lint_clean


@condition
def only_task_folders_are_touched(facts: LaneFacts) -> bool:
    """No file outside of task folders is touched: no program, workflow, model, result or document."""
    return facts.outside == 0


@condition
def author_owns_every_task(facts: LaneFacts) -> bool:
    """The author is an owner of every changed task, by the card that stands on the default branch."""
    author = facts.author.lower()
    return bool(facts.owners) and all(author in {owner.lower() for owner in owners} for owners in facts.owners)


@condition
def no_task_is_new_or_deleted(facts: LaneFacts) -> bool:
    """The tasks were there before and still are: a new one, a renamed one and a deletion are for people."""
    return facts.new_or_deleted == 0


@condition
def only_data_and_words_change(facts: LaneFacts) -> bool:
    """Only data, card and README change: the harness configuration and hooks decide what is graded, and how."""
    return facts.parts <= FIX_PARTS


@condition
def no_special_files(facts: LaneFacts) -> bool:
    """There is no link and no submodule among the files."""
    return facts.special_files == 0


@condition
def meaning_is_declared(facts: LaneFacts) -> bool:
    """Where the meaning changed (the task hash), the card's comparability version was raised."""
    return facts.version_raised or not facts.meaning_changed


@condition
def terms_are_unchanged(facts: LaneFacts) -> bool:
    """The card's owners, licence, publish level, headline, canary, broken items and lifecycle are as they were."""
    return not facts.terms_changed


@condition
def few_rows_change(facts: LaneFacts) -> bool:
    """At most 20 rows, and a tenth of the smallest split that changed, are added, changed or removed."""
    return facts.rows_changed <= min(MOST_ROWS, max(1, MOST_SHARE * facts.rows))


@condition
def is_no_draft(facts: LaneFacts) -> bool:
    """The pull request is ready for review, and no draft."""
    return not facts.draft


@condition
def author_was_merged_before(facts: LaneFacts) -> bool:
    """Something by the author was merged before; the first time a person looks."""
    return not facts.first_time


@condition
def author_is_within_the_limit(facts: LaneFacts) -> bool:
    """The author has no more pull requests open than a newcomer may."""
    return not facts.above_limit


@condition
def is_signed_off(facts: LaneFacts) -> bool:
    """The author signed off that they may license the items."""
    return facts.signed_off


@condition
def base_is_fresh(facts: LaneFacts) -> bool:
    """Nothing that was merged since touches the same tasks or the program, and there is no conflict."""
    return not facts.behind and not facts.conflicts


@condition
def nobody_asked_for_changes(facts: LaneFacts) -> bool:
    """No review asks for changes."""
    return not facts.changes_requested


@condition
def nobody_holds_it(facts: LaneFacts) -> bool:
    """It does not carry the label `hold`, which anybody who may label can set."""
    return not facts.held
