"""Efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.analyse.dimensions.findings import Better, Finding, Measured, NotMeasured, Unit, Value
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject, cluster_of
from commons.pool.cell import Row
from commons.stats.dimensions.efficiency import per_item, share_of_run


@dimension("efficiency", place=7)
def efficiency(subject: Subject) -> Iterator[Finding]:
    """Efficiency: tokens, seconds and money for each item.

    ## What it is

    What answering one item took: tokens read and written, time on the class of machine that is named beside it, and
    US dollars where the model has a price.

    ## How it is computed

    Tokens: the mean over items with its interval, and the median; tokens out where text is generated. Where items are
    answered several times, an item counts with all its answers, and the same is given for each answer. Seconds: the
    run's time without loading the model, divided by its items (and answers); given only where every answer was asked
    for in that run, since an answer from the response store took no time. Money: what the run was charged, in the same
    way. A run is one draw, so that time and money have no interval.

    ## Source

    Liang et al. 2022, arXiv 2211.09110, section 4.9. The counts are those of the cell's file.

    ## How it differs from HELM's number

    HELM denoises time by a model of its own (a time for the prompt by its length, and one for each token written), and
    estimates energy. Here time is as it was on the machine that is named, with whatever else ran there. A
    multiple-choice item reads its prompt once for each choice, and all of them count as tokens in.

    ## What it cannot say

    Which of two models is faster where they ran on different classes of machine or with different engines: never
    compare across hosts. A class names system, architecture and number of processors, and not their speed. Tokens
    are those of each model's own tokenizer, and compare no better.
    """
    yield from _tokens(subject)
    yield from _run(subject)


def _tokens(subject: Subject) -> Iterator[Finding]:
    rows = subject.cell.rows
    both = {"tokens in": [row.tokens_in for row in rows]}
    if subject.output_type == "generate_until":
        both["tokens out"] = [row.tokens_out for row in rows]
    for name, counts in both.items():
        known = [one for one in counts if one is not None]
        if not known or len(known) < len(rows):
            reason = "The engine counted none." if subject.cell.publish.value != "none" else (
                "The card's publish level is `none`, so that rows carry no counts.")
            yield NotMeasured(f"{name} for each item", reason)
            continue
        yield Measured(tuple(_amounts(name, rows, known)))


def _amounts(name: str, rows: Sequence[Row], counts: Sequence[int]) -> Iterator[Value]:
    """The tokens of each item, of all its answers together; and of each answer, where items have several."""
    whole: dict[str, int] = {}
    for row, count in zip(rows, counts, strict=True):
        whole[row.item] = whole.get(row.item, 0) + count
    clusters = {row.item: cluster_of(row) for row in rows}
    alike = [clusters[one] for one in whole]
    yield from _mean_and_median(f"{name} for each item", list(whole.values()), alike, "items")
    if len(whole) < len(rows):
        yield from _mean_and_median(f"{name} for each answer", counts, [cluster_of(row) for row in rows], "answers")


def _mean_and_median(name: str, counts: Sequence[int], clusters: Sequence[str], of: str) -> Iterator[Value]:
    found = per_item(counts, clusters)
    yield Value.of_mean(f"{name}, mean", found.mean, Better.LOWER, Unit.TOKENS, of)
    yield Value(f"{name}, median", found.median, None, len(counts), "", Better.LOWER, Unit.TOKENS.value, of)


def _run(subject: Subject) -> Iterator[Finding]:
    made = subject.cell.provenance
    if made.answers_reused:
        reason = f"{made.answers_reused} answers came from the response store and took neither time nor money."
        yield NotMeasured("seconds and money for each item", reason,
                          f"Measure it where the store is empty: {subject.run}")
        return
    yield Measured(tuple(_shares("seconds", made.seconds, subject, Unit.SECONDS)),
                   (f"Time on {made.host}, engine {made.engine}; not to be compared with other hosts.",))
    if made.cost_usd is None:
        yield NotMeasured("money", "The run was charged no price: the model's entry in models.yaml has none.")
    else:
        yield Measured(tuple(_shares("US dollars", made.cost_usd, subject, Unit.DOLLARS)))


def _shares(name: str, whole: float, subject: Subject, unit: Unit) -> Iterator[Value]:
    """What a run took for each item; and for each answer, where items have several."""
    rows = subject.cell.rows
    items = len({row.item for row in rows})
    for of, n in (("items", items), ("answers", len(rows)))[: 1 + (items < len(rows))]:
        yield Value(f"{name} for each {of.removesuffix('s')}", share_of_run(whole, n), None, n, "one run", Better.LOWER,
                    unit.value, of)
