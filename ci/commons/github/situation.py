"""A pull request as the comment sees it: facts, and nothing that is decided about them.

What was found here, from git's objects and by our own lint, stands beside what a less trusted job reports; the type
says which is which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from commons.github.newcomers import Limit
from commons.github.policy import LaneDecision
from commons.github.report import TrialReport

#: What a card says that is more than words: the ids that few-shot examples are drawn by, and what is written how.
_NOT_WORDS = frozenset({"fields", "publish", "comparability_version"})


class Kind(str, Enum):
    """What became of a file, a task or a model."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    DELETED = "deleted"


class Area(str, Enum):
    """The parts of a repository that a pull request can touch."""

    TASKS = "tasks"
    SUITES = "suites"
    MODELS = "models.yaml"
    RESULTS = "results"
    WORKFLOW = "workflows"
    PROGRAM = "the program"
    DOCS = "documents"
    OTHER = "other files"


@dataclass(frozen=True)
class PullRequest:
    """What GitHub says of it. ``first_time`` is true for an author of whom nothing was merged yet.

    ``unsigned`` says what is missing of the line by which the author says that the items may be licensed; ``trusted``
    is true for people who may write here, and for bots.
    """

    number: int
    title: str
    author: str
    head_sha: str
    first_time: bool = False
    draft: bool = False
    fork: bool = False
    unsigned: str = ""
    trusted: bool = False


@dataclass(frozen=True)
class ChangedFile:
    """A changed path. ``size`` is that of the new content; ``special`` names a link or a submodule."""

    path: str
    kind: Kind
    area: Area
    size: int = 0
    binary: bool = False
    special: str = ""


@dataclass(frozen=True)
class RowChanges:
    """The rows of a task's data files by id, compared as data; the first few ids, and how many in all."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    counts: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class TaskChange:
    """One task folder. ``parts`` are of card, config, data, readme, hooks and other.

    ``owners`` are those of the main line's card, or of the new card where the task is new; ``absent`` those of them
    who did nothing here for a year. ``digest`` is of the folder at the head; ``card_keys`` and ``config_keys`` are
    those whose values differ; ``taken`` is a task that already has the name, ``alike`` one whose name looks the same,
    and ``withdrawn`` one that had the name until it was taken down.
    ``accounted`` is false where results go with the folder and no amendment says why.
    """

    name: str
    kind: Kind
    was: str = ""
    parts: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    owned: bool = True
    rows: RowChanges | None = None
    digest: str = ""
    card_keys: tuple[str, ...] = ()
    config_keys: tuple[str, ...] = ()
    taken: str = ""
    alike: str = ""
    withdrawn: str = ""
    accounted: bool = True
    absent: tuple[str, ...] = ()

    @property
    def only_words(self) -> bool:
        """Whether nothing can have changed that enters a cell key, or that has a cell written again."""
        words = self.kind is Kind.CHANGED and set(self.parts) <= {"card", "readme"}
        return words and not _NOT_WORDS & set(self.card_keys)


@dataclass(frozen=True)
class ModelChange:
    """One entry of ``models.yaml``; ``meaning`` is whether its model hash is another, so its cells are measured.

    ``endpoint`` is whether it is, or was, one that somebody else serves: it is told a key and costs money.
    """

    id: str
    kind: Kind
    meaning: bool = True
    alike: str = ""
    endpoint: bool = False


@dataclass(frozen=True)
class ResultsChange:
    """What was done under ``results/``: paths written or deleted by hand, and amendments.

    ``unexplained`` are the deleted ones that no added amendment names; ``rewritten`` is whether old amendments changed.
    """

    edited: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    deleted: int = 0
    amendments: tuple[str, ...] = ()
    rewritten: bool = False
    broken: str = ""


@dataclass(frozen=True)
class Freshness:
    """How old the base is: commits since, files and tasks that changed on both sides, and whether the program did.

    Workflows are of the program: they decide how a pull request is tried.
    """

    behind: int = 0
    both: tuple[str, ...] = ()
    program: bool = False
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundHere:
    """One finding of our own lint."""

    code: str
    blocks: bool
    place: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class LintHere:
    """Lint, run here on the files as data. ``problem`` says why it could not be."""

    findings: tuple[FoundHere, ...] = ()
    problem: str = ""
    explained: int = 0
    ran: bool = True

    @property
    def lints(self) -> int:
        """How many findings block."""
        return sum(one.blocks for one in self.findings)

    @property
    def hints(self) -> int:
        """How many advise."""
        return len(self.findings) - self.lints


class Arrival(str, Enum):
    """Whether the trial's report is here."""

    PRESENT = "present"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    PENDING = "pending"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Trial:
    """What the less trusted job reports, and why it is not to be believed as it stands (``doubts``)."""

    arrival: Arrival = Arrival.NOT_NEEDED
    report: TrialReport | None = None
    problem: str = ""
    doubts: tuple[str, ...] = ()
    recomputed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Situation:
    """All of it. ``vouched`` is the maintainer who confirmed the trial of exactly this head by hand.

    ``parked`` is the author's limit where this pull request is above it; ``lane`` is what the low-risk lane decides,
    where an owner changes an existing task.
    """

    pull: PullRequest
    files: tuple[ChangedFile, ...] = ()
    tasks: tuple[TaskChange, ...] = ()
    models: tuple[ModelChange, ...] = ()
    results: ResultsChange = field(default_factory=ResultsChange)
    freshness: Freshness = field(default_factory=Freshness)
    lint: LintHere = field(default_factory=LintHere)
    trial: Trial = field(default_factory=Trial)
    problem: str = ""
    vouched: str = ""
    parked: Limit | None = None
    lane: LaneDecision | None = None

    @property
    def areas(self) -> frozenset[Area]:
        """The parts that are touched."""
        return frozenset(one.area for one in self.files)

    @property
    def outside(self) -> tuple[ChangedFile, ...]:
        """The touched files that lie in no task folder: any of them may have changed the job that judged."""
        return tuple(one for one in self.files if one.area is not Area.TASKS)

    @property
    def only_own_tasks(self) -> bool:
        """Whether nothing but the author's own task folders is touched."""
        return bool(self.tasks) and not self.outside and all(one.owned for one in self.tasks)

    @property
    def only_kept_own_tasks(self) -> bool:
        """Whether the author changes tasks that are theirs and stay, whatever else: the low-risk lane is for these."""
        return bool(self.tasks) and all(one.kind is Kind.CHANGED and one.owned for one in self.tasks)

    @property
    def tried(self) -> tuple[TaskChange, ...]:
        """The tasks that have a trial to pass: all that are still there."""
        return tuple(one for one in self.tasks if one.kind is not Kind.DELETED)

    @property
    def brings_items(self) -> bool:
        """Whether items come in that stood nowhere in the pool."""
        return any(one.kind is Kind.ADDED or (one.rows is not None and one.rows.counts[0]) for one in self.tasks)

    @property
    def special(self) -> tuple[ChangedFile, ...]:
        """Links and submodules."""
        return tuple(one for one in self.files if one.special)
