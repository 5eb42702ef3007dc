"""Efficiency."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.dimensions.findings import Finding, Measured, NotMeasured, Unit, Value
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject, cluster_of
from commons.stats.dimensions.efficiency import per_item, share_of_run


@dimension("efficiency", place=7)
def efficiency(subject: Subject) -> Iterator[Finding]:
    """Efficiency: tokens, seconds and money for each item.

    ## What it is

    What answering one item took: tokens read and written, time on the class of machine that is named beside it, and
    US dollars where the model has a price.

    ## How it is computed

    Tokens: the mean over rows with its interval, and the median; tokens out where text is generated. Seconds: the
    run's time without loading the model, divided by its rows; given only where every answer was asked for in that
    run, since an answer from the response store took no time. Money: what the run was charged, divided by its rows,
    under the same condition. A run is one draw, so that time and money have no interval.

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
        found = per_item(known, [cluster_of(row) for row in rows])
        yield Measured((
            Value.of_mean(f"{name} for each item, mean", found.mean, Unit.TOKENS),
            Value(f"{name} for each item, median", found.median, None, len(known), "median", Unit.TOKENS.value),
        ))


def _run(subject: Subject) -> Iterator[Finding]:
    made, n = subject.cell.provenance, len(subject.cell.rows)
    if made.answers_reused:
        reason = f"{made.answers_reused} answers came from the response store and took neither time nor money."
        yield NotMeasured("seconds and money for each item", reason,
                          f"Measure it where the store is empty: {subject.run}")
        return
    seconds = Value("seconds for each item", share_of_run(made.seconds, n), None, n, "one run", Unit.SECONDS.value)
    yield Measured((seconds,), (f"Time on {made.host}, engine {made.engine}; not to be compared with other hosts.",))
    if made.cost_usd is None:
        yield NotMeasured("money", "The run was charged no price: the model's entry in models.yaml has none.")
    else:
        each = share_of_run(made.cost_usd, n)
        yield Measured((Value("US dollars for each item", each, None, n, "one run", Unit.DOLLARS.value),))
