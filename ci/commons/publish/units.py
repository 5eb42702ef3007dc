"""In what unit a cell's metric is read, and what one row gives to it in words."""

from __future__ import annotations

import math

from commons.pool.card import PROPORTION, Card
from commons.pool.cell import Cell, Statistic
from commons.pool.standing import headline_name
from commons.publish.numbers import loglikelihood, quantity, statistic

_BITS, _WEIGHTED = "bits_per_byte", "weighted_perplexity"
_UNITS = {_BITS: "bits per byte", "perplexity": "perplexity", _WEIGHTED: "perplexity"}
#: By what a weighted perplexity counts, as the harness names its metrics.
_WEIGHTS = {"byte_perplexity": "bytes", "word_perplexity": "words", "bits_per_byte": "bytes"}


def plain_name(name: str) -> str:
    """A metric's name without a filter that does nothing."""
    return name.removesuffix(",none")


def unit_of(card: Card, cell: Cell, name: str) -> str:
    """A metric's unit: the card's for its headline, else what its making and its scores say; empty where nobody can."""
    if name == headline_name(card):
        return card.headline.unit
    aggregation = _aggregation(cell, name)
    if aggregation != "mean":
        return _UNITS.get(aggregation, "")
    column = cell.metric_names.index(name)
    return PROPORTION if all(row.scores[column] in {0.0, 1.0, None} for row in cell.rows) else ""


def score_words(cell: Cell, name: str, value: Statistic | None) -> str:
    """What a row gives to a metric: its score, or the number that its parts make, with the parts."""
    aggregation = _aggregation(cell, name)
    if aggregation == "perplexity" and isinstance(value, float):
        return f"{loglikelihood(value)} nats"
    if aggregation in {_BITS, _WEIGHTED} and isinstance(value, tuple) and len(value) == 2 and value[1] > 0:
        total, weight = value
        over = f"({loglikelihood(total)} nats over {weight:g} {_WEIGHTS.get(name.rpartition(',')[0], 'parts')})"
        made = -total / weight / math.log(2) if aggregation == _BITS else _power(-total / weight)
        if made is not None and math.isfinite(made):
            return f"{quantity(made, '')} {_UNITS[aggregation]} {over}"
    return statistic(value)


def _aggregation(cell: Cell, name: str) -> str:
    """How the metric is made of its rows; a cell without numbers does not say it, and names of the harness do."""
    metric = cell.metrics.get(name)
    if metric is not None:
        return metric.aggregation
    base = name.rpartition(",")[0]
    return _BITS if base == _BITS else _WEIGHTED if base in _WEIGHTS else "mean"


def _power(exponent: float) -> float | None:
    try:
        return math.exp(exponent)
    except OverflowError:
        return None
