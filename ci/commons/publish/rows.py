"""The rows of a cell as readers see them, cut to what the publish level allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from commons.pool.card import PROPORTION, Card, PublishLevel
from commons.pool.cell import Cell, Outcome, Row
from commons.pool.rendered import RenderedItem
from commons.pool.standing import headline_name
from commons.publish.numbers import statistic
from commons.publish.snapshot import TaskEntry
from commons.publish.states import level

#: An item with more options than this shows the first of them, and says how many there are.
CHOICES = 30
FAULTS = 10

#: Why a card's publish level takes texts away.
WITHOUT_TEXT = {
    PublishLevel.AGGREGATE: "The card publishes scores without text: each row keeps its item's id, outcome and scores.",
    PublishLevel.NONE: "The card publishes no items: ids are salted, and each row keeps its outcome and scores.",
}
_UNSALTED = "The card publishes no items, and this cell was written before that: its rows are not shown."
_OTHER_VERSION = "The rendered items are of another version of this task than the one measured here."
_NOT_RENDERED = "The task's items were not rendered yet."


@dataclass(frozen=True)
class Choice:
    """One option of an item."""

    index: int
    text: str
    loglikelihood: float | None
    chosen: bool
    gold: bool


@dataclass(frozen=True)
class RowView:
    """One row with what may be seen of its item.

    ``verdict`` is empty where there is no right and wrong; ``loglikelihoods`` holds those that belong to no choice.
    """

    number: int
    row: Row
    scores: tuple[tuple[str, str], ...]
    verdict: str
    item: RenderedItem | None
    choices: tuple[Choice, ...]
    loglikelihoods: tuple[float, ...]
    golds: tuple[str, ...]


@dataclass(frozen=True)
class Readable:
    """What may be seen of a cell: its rows, its items by id, the header all prompts share, and why texts are missing.

    ``has_text`` is False where the publish level takes texts away; then rows are shown as a table.
    """

    rows: tuple[Row, ...]
    items: Mapping[str, RenderedItem]
    header: str
    has_text: bool
    note: str

    def views(self, cell: Cell, card: Card, first: int, count: int) -> tuple[RowView, ...]:
        """The views of ``count`` rows from the row ``first`` (counting from 0)."""
        shown = self.rows[first : first + count]
        return tuple(_view(number, row, cell, card, self.items.get(row.item))
                     for number, row in enumerate(shown, start=first + 1))


def readable(task: TaskEntry, cell: Cell) -> Readable:
    """Cut a cell to what its card, and the level it was written under, both allow."""
    allowed = level(task.card, cell)
    if allowed is PublishLevel.NONE and cell.publish is not PublishLevel.NONE:
        return Readable((), {}, "", False, _UNSALTED)
    if allowed is not PublishLevel.SAMPLES:
        return Readable(tuple(_without_text(row) for row in cell.rows), {}, "", False, WITHOUT_TEXT[allowed])
    if task.rendered is None:
        return Readable(cell.rows, {}, "", True, _NOT_RENDERED)
    if task.rendered.header.task_hash != cell.identity.task_hash:
        return Readable(cell.rows, {}, "", True, _OTHER_VERSION)
    return Readable(cell.rows, task.rendered.by_id(), task.rendered.header.header, True, "")


def faults(cell: Cell, has_text: bool) -> tuple[tuple[Outcome, str, int], ...]:
    """The commonest reasons why rows have no score, with how many rows each explains."""
    counted = Counter(
        (row.outcome, (row.detail or "") if has_text else "") for row in cell.rows if not row.outcome.has_score
    )
    return tuple((outcome, detail, rows) for (outcome, detail), rows in counted.most_common(FAULTS))


def _without_text(row: Row) -> Row:
    return Row(item=row.item, repeat=row.repeat, outcome=row.outcome, scores=row.scores)


def _view(number: int, row: Row, cell: Cell, card: Card, item: RenderedItem | None) -> RowView:
    options = (item.choices if item else None) or ()
    beside = row.loglikelihoods if row.loglikelihoods and len(row.loglikelihoods) == len(options) else None
    gold = item.gold if item else None
    return RowView(
        number=number,
        row=row,
        scores=tuple(zip(cell.metric_names, map(statistic, row.scores), strict=True)),
        verdict=_verdict(row, cell, card),
        item=item,
        choices=tuple(
            Choice(index, text, beside[index] if beside else None, index == row.chosen, index == gold)
            for index, text in enumerate(options)
            if index < CHOICES or index in {row.chosen, gold}
        ),
        loglikelihoods=() if beside else row.loglikelihoods or (),
        golds=() if gold is None or isinstance(gold, int) else (gold,) if isinstance(gold, str) else gold,
    )


def _verdict(row: Row, cell: Cell, card: Card) -> str:
    """``right``, ``partly right`` or ``wrong``, where the headline is a share of right answers."""
    name = headline_name(card)
    if card.headline.unit != PROPORTION or card.headline.direction != "higher" or name not in cell.metric_names:
        return ""
    score = row.scores[cell.metric_names.index(name)]
    if score is None or isinstance(score, tuple):
        return ""
    return {0.0: "wrong", 1.0: "right"}.get(score, "partly right" if 0 < score < 1 else "")
