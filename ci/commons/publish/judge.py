"""Whether the values of a task, a model or a cell can stand on a page: wild numbers, and numbers that contradict rows.

A file that its format allows can still hold a number of thousands of digits, an infinite chance, or a proportion of
7. Such an entry is named as broken and left out; it never stops the pages of the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from commons.pool.card import PROPORTION, Card
from commons.pool.cell import Cell, Metric, Row
from commons.pool.ledger import Ledger
from commons.pool.rendered import RenderedItem, RenderedItems
from commons.pool.standing import headline_name
from commons.publish.numbers import show
from commons.stats.aggregate import AGGREGATIONS

#: Larger than any count or score that means something, and small enough to be written out.
LARGEST_WHOLE = 10**18
LARGEST = 1e100
MOST_LEVELS = 30
#: What reading or writing hostile values raises beside our own errors.
VALUE_FAULTS = (ValueError, ArithmeticError, RecursionError)

#: How many numbers each answer adds to these metrics; to all others it adds one.
_PARTS = {"weighted_perplexity": 2, "bits_per_byte": 2, "f1": 2, "matthews_corrcoef": 2, "bleu": 10, "chrf": 18,
          "chrf++": 24, "ter": 2}
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: A published proportion may miss its bounds by what rounding does, and no more.
_SLACK = 1e-9


def number_fault(value: object, name: str, levels: int = MOST_LEVELS) -> str | None:
    """What is wrong with the numbers in ``value``, which is called ``name``; None where they can all be shown."""
    if isinstance(value, (int, float)):
        return f"`{name}` is not a number that can be shown." if _wild(value) else None
    if isinstance(value, BaseModel):
        parts: Iterable[tuple[object, object]] = vars(value).items()
    elif isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, (list, tuple)):
        parts = enumerate(value)
    else:
        return None
    if levels == 0:
        return f"`{name}` is nested too deeply."
    inner = f"{name}." if name else ""
    return next((fault for key, part in parts if (fault := number_fault(part, f"{inner}{key}", levels - 1))), None)


def wild_cell(cell: Cell) -> str | None:
    """What is wrong with the numbers of a cell, seen alone."""
    for name in ("identity", "protocol", "metrics", "transcript", "provenance"):
        if fault := number_fault(getattr(cell, name), name):
            return fault
    for row in cell.rows:
        if _wild_row(row):
            return f"The row of item `{row.item}` holds a number that cannot be shown."
    for name, metric in cell.metrics.items():
        if fault := _metric_fault(metric, len(cell.rows)):
            return f"The metric `{name}` {fault}."
    return None


def cell_fault(ledger: Ledger, path: Path, cell: Cell, card: Card | None, rendered: RenderedItems | None) -> str | None:
    """Why a readable cell cannot be shown: a wrong place, wild numbers, or numbers that contradict its rows."""
    identity = cell.identity
    if ledger.cell_path(identity.task, identity.model, identity.variant) != path:
        return "The file does not stand where its identity says."
    if not _VARIANT.fullmatch(identity.variant):
        return "The variant's name holds characters that no address may hold."
    if fault := wild_cell(cell):
        return fault
    same = rendered is not None and rendered.header.task_hash == identity.task_hash
    items = rendered.by_id() if rendered is not None and same else {}
    for row in cell.rows:
        if row.chosen is not None and row.chosen >= _options(row, items.get(row.item)):
            return f"The row of item `{row.item}` chose an option that the item does not have."
    for name, metric in cell.metrics.items():
        if fault := _aggregation_fault(cell, name, metric):
            return f"The metric `{name}` {fault}."
    return _headline_fault(cell, card) if card is not None else None


def _wild_row(row: Row) -> bool:
    """Written for speed, because a pool has many rows; a comparison with NaN is always false."""
    for count in (row.repeat, row.tokens_in, row.tokens_out, row.chosen):
        if count is not None and not 0 <= count <= LARGEST_WHOLE:
            return True
    for number in (*row.scores, *(row.loglikelihoods or ())):
        if isinstance(number, tuple):
            if not all(-LARGEST <= part <= LARGEST for part in number):
                return True
        elif number is not None and not -LARGEST <= number <= LARGEST:
            return True
    return False


def _wild(value: float) -> bool:
    if isinstance(value, int):
        return abs(value) > LARGEST_WHOLE
    return not (math.isfinite(value) and abs(value) <= LARGEST)


def _metric_fault(metric: Metric, rows: int) -> str | None:
    if metric.n > rows:
        return "counts more items than the cell has rows"
    if metric.interval and metric.interval[0] > metric.interval[1]:
        return "has an interval that ends before it begins"
    return None


def _aggregation_fault(cell: Cell, name: str, metric: Metric) -> str | None:
    """Whether what the rows hold is nothing that the metric could be made of."""
    if metric.aggregation not in AGGREGATIONS:
        return "is put together in a way that is not known"
    if name not in cell.metric_names:
        return None
    place, parts = cell.metric_names.index(name), _PARTS.get(metric.aggregation)
    for row in cell.rows:
        score = row.scores[place]
        if score is not None and (len(score) if isinstance(score, tuple) else None) != parts:
            return f"is a {metric.aggregation}, and its rows do not hold what that is made of"
    return None


def _options(row: Row, item: RenderedItem | None) -> float:
    """How many options a row could choose from, as far as is known here."""
    if item is not None and item.choices is not None:
        return len(item.choices)
    return len(row.loglikelihoods) if row.loglikelihoods else math.inf


def _headline_fault(cell: Cell, card: Card) -> str | None:
    metric = cell.metrics.get(headline_name(card))
    if metric is None:
        return None
    if card.headline.unit == PROPORTION and not -_SLACK <= metric.value <= 1 + _SLACK:
        return "The headline is a proportion and lies outside 0 to 1."
    show(metric, card.headline.unit)
    return None
