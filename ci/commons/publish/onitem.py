"""All models on one item: what each answered and how it was judged, as far as the publish level allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from commons.analyse.items import ItemReport
from commons.errors import BadFile
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Row
from commons.pool.rendered import RenderedItem
from commons.pool.standing import headline_name
from commons.publish.choosing import choosing, per
from commons.publish.numbers import count
from commons.publish.open_task import OpenTask
from commons.publish.rowplaces import row_path
from commons.publish.rows import CHOICES
from commons.publish.states import CellState, level
from commons.publish.units import score_words

#: With more models than this, only their names are listed, and cells are not read.
LINKED = 40
#: With more models than this, their answers are not shown beside each other.
ANSWERS = 12
#: A list of names ends after so many.
NAMES = 60

WORDS = {"1": "right", "0": "wrong", "~": "partly right", "#": "scored", "!": "no score", ".": "not asked"}
_ORDER = "1~0#!."


@dataclass(frozen=True)
class Option:
    """One option of an item with how many models chose it, and who; ``names`` is empty where they are many.

    ``chosen`` follows the headline's rule; ``by`` says so, or that it is the highest log-likelihood where that is all
    that is known.
    """

    number: int
    text: str
    gold: bool
    chosen: int
    names: str
    by: str


@dataclass(frozen=True)
class Answer:
    """One model: where its row stands (empty for nowhere), its verdict or score, and its answer if it may be seen."""

    model: str
    href: str
    verdict: str
    answer: str | None


@dataclass(frozen=True)
class Verdict:
    """The models of one verdict: each linked to its row, or where they are many their names in one text."""

    word: str
    count: str
    answers: tuple[Answer, ...]
    names: str


@dataclass(frozen=True)
class _Held:
    """The rows of one model that may be used: by item, with their numbers. ``texts`` says whether texts may be seen."""

    state: CellState
    cell: Cell
    rows: Mapping[str, tuple[int, Row]]
    texts: bool
    same: bool


class Models:
    """The models of a task's comparison, on each of its items."""

    def __init__(self, task: OpenTask) -> None:
        self._task = task
        self._names = {model.id: model.name for model in task.frame.models}
        self._marks = dict(zip(task.items.models, task.items.marks, strict=True))
        self._place = {item: number for number, item in reversed(list(enumerate(task.items.items)))}
        self._reports = dict(zip(task.items.items, task.items.reports, strict=True))
        few = len(task.items.models) <= LINKED
        states = {state.model: state for state in task.survey.states if state.facts is not None} if few else {}
        self._held = {model: held for model in self._marks if model in states and (held := self._read(states[model]))}

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self._marks)

    def report(self, item: str) -> ItemReport | None:
        """What the analysis says of an item."""
        return self._reports.get(item)

    def answers(self, item: str) -> tuple[Answer, ...]:
        """Every model with its answer; empty where there are too many."""
        if self.count > ANSWERS or item not in self._place:
            return ()
        return tuple(self._answer(model, item) for model in self._marks)

    def verdicts(self, item: str) -> tuple[Verdict, ...]:
        """The models by verdict; the names of a large majority are left out, since they are all the others."""
        place = self._place.get(item)
        if place is None:
            return ()
        groups: dict[str, list[str]] = {}
        for model, marks in self._marks.items():
            groups.setdefault(marks[place], []).append(model)
        most = max(len(models) for models in groups.values())
        found = []
        for mark in sorted(groups, key=_ORDER.index):
            models = groups[mark]
            linked = tuple(self._answer(model, item) for model in models) if self.count <= LINKED else ()
            rest = self.count > LINKED and len(models) == most and len(groups) > 1
            found.append(Verdict(WORDS[mark], count(len(models)), linked,
                                 "" if linked else "all others" if rest else self._listed(models)))
        return tuple(found)

    def options(self, item: RenderedItem) -> tuple[Option, ...]:
        """The options of an item, with who chose each, by the cells that are of the version that was rendered."""
        if item.choices is None:
            return ()
        chosen, names = self._chosen(item)
        # With many models only the log-likelihoods were counted, and the headline may go by another number.
        by = "highest log-likelihood of" if self.count > LINKED and per(self._task.entry.card) else "chosen by"
        shown = [number for number in range(len(item.choices)) if number < CHOICES or number == item.gold]
        return tuple(Option(number + 1, item.choices[number], number == item.gold, chosen[number],
                            ", ".join(names.get(number, ())), by) for number in shown)

    def _chosen(self, item: RenderedItem) -> tuple[Counter[int], Mapping[int, list[str]]]:
        report = self._reports.get(item.item)
        if self.count > LINKED:
            options = report.options if report is not None else ()
            return Counter({one.option: one.top + one.middle + one.bottom for one in options}), {}
        names: dict[int, list[str]] = {}
        for model, held in self._held.items():
            _, row = held.rows.get(item.item, (0, None))
            if row is None or not held.same or not held.texts:
                continue
            taken = choosing(self._task.entry.card, row.chosen, row.loglikelihoods, item.choices).chosen
            if taken is not None:
                names.setdefault(taken, []).append(self._names[model])
        counted = Counter({option: len(models) for option, models in names.items()})
        return counted, names if self.count <= ANSWERS else {}

    def _answer(self, model: str, item: str) -> Answer:
        mark, held = self._marks[model][self._place[item]], self._held.get(model)
        number, row = held.rows.get(item, (0, None)) if held else (0, None)
        if held is None or row is None:
            return Answer(self._names[model], "", WORDS[mark], None)
        word = WORDS[mark]
        if mark == "#":
            name = headline_name(self._task.entry.card)
            word = score_words(held.cell, name, row.scores[held.cell.metric_names.index(name)])
        href = row_path(held.state, self._task.frame.limits, item, number, row.repeat)
        return Answer(self._names[model], href, word, row.answer if held.texts else None)

    def _listed(self, models: list[str]) -> str:
        names = ", ".join(self._names[model] for model in models[:NAMES])
        return names if len(models) <= NAMES else f"{names} and {count(len(models) - NAMES)} more"

    def _read(self, state: CellState) -> _Held | None:
        try:
            cell = self._task.cell(state)
        except BadFile:
            return None
        rows: dict[str, tuple[int, Row]] = {}
        for number, row in enumerate(cell.rows):
            rows.setdefault(row.item, (number, row))
        rendered = self._task.rendered
        return _Held(state, cell, rows, level(self._task.entry.card, cell) is PublishLevel.SAMPLES,
                     rendered is not None and rendered.header.task_hash == cell.identity.task_hash)
