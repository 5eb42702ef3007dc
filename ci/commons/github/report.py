"""The report of the trial: what a job that ran contributed code says of it. Read as what a stranger wrote.

The job judges the pull request with the pool's own program, but a pull request can edit the workflow that calls it. So
the format is strict, every text and list has an end, and nothing in it names a pull request.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.plan.cells import Reason
from commons.pool.cell import Finite, Sha256
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

REPORT_FILE = "report.json"
#: A hundred tasks of five hundred items each fit; a larger file was made to do harm.
MAX_REPORT_BYTES = 8_000_000
MAX_TASKS = 300
MAX_ITEMS = 20_000

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
Text = Annotated[str, Field(max_length=2_000)]
Short = Annotated[str, Field(max_length=200)]
Whole = Annotated[int, Field(ge=0, le=10**12)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


class Evidence(Strict):
    """One number behind a gate."""

    label: Text
    number: Finite | None
    interval: tuple[Finite, Finite] | None
    n: Whole | None
    threshold: Finite | None
    threshold_source: Text
    p: Finite | None
    alarm: bool
    note: Text


class Place(Strict):
    """An item that speaks against the task."""

    item: Text
    path: Text
    line: Whole | None
    column: Whole | None
    note: Text


class Gate(Strict):
    """How one gate ended."""

    name: Name
    title: Text
    state: Literal["passed", "failed", "not applicable", "could not run"]
    sentence: Text
    mend: Text
    evidence: Annotated[list[Evidence], Field(max_length=200)]
    places: Annotated[list[Place], Field(max_length=1_000)]


class Difficulty(Strict):
    """The mean headline over the measured models."""

    models: Whole
    mean: Finite
    lowest: Finite
    highest: Finite
    stale: Whole


class Artefact(Strict):
    """What answers without skill come to above chance."""

    excess: Finite
    probe: Text


class Power(Strict):
    """The smallest difference between two models that the items show."""

    n: Whole
    independent: Finite
    best_case: Finite
    claimed: Finite


class Overlap(Strict):
    """A task that shares items with this one."""

    task: Name
    share: Annotated[float, Field(ge=0, le=1)]
    examples: Annotated[list[Text], Field(max_length=10)]


class Worth(Strict):
    """What the author learns beside the verdict."""

    difficulty: Difficulty | None
    artefact: Artefact | None
    power: Power | None
    overlaps: Annotated[list[Overlap], Field(max_length=1_000)] | None


class Check(Strict):
    """What ``commons check`` found in one task, without its lint, which is run again where it is believed."""

    verdict: Literal["ready", "not ready", "cannot say"]
    sentence: Text
    items: Whole
    tried: Whole
    sandboxed: bool
    lints: Whole
    gates: Annotated[list[Gate], Field(max_length=100)]
    worth: Worth | None


class Outline(Strict):
    """A rendered task in short: its hash, its parts, and for each item a digest of what is sent and graded."""

    task_hash: Sha256
    parts: Annotated[dict[Short, Digest], Field(max_length=100)]
    items: Annotated[dict[Short, Digest], Field(max_length=MAX_ITEMS)]


class TaskReport(Strict):
    """One task: the digest of the folder that was judged, the check, and how it renders before and after."""

    task: Name
    folder: Sha256
    check: Check | None
    before: Outline | None
    after: Outline | None
    problem: Text = ""


class ReasonCount(Strict):
    """How many cells are to be run for one reason."""

    reason: Reason
    cells: Whole


class Apart(Strict):
    """Cells that cannot exist: how many, and why."""

    cells: Whole
    why: Text


class PlanReport(Strict):
    """What merging would have run, added up over the models; ``hashes`` are the task hashes it was made with."""

    reasons: Annotated[list[ReasonCount], Field(max_length=len(Reason))]
    kept: Whole
    inapplicable: Annotated[list[Apart], Field(max_length=50)]
    requests: Whole
    tokens_in: Whole
    tokens_out: Whole
    seconds: Amount
    dollars: Amount
    models: Annotated[list[Name], Field(max_length=1_000)]
    hashes: Annotated[dict[Name, Sha256], Field(max_length=MAX_TASKS)]

    @property
    def cells(self) -> int:
        """How many cells are to be run."""
        return sum(one.cells for one in self.reasons)

    @property
    def new(self) -> int:
        """How many of them were never measured."""
        return sum(one.cells for one in self.reasons if one.reason is Reason.NEW)


class TrialReport(Strict):
    """All that the trial of one head says."""

    schema_version: Literal[1] = 1
    head_sha: Commit
    tasks: Annotated[list[TaskReport], Field(max_length=MAX_TASKS)]
    plan: PlanReport | None = None
    problem: Text = ""

    def of(self, task: str) -> TaskReport | None:
        """What it says of one task."""
        return next((one for one in self.tasks if one.task == task), None)


def read_report(path: Path) -> TrialReport:
    """Read a report file.

    Raises:
        BadFile: it is missing, a link, too large, or not of this format.
    """
    try:
        return TrialReport.model_validate_json(read_text(path, MAX_REPORT_BYTES))
    except (ValidationError, RecursionError) as error:
        said = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        place = ".".join(str(part) for part in said["loc"]) if said else "nested too deep"
        reason = f"{place}: {said['msg']}" if said else place
        sentence = f"This is no report of a trial: {reason}."
        raise BadFile([Problem("report", sentence, Where(path, 1), "Run the trial again.")]) from error
