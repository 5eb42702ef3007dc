"""Two models compared: task by task on the items that both answered, with the items on which they differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from commons.analyse.compare import TaskComparison
from commons.pool.card import PROPORTION
from commons.pool.models import Model
from commons.publish.addresses import pair_path
from commons.publish.apart import Apart, Names, apart, axis, scales, sentence
from commons.publish.numbers import count, quantity
from commons.publish.pages import Page, pool_pages
from commons.publish.pairs import Found, found_pairs
from commons.publish.rowplaces import row_path, rows_of
from commons.publish.same_weights import said
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState
from commons.publish.survey.survey import Flip, PairFinding

#: A task lists so many of the items on which two models differ, and a page so many in all.
LISTED = 60
PAGE_LISTED = 240


@dataclass(frozen=True)
class FlipView:
    """An item on which two models differ, with both scores, each leading to its row (or nowhere)."""

    item: str
    first: str
    first_href: str
    second: str
    second_href: str


@dataclass(frozen=True)
class TaskLine:
    """A task: both cells, their difference, notes, and the items on which they differ (``flipped`` in all)."""

    task: TaskEntry
    first: CellState
    second: CellState
    found: TaskComparison
    apart: Apart
    notes: tuple[str, ...]
    flips: tuple[FlipView, ...]
    flipped: int


@dataclass(frozen=True)
class PairView:
    """The comparison. ``axes`` are the ends of the whiskers in words, ``left`` the tasks without one and why.

    ``shared`` says where both models are one set of weights.
    """

    first: Model
    second: Model
    sentence: str
    shared: str
    lines: tuple[TaskLine, ...]
    axes: str
    left: tuple[tuple[str, tuple[TaskEntry, ...]], ...]
    command: str


@pool_pages
class PairPages:
    """A page for each two models that are compared."""

    name = "pair"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page for each pair of the frame."""
        for found in found_pairs(snapshot):
            first, second = snapshot.model(found.first), snapshot.model(found.second)
            title = f"{first.name} and {second.name}"
            yield Page(pair_path(first.id, second.id), title, f"{title} compared task by task on the same items.",
                       "pair.html", partial(_view, snapshot, found), as_of=snapshot.as_of, key=found.key(snapshot))


def _view(snapshot: Snapshot, found: Found) -> PairView:
    first, second = snapshot.model(found.first), snapshot.model(found.second)
    names = Names(first.name, second.name)
    together = found.comparison()
    drawn = scales(together.tasks)
    findings = {task.name: (task, one) for task, one in found.findings}
    room = max(5, min(LISTED, PAGE_LISTED // max(1, len(together.tasks))))
    lines = []
    for one in together.tasks:
        task, finding = findings[one.task]
        sides = snapshot.states[task.name, first.id], snapshot.states[task.name, second.id]
        lines.append(TaskLine(
            task, *sides, one, apart(one, names, len(together.tasks), drawn[one.unit]), one.notes,
            _flips(snapshot, task, sides, finding, room), finding.flipped,
        ))
    left: dict[str, list[TaskEntry]] = {}
    for task, finding in found.findings:
        if finding.comparison is None:
            left.setdefault(finding.why, []).append(task)
    return PairView(first, second, sentence(together, names), " ".join(said((first, second))), tuple(lines),
                    " or ".join(axis(scale) for scale in drawn.values()),
                    tuple((why, tuple(tasks)) for why, tasks in left.items()),
                    f"commons compare {first.id} {second.id}")


def _flips(
    snapshot: Snapshot, task: TaskEntry, sides: tuple[CellState, CellState], finding: PairFinding, room: int
) -> tuple[FlipView, ...]:
    rows = [rows_of(snapshot.pool.ledger.cell_path(state.task, state.model, state.variant),
                    state.facts.digest if state.facts else "") for state in sides] if finding.flips else []

    def href(side: int, flip: Flip) -> str:
        row = rows[side].get(flip.item)
        return "" if row is None else row_path(sides[side], snapshot.frame.limits, flip.item, row)

    unit = task.card.headline.unit
    judged = unit == PROPORTION and task.card.headline.direction == "higher"
    return tuple(FlipView(flip.item, _score(flip.first, unit, judged), href(0, flip), _score(flip.second, unit, judged),
                          href(1, flip)) for flip in finding.flips[:room])


def _score(score: float, unit: str, judged: bool) -> str:
    """A score in a word where it is right or wrong."""
    words = {0.0: "wrong", 1.0: "right"} if judged else {}
    return words.get(score) or (count(int(score)) if score == int(score) else quantity(score, unit))
