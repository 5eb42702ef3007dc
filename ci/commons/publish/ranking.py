"""Suites as readers see them: each model's aggregate with its interval and its place as a range, or why there is none.

A suite's numbers need its cells whole, so they are computed only where those are not too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from commons.analyse.suite_numbers import CORRECTED, ModelLine, SuiteNumbers, suite_numbers
from commons.analyse.suite_places import SuitePlaces, suite_places
from commons.analyse.suites import SuiteTable, SuiteTask, suite_table
from commons.errors import BadFile, CannotRun
from commons.pool.hashing import sha256_json
from commons.pool.models import Model
from commons.pool.suites import Suite
from commons.publish.facts import Number
from commons.publish.judge import VALUE_FAULTS
from commons.publish.numbers import Scale, count, scale_for
from commons.publish.places import Top, top_of
from commons.publish.same_weights import said
from commons.publish.snapshot import Snapshot

#: A suite with more members in the pool, or more cells, is not computed for its page.
MOST_TASKS = 60
MOST_CELLS = 2000
#: A suite's page shows each model's score on each member where the mean stands over no more of them.
MOST_PARTS = 12
_FAULTS = (*VALUE_FAULTS, BadFile, CannotRun)


@dataclass(frozen=True)
class Standing:
    """One model in a suite. ``number`` is its aggregate; ``place`` is None where it has none.

    ``least`` and ``most`` bound the aggregate of a model that lacks cells, where they can be said.
    """

    model: Model
    line: ModelLine
    number: Number | None
    place: tuple[int, int] | None
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Ranking:
    """What is known of a suite. ``why`` says why nothing was computed; it is empty where it was.

    ``unit`` and ``scale`` are those of the aggregates. ``unmeasured`` are the models without a score in it.
    """

    suite: Suite
    why: str
    standings: tuple[Standing, ...] = ()
    tasks: tuple[SuiteTask, ...] = ()
    numbers: SuiteNumbers | None = None
    unit: str = ""
    scale: Scale | None = None
    placing: str = ""
    unmeasured: tuple[Model, ...] = ()

    @property
    def shared(self) -> tuple[str, ...]:
        """Which of the models with an aggregate are one set of weights, in words."""
        return said([one.model for one in self.ranked], "models with a mean")

    @property
    def parts(self) -> tuple[SuiteTask, ...]:
        """The tasks that the mean stands over, each with the scores that enter; none where they are too many."""
        block = set(self.numbers.block) if self.numbers else set()
        found = tuple(task for task in self.tasks if task.name in block)
        return found if len(found) <= MOST_PARTS else ()

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """Those that have an aggregate, the best first."""
        return tuple(one for one in self.standings if one.number is not None)

    @property
    def top(self) -> Top | None:
        """Which models may be the best; None without places."""
        return top_of([(one.model.name, one.place[0]) for one in self.standings if one.place is not None])

    @property
    def counting(self) -> int:
        """How many tasks the mean stands over."""
        return len(self.numbers.block) if self.numbers else 0


def ranking_of(snapshot: Snapshot, suite: Suite) -> Ranking:
    """Compute a suite from its cells, where they are not too many."""
    members = [name for name in suite.pool_tasks if name in snapshot.by_name]
    cells = _cells(snapshot, suite)
    if not sum(cells.values()):
        return Ranking(suite, "No model was measured on any of its tasks yet.", unmeasured=snapshot.models)
    if len(members) > MOST_TASKS or sum(cells.values()) > MOST_CELLS:
        size = f"{count(len(members))} tasks and {count(sum(cells.values()))} cells"
        return Ranking(suite, f"It has {size} here, too many to compute for every build of this site: "
                              f"commons suite {suite.group} does.")
    try:
        table = suite_table(snapshot.pool, suite)
        numbers = suite_numbers(table)
        return _ranking(snapshot, table, numbers, suite_places(snapshot.pool, table, numbers))
    except _FAULTS as error:
        return Ranking(suite, f"Its number cannot be computed ({type(error).__name__}).")


def suite_key(snapshot: Snapshot, suite: Suite) -> str:
    """The digest of all that a suite's numbers follow from."""
    cells = _cells(snapshot, suite)
    return sha256_json([
        suite.model_dump(mode="json"), sorted(cells.items()),
        [snapshot.surveys[name].digest if name in snapshot.surveys else "" for name in suite.names],
        [model.model_dump(mode="json") for model in snapshot.models],
    ])


def _cells(snapshot: Snapshot, suite: Suite) -> Mapping[str, int]:
    """How many readable cells each member has, whether it is a task of the pool or not."""
    orphans = Counter(one.task for one in snapshot.orphans)
    own = {name: sum(state.facts is not None for state in snapshot.surveys[name].states)
           for name in suite.names if name in snapshot.surveys}
    return {name: own.get(name, orphans[name]) for name in suite.names}


def _ranking(snapshot: Snapshot, table: SuiteTable, numbers: SuiteNumbers, places: SuitePlaces) -> Ranking:
    higher = table.suite.rule == CORRECTED or all(
        task.higher_is_better for task in table.tasks if task.name in numbers.block)
    by_id = snapshot.frame.by_id
    known = [line for line in numbers.lines if line.model in by_id]
    unit = numbers.unit
    reached = [end for line in known if line.mean for end in (line.mean.value, *(line.mean.interval or ()))]
    reached += [end for line in known for end in line.limits or ()]
    found = [Standing(
        by_id[line.model], line, _number(line, higher), places.places.get(line.model),
        line.limits[0] if line.limits else None, line.limits[1] if line.limits else None,
    ) for line in known]
    found.sort(key=lambda one: (one.number is None, _order(one, higher)))
    return Ranking(
        table.suite, "", tuple(found), table.tasks, numbers, unit, scale_for(unit, reached),
        f"There are no places. {places.why}" if places.why else f"Places count from the best. {places.multiplicity}",
        tuple(by_id[name] for name in table.unmeasured if name in by_id),
    )


def _order(one: Standing, higher: bool) -> float:
    if one.number is None:
        return -(one.line.coverage or 0.0)
    return -one.number.value if higher else one.number.value


def _number(line: ModelLine, higher: bool) -> Number | None:
    if line.mean is None:
        return None
    return Number(line.mean.value + 0.0, line.mean.interval, 0.95, line.mean.method, line.measured, None, higher)
