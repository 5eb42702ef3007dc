"""The pairs of models that are compared, each with what the tasks' surveys found about it."""

from __future__ import annotations

from dataclasses import dataclass

from commons.analyse.compare import Comparison, together
from commons.analyse.finding import NotCompared
from commons.pool.hashing import sha256_json
from commons.publish.snapshot import Snapshot
from commons.publish.survey.entry import TaskEntry
from commons.publish.survey.survey import PairFinding


@dataclass(frozen=True)
class Found:
    """One pair: what was found on each task, in the order of the tasks."""

    first: str
    second: str
    findings: tuple[tuple[TaskEntry, PairFinding], ...]

    def comparison(self) -> Comparison:
        """All tasks put together."""
        made = [one.comparison for _, one in self.findings if one.comparison is not None]
        left = [NotCompared(task.name, one.why) for task, one in self.findings if one.comparison is None]
        return together(self.first, self.second, made, left)

    def key(self, snapshot: Snapshot) -> str:
        """The digest of all that a page about the pair shows; the cells' files say where rows stand."""
        seen = [[task.name, task.card.title, task.card.headline.model_dump(mode="json"), repr(one), [
            [state.facts.digest if state.facts else "", state.paged]
            for state in (snapshot.states[task.name, self.first], snapshot.states[task.name, self.second])
        ]] for task, one in self.findings]
        return sha256_json([
            [snapshot.model(name).model_dump(mode="json") for name in (self.first, self.second)], seen,
            snapshot.frame.limits.all_rows, str(snapshot.as_of),
        ])


def found_pairs(snapshot: Snapshot) -> tuple[Found, ...]:
    """Every pair that has a page, in the order of the registration."""
    found: dict[tuple[str, str], list[tuple[TaskEntry, PairFinding]]] = {pair: [] for pair in snapshot.frame.pairs}
    for task in snapshot.tasks:
        for one in snapshot.surveys[task.name].pairs:
            if (held := found.get((one.first, one.second))) is not None:
                held.append((task, one))
    return tuple(Found(first, second, tuple(held)) for (first, second), held in found.items()
                 if {first, second} <= snapshot.frame.by_id.keys())

