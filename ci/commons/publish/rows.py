"""The rows of a cell as readers see them, cut to what the publish level allows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from commons.pool.card import PROPORTION, Card, PublishLevel
from commons.pool.cell import Cell, Outcome, Row
from commons.pool.rendered import RenderedItem
from commons.pool.standing import headline_name
from commons.publish.choosing import choosing, per
from commons.publish.numbers import loglikelihood
from commons.publish.open_task import OpenTask
from commons.publish.states import OUTCOME_WORDS, level
from commons.publish.units import plain_name, score_words

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
    """One option of an item. ``share`` is its part of the options' probability in hundredths, where that is known.

    ``chosen`` follows the headline's rule. ``measure`` is the number that it goes by in words, empty where that is the
    log-likelihood itself; ``likeliest`` marks the option that has the highest of those where it is not the chosen one.
    """

    index: int
    text: str
    loglikelihood: float | None
    chosen: bool
    gold: bool
    share: str = ""
    measure: str = ""
    likeliest: bool = False


@dataclass(frozen=True)
class Links:
    """Where a row leads: ``raw`` gives the address of its line in the file, ``item`` that of its item's page."""

    raw: Callable[[int], str | None]
    item: Callable[[str], str]


@dataclass(frozen=True)
class RowView:
    """One row with what may be seen of its item.

    ``verdict`` is empty where there is no right and wrong; ``loglikelihoods`` holds those that belong to no choice.
    ``raw`` is the web address of the row in its file, ``about`` the page of its item.
    """

    number: int
    row: Row
    scores: tuple[tuple[str, str], ...]
    verdict: str
    item: RenderedItem | None
    choices: tuple[Choice, ...]
    loglikelihoods: tuple[float, ...]
    golds: tuple[str, ...]
    raw: str | None
    about: str


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

    def views(self, cell: Cell, card: Card, first: int, count: int, links: Links) -> tuple[RowView, ...]:
        """The views of ``count`` rows from the row ``first`` (counting from 0)."""
        shown = self.rows[first : first + count]
        return tuple(_view(number, row, cell, card, self.items.get(row.item), links)
                     for number, row in enumerate(shown, start=first))

    def words(self, cell: Cell, card: Card) -> tuple[str, ...]:
        """What became of each row, in a word or two: its verdict, or its outcome where it has none."""
        column = _column(cell, card)
        return tuple(_verdict(row, column) or OUTCOME_WORDS[row.outcome] for row in self.rows)


def readable(task: OpenTask, cell: Cell) -> Readable:
    """Cut a cell to what its card, and the level it was written under, both allow."""
    allowed = level(task.entry.card, cell)
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


def _view(number: int, row: Row, cell: Cell, card: Card, item: RenderedItem | None, links: Links) -> RowView:
    options = (item.choices if item else None) or ()
    beside = row.loglikelihoods if row.loglikelihoods and len(row.loglikelihoods) == len(options) else None
    gold = item.gold if item else None
    return RowView(
        number=number + 1,
        row=row,
        scores=tuple((plain_name(name), score_words(cell, name, score))
                     for name, score in zip(cell.metric_names, row.scores, strict=True)),
        verdict=_verdict(row, _column(cell, card)),
        item=item,
        choices=_choices(row, card, options, beside, gold if isinstance(gold, int) else None),
        loglikelihoods=() if beside else row.loglikelihoods or (),
        golds=golds_of(item),
        raw=links.raw(number),
        about=links.item(row.item),
    )


def _choices(
    row: Row, card: Card, options: tuple[str, ...], beside: tuple[float, ...] | None, gold: int | None
) -> tuple[Choice, ...]:
    """The options as they are shown, with the choice that the headline goes by."""
    shares = _shares(beside) if beside else None
    taken = choosing(card, row.chosen, beside, options)
    return tuple(
        Choice(index, text, beside[index] if beside else None, index == taken.chosen, index == gold,
               shares[index] if shares else "",
               f"{loglikelihood(taken.values[index])} per {per(card)}" if taken.values else "",
               taken.differs and index == row.chosen)
        for index, text in enumerate(options)
        if index < CHOICES or index in {row.chosen, taken.chosen, gold}
    )


def golds_of(item: RenderedItem | None) -> tuple[str, ...]:
    """The right answers of an item that are texts, and not the place of an option."""
    gold = item.gold if item else None
    return () if gold is None or isinstance(gold, int) else (gold,) if isinstance(gold, str) else gold


def _shares(loglikelihoods: tuple[float, ...]) -> tuple[str, ...]:
    """Each option's part of the probability that all of them have together."""
    top = max(loglikelihoods)
    weights = [math.exp(one - top) for one in loglikelihoods]
    return tuple(f"{100 * one / sum(weights):.1f}".removesuffix(".0") for one in weights)


def _column(cell: Cell, card: Card) -> int | None:
    """The place of the headline among a row's scores, where it is a share of right answers."""
    name = headline_name(card)
    judged = card.headline.unit == PROPORTION and card.headline.direction == "higher"
    return cell.metric_names.index(name) if judged and name in cell.metric_names else None


def _verdict(row: Row, column: int | None) -> str:
    """``right``, ``partly right`` or ``wrong``, where the headline is a share of right answers."""
    score = None if column is None else row.scores[column]
    if score is None or isinstance(score, tuple):
        return ""
    return {0.0: "wrong", 1.0: "right"}.get(score, "partly right" if 0 < score < 1 else "")
