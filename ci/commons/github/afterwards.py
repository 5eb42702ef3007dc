"""After the merge: what the author of a merged pull request is told when the first results of its tasks are published.

Every number is read from a cell as it stands in the ledger; nothing is computed anew, and what failed is said too.
"""

from __future__ import annotations

from dataclasses import dataclass

from commons.errors import BadFile
from commons.github.comment import MAX_CHARACTERS, length
from commons.github.marker import PUBLISHED
from commons.github.words import amount, code, cut, inline
from commons.plan.plan import Inapplicable, Plan
from commons.pool.amendments import Amendment
from commons.pool.card import Card
from commons.pool.cell import CANONICAL, Cell
from commons.pool.ledger import Ledger
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import read_drifts
from commons.publish.addresses import task_path
from commons.publish.numbers import show, unit_sign
from commons.publish.states import State, cell_state

_LIMITS = (60, 20, 5, 1)


@dataclass(frozen=True)
class Line:
    """One model's cell: its number and interval as words, or why there is none."""

    model: str
    number: str = ""
    interval: str = ""
    n: int = 0
    why: str = ""


@dataclass(frozen=True)
class TaskResults:
    """What stands in the ledger for a task as it was merged. ``first`` is whether nothing stood there before."""

    task: str
    title: str
    metric: str
    measured: tuple[Line, ...] = ()
    failed: tuple[Line, ...] = ()
    inapplicable: tuple[Line, ...] = ()
    first: bool = True


@dataclass(frozen=True)
class Announcement:
    """The comment for one merged pull request. ``site`` is the address that pages stand below; empty without a site."""

    tasks: tuple[TaskResults, ...]
    commit: str
    site: str = ""

    @property
    def first(self) -> bool:
        """Whether it is news: a comment is posted only then, and otherwise edited where it stands."""
        return any(one.first for one in self.tasks)

    def body(self) -> str:
        """The comment in Markdown."""
        for limit in _LIMITS:
            text = self._body(limit)
            if length(text) <= MAX_CHARACTERS:
                break
        return text

    def _body(self, limit: int) -> str:
        measured = sum(len(one.measured) for one in self.tasks)
        failed = sum(len(one.failed) for one in self.tasks)
        after = f"; {amount(failed, 'cell')} could not be measured and will be planned again" if failed else ""
        lines = [f"**Published**: {amount(measured, 'result')} of {amount(len(self.tasks), 'task')}{after}.", "",
                 f"Measured on commit {code(self.commit[:12])}. Thank you for the contribution!"]
        for one in self.tasks[:limit]:
            lines += ["", *_task(one, self.site, limit)]
        if (more := len(self.tasks) - limit) > 0:
            lines += ["", f"And {amount(more, 'more task')}."]
        return "\n".join([*lines, "", PUBLISHED]) + "\n"


def _task(one: TaskResults, site: str, limit: int) -> list[str]:
    lines = [f"### {inline(one.title)}", ""]
    page = f", [its page]({site.rstrip('/')}/{task_path(one.task)})" if site else ""
    lines += [f"{code(one.task)}{page}; {inline(one.metric)}.", ""]
    lines += cut((f"- {code(line.model)}: **{inline(line.number)}**{_interval(line)}" for line in one.measured), limit,
                 "result")
    lines += cut((f"- {code(line.model)}: no number. {inline(line.why)}" for line in one.failed), limit, "failure")
    lines += cut((f"- {code(line.model)}: cannot exist, because {inline(line.why)}" for line in one.inapplicable),
                 limit, "model")
    return lines


def _interval(line: Line) -> str:
    interval = f"95% interval {inline(line.interval)}, " if line.interval else ""
    return f" ({interval}n = {line.n:,})"


def results_of(pool: Repository, plan: Plan) -> list[TaskResults]:
    """What the ledger holds for the planned tasks, by name; tasks whose card cannot be read are left out."""
    tasks, _ = pool.tasks({cell.task for cell in plan.cells})
    models, amendments = pool.models(), pool.ledger.amendments()
    found = []
    for task in sorted(tasks, key=lambda one: one.name):
        planned = {cell.model: plan.key(cell).key for cell in plan.cells
                   if cell.task == task.name and cell.variant == CANONICAL}
        apart = {one.model: one for one in plan.inapplicable
                 if one.task == task.name and one.variant == CANONICAL}
        lines = _Lines(pool.ledger, task.card, plan.tasks[task.name], planned)
        for model in models:
            lines.add(task.name, model, apart.get(model.id), amendments)
        if lines.measured or lines.failed:
            found.append(TaskResults(task.name, task.card.title, _metric(task.card), tuple(lines.measured),
                                     tuple(lines.failed), tuple(lines.inapplicable),
                                     lines.fresh and not lines.earlier))
    return found


def _metric(card: Card) -> str:
    head = card.headline
    after = "" if head.filter == "none" else f" after {head.filter}"
    chance = "" if head.chance is None else f", chance is {show_number(head.chance, head.unit)}"
    return f"{head.metric}{after}, {head.direction} is better{chance}"


def show_number(value: float, unit: str) -> str:
    """A number of a card with its unit."""
    return f"{100 * value:.3g} %" if unit == "proportion" else f"{value:.3g} {unit}"


class _Lines:
    """The lines of one task as they are gathered."""

    def __init__(self, ledger: Ledger, card: Card, task_hash: str, planned: dict[str, str]) -> None:
        self._ledger, self._card, self._task_hash, self._planned = ledger, card, task_hash, planned
        self.measured: list[Line] = []
        self.failed: list[Line] = []
        self.inapplicable: list[Line] = []
        self.fresh = False
        self.earlier = False

    def add(self, task: str, model: Model, apart: Inapplicable | None, amendments: tuple[Amendment, ...]) -> None:
        """Take in the cell of one model."""
        cell, why = self._cell(task, model.id)
        if cell is None:
            if model.id in self._planned:
                self.failed.append(Line(model.id, why=why or "Its shard left no cell of today's key."))
            elif apart is not None:
                self.inapplicable.append(Line(model.id, why=apart.why))
            return
        self.fresh |= model.id in self._planned
        self.earlier |= model.id not in self._planned
        self._line(cell, model, amendments)

    def _cell(self, task: str, model: str) -> tuple[Cell | None, str]:
        try:
            cell = self._ledger.cell(task, model)
        except BadFile as error:
            return None, error.sentence
        if cell is None or cell.identity.task_hash != self._task_hash:
            return None, ""
        wanted = self._planned.get(model)
        return (cell, "") if wanted in {None, cell.identity.cell_key} else (None, "")

    def _line(self, cell: Cell, model: Model, amendments: tuple[Amendment, ...]) -> None:
        drift = read_drifts(self._ledger.root, [model]).since.get(model.id)
        state = cell_state(cell, self._card, model, amendments, drift)
        if state.state is not State.MEASURED or state.headline is None:
            self.failed.append(Line(model.id, why=state.reason or "Its headline is not among its metrics."))
            return
        unit = self._card.headline.unit
        shown = show(state.headline, unit)
        sign = unit_sign(unit)
        interval = f"{shown.interval} {sign}" if shown.interval else ""
        self.measured.append(Line(model.id, f"{shown.value} {sign}", interval, state.headline.n))
