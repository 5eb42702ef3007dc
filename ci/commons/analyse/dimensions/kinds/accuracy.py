"""Accuracy."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.dimensions.findings import Better, Finding, Measured, Unit, Value
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject
from commons.pool.standing import headline_name


@dimension("accuracy", place=1)
def accuracy(subject: Subject) -> Iterator[Finding]:
    """Accuracy: the task's headline.

    ## What it is

    The one number that the task's card names as its headline, in its own unit: a share of items solved, or whatever
    else the task counts.

    ## How it is computed

    It is the number of the cell's file, recomputed from its rows by `commons verify`, with the interval that belongs
    to it. Items whose best choices are equally likely are counted beside it.

    ## Source

    Liang et al. 2022, arXiv 2211.09110, section 4.3; the harness's metric of that name.

    ## How it differs from HELM's number

    HELM gives an item whose best choices are tied the share of right ones among them; the harness takes the first
    of them. HELM chooses a metric for each scenario, here the task's author does.

    ## What it cannot say

    Whether the items are good ones (`commons items`), or whether another prompt would give the same
    (`commons sensitivity`).
    """
    headline = subject.card.headline
    metric = subject.cell.metrics[headline_name(subject.card)]
    unit = Unit.PROPORTION.value if headline.unit == "proportion" else headline.unit
    value = Value(headline.metric, metric.value, metric.interval, metric.n, metric.method,
                  Better.of(headline.direction == "higher"), unit)
    tied = 0
    if subject.output_type == "multiple_choice":
        held = [row.loglikelihoods for row in subject.cell.rows if row.loglikelihoods]
        tied = sum(one.count(max(one)) > 1 for one in held)
    caveats = () if not tied else (
        f"{tied} of {len(held)} items have more than one likeliest choice (to 5 digits); the first of them counts.",)
    yield Measured((value,), caveats)
