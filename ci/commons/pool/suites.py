"""Suites: named groups of tasks with one declared aggregate, kept as lm-eval group files in ``tasks/_suites/``.

What the harness's group format cannot say (which rule makes the number, which members are the harness's own) stands
under ``metadata: {commons: ...}``, which the harness ignores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from commons.errors import BadFile, Problem
from commons.pool.card import Sentence
from commons.pool.harness_config import TaskName
from commons.pool.validate import Strict, parse, parse_part
from commons.pool.yamlfile import YamlDocument, read_yaml

Rule = Literal[
    "macro mean", "macro mean of chance-corrected scores", "size-weighted mean",
    "open_llm_leaderboard_v1", "open_llm_leaderboard_v2",
]  # fmt: skip

#: The name of the suite that is derived by rule and never written down.
HARD = "hard"

#: Rules that reproduce a board, whose tasks are all the harness's own.
BOARDS = frozenset({"open_llm_leaderboard_v1", "open_llm_leaderboard_v2"})

#: A metric as cells name it, `metric` or `metric,filter`.
MetricName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+@.-]+(,[A-Za-z0-9_-]+)?$", max_length=80)]


class SuiteAggregate(Strict):
    """One entry of ``aggregate_metric_list``."""

    metric: str = Field(description="The metric that is averaged.")
    aggregation: Literal["mean"] = Field("mean", description="`mean`.")
    weight_by_size: bool = Field(False, description="false for a macro average: each task counts once.")
    filter_list: str | list[str] | None = None


class Member(Strict):
    """A member that is put otherwise than its own file says; only the harness's own tasks may be."""

    task: TaskName = Field(description="The name of a task that the harness has built in.")
    num_fewshot: int | None = Field(None, ge=0, le=100, description="How many examples the prompt shows.")
    fewshot_split: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] | None = Field(
        None, description="The split that examples are drawn from."
    )


class BuiltIn(Strict):
    """Members that the harness has built in: they have no card, so what a card would say of them stands here."""

    board: Sentence = Field(description="What the number of these tasks together is called, for example `BBH`.")
    metrics: list[MetricName] = Field(
        min_length=1, description="The metric that counts, as `metric` or `metric,filter`; of several, their mean."
    )
    shots: int = Field(ge=0, le=100, description="How many examples their prompts show.")
    ceiling: float | None = Field(
        None, description="The best attainable score, for a rule that corrects for chance; null where unknown."
    )
    tasks: dict[TaskName, Annotated[int, Field(ge=2, le=10_000)] | None] = Field(
        min_length=1, description="Each task with its number of options; null where the answer is generated."
    )


class SuiteExtras(Strict):
    """What stands under ``metadata: {commons: ...}``."""

    title: Sentence | None = Field(None, description="The suite's name for people.", max_length=80)
    summary: Sentence | None = Field(None, description="One sentence: what the suite's number shows.", max_length=400)
    rule: Rule | None = Field(None, description="How tasks become one number.")
    harness: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9a-z]+)+$")] | None = Field(
        None, description="The harness version that the built-in members are those of; needed where there are any."
    )
    built_in: list[BuiltIn] = Field(default_factory=list, description="The members that the harness has built in.")
    near_duplicates: list[list[TaskName]] = Field(
        default_factory=list, description="Sets of tasks that measure nearly the same; each set shares one weight."
    )


@dataclass(frozen=True)
class BuiltInTask:
    """One built-in member: what its number is part of, its metrics as ``metric,filter``, shots and options."""

    name: str
    board: str
    metrics: tuple[str, ...]
    shots: int
    choices: int | None
    ceiling: float | None = None


