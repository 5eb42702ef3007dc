"""From rows to published numbers: the one place where it is done, when a cell is made and when it is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commons.errors import BrokenResult
from commons.pool.cell import Metric, Row
from commons.stats.aggregate import aggregate
from commons.stats.summary import summarise


@dataclass(frozen=True)
class MetricRule:
    """How a column becomes a number."""

    aggregation: str
    higher_is_better: bool


def metrics_of(rows: Sequence[Row], columns: Sequence[str], rules: Mapping[str, MetricRule]) -> dict[str, Metric]:
    """The metrics of whole rows; none at all where any row has no score, for a partial cell has no headline.

    Raises:
        BrokenResult: a column's statistics do not give a finite number.
    """
    if not rows or any(not row.outcome.has_score for row in rows):
        return {}
    # An item that shares no source is a cluster of its own, which no source's name can be taken for.
    clusters = [f"item {row.item}" if row.cluster is None else f"cluster {row.cluster}" for row in rows]
    items = [row.item for row in rows]
    found = {}
    for place, column in enumerate(columns):
        rule = rules[column]
        statistics = [row.scores[place] for row in rows]
        if any(one is None for one in statistics):
            raise BrokenResult(f"The metric `{column}` is missing for an item that was graded.")
        try:
            summary = summarise(
                rule.aggregation, [one for one in statistics if one is not None], clusters, items
            )
        except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
            raise BrokenResult(f"The metric `{column}` cannot be computed: {error}.") from error
        found[column] = Metric(
            value=summary.value, stderr=summary.stderr, interval=summary.interval, method=summary.method,
            n=summary.n, n_effective=summary.n_effective, design_effect=summary.design_effect,
            aggregation=rule.aggregation, higher_is_better=rule.higher_is_better,
        )
    return found


def check_parity(
    column: str, aggregation: str, statistics: Sequence[float | tuple[float, ...]], harness: float
) -> None:
    """Prove, before any rounding, that our aggregate of the harness's item values is the harness's own number.

    Raises:
        BrokenResult: the two differ by more than the last bits of a double.
    """
    ours = aggregate(aggregation, statistics)
    if abs(ours - harness) > 1e-9 * max(1.0, abs(harness)):
        raise BrokenResult(f"`{column}` recomputed from item values is {ours!r}; the harness says {harness!r}.",
                           mend="This is a fault of this program: please report it with the task.")