class Suite(Strict):
    """One lm-eval group file."""

    group: TaskName = Field(description="The suite's name: the file's name.")
    group_alias: str | None = Field(None, description="The name for people.")
    task: list[TaskName | Member] = Field(min_length=1, description="The tasks, by name.")
    aggregate_metric_list: list[SuiteAggregate] | None = Field(
        None, min_length=1, max_length=1, description="The one aggregate."
    )
    metadata: dict[str, Any] | None = None
    extras: SuiteExtras = Field(default_factory=SuiteExtras, exclude=True, description="Read from `metadata.commons`.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members, in order."""
        return tuple(one if isinstance(one, str) else one.task for one in self.task)

    @property
    def built_in(self) -> Mapping[str, BuiltInTask]:
        """The members that the harness has built in, by name."""
        return {
            name: BuiltInTask(name, some.board, tuple(map(full_name, some.metrics)), some.shots, choices, some.ceiling)
            for some in self.extras.built_in for name, choices in some.tasks.items()
        }

    @property
    def pool_tasks(self) -> tuple[str, ...]:
        """The members that are tasks of this pool."""
        own = self.built_in
        return tuple(name for name in self.names if name not in own)

    @property
    def title(self) -> str:
        """The name for people."""
        return self.extras.title or self.group_alias or self.group

    @property
    def metric(self) -> str | None:
        """The metric that is averaged; None where each task brings its headline."""
        return self.aggregate_metric_list[0].metric if self.aggregate_metric_list else None

    @property
    def rule(self) -> Rule:
        """How tasks become one number: declared, or what the harness's own aggregate says."""
        by_size = self.aggregate_metric_list is not None and self.aggregate_metric_list[0].weight_by_size
        return self.extras.rule or ("size-weighted mean" if by_size else "macro mean")


def full_name(metric: str) -> str:
    """A metric as cells name it: with its filter, which is ``none`` where none is written.

    >>> full_name("acc"), full_name("exact_match,strict-match")
    ('acc,none', 'exact_match,strict-match')
    """
    return metric if "," in metric else f"{metric},none"


def read_suite(path: Path) -> Suite:
    """Read one suite.

    Raises:
        BadFile: every fault found.
    """
    document = read_yaml(path)
    if "extras" in document.data:
        where = document.where(("extras",))
        mend = "Remove it; what the harness does not know belongs under `metadata:` and there `commons:`."
        raise BadFile([Problem("unknown_key", "`extras` is not a known key.", where, mend)])
    suite = parse(Suite, document)
    held = (suite.metadata or {}).get("commons")
    if held is not None:
        key = ("metadata", "commons")
        suite = suite.model_copy(update={"extras": parse_part(SuiteExtras, document, held, key)})
    if faults := list(_faults(suite, document)):
        raise BadFile(faults)
    return suite


def _faults(suite: Suite, document: YamlDocument) -> list[Problem]:
    """What each key by itself allows and the file as a whole does not."""
    found = []

    def fault(sentence: str, mend: str, *key: str | int) -> None:
        found.append(Problem("value", sentence, document.where(key), mend))

    name = document.path.name
    if suite.group != document.path.stem:
        sentence = f"The suite is called `{suite.group}` but its file `{name}`."
        mend = f"Write `group: {document.path.stem}`, or rename the file."
        found.append(Problem("name", sentence, document.where(("group",)), mend))
    if suite.group == HARD:
        fault(f"The name `{HARD}` is kept for the suite that is derived by rule.", "Choose another.", "group")
    if suite.aggregate_metric_list is None and suite.extras.rule is None:
        fault("The suite declares no aggregate.",
              "Add `aggregate_metric_list:`, or under `metadata:`, `commons:` a `rule:`.", "group")
    by_size = suite.aggregate_metric_list is not None and suite.aggregate_metric_list[0].weight_by_size
    if by_size != (suite.rule == "size-weighted mean"):
        fault(f"The rule is `{suite.rule}`, and `weight_by_size` is {str(by_size).lower()}.",
              "Let both say the same: `weight_by_size: true` belongs to `rule: size-weighted mean` alone.",
              "metadata", "commons", "rule")
    _check_built_in(suite, fault)
    return found


def _check_built_in(suite: Suite, fault: Callable[..., None]) -> None:
    own, names = suite.built_in, set(suite.names)
    groups = suite.extras.built_in
    counted = Counter(task for group in groups for task in group.tasks)
    for place, group in enumerate(groups):
        key = ("metadata", "commons", "built_in", place, "tasks")
        for task in group.tasks:
            if task not in names:
                fault(f"`{task}` is described here and no member of the suite.",
                      "Add it to `task:`, or remove it here.", *key, task)
            if counted[task] > 1:
                fault(f"`{task}` is described twice.", "Keep one of the two.", *key, task)
    for place, member in enumerate(suite.task):
        if isinstance(member, Member):
            if member.task not in own:
                fault(f"`{member.task}` is put otherwise than its own file says, and is no built-in task.",
                      "Write its name alone; a task of the pool is put in one way everywhere.", "task", place)
            elif member.num_fewshot not in {None, own[member.task].shots}:
                said = own[member.task].shots
                fault(f"`{member.task}` has {member.num_fewshot} shots here and {said} in `built_in`.",
                      "Let both say the same.", "task", place)
    if own and suite.extras.harness is None:
        fault("The suite has built-in members of no stated harness version.",
              "Add `harness:` with the version that this repository pins.", "metadata", "commons")
    if suite.rule in BOARDS and suite.pool_tasks:
        fault(f"`{suite.rule}` is a board of the harness's own tasks, and {suite.pool_tasks[0]} is none.",
              "Describe it under `built_in:`, or take it off the list.", "task")
    for place, alike in enumerate(suite.extras.near_duplicates):
        for task in alike:
            if task not in names:
                fault(f"`{task}` is no member of the suite.", "Correct the name.",
                      "metadata", "commons", "near_duplicates", place)
