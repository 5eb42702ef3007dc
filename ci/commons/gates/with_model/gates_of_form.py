"""Gates on form: the order of the examples, the format of the prompt, and what an item costs in time and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from commons.gates.base import Evidence, Judged, model_gate, not_applicable, passed
from commons.gates.policy import FORMATS, SPREAD_WARNING
from commons.gates.with_model.copies import Change
from commons.gates.with_model.trial import ModelTrial
from commons.gates.words import amount, number
from commons.pool.task import Task
from commons.variants.drawing import change_of, formats_of
from commons.variants.registry import CannotVary

#: How many other orders of the examples are tried.
ORDERS = 3
#: The fewest examples that have an order.
FEWEST_SHOTS = 2


@model_gate(name="fewshot_order", order=220)
def fewshot_order(trial: ModelTrial) -> Judged:
    """How much the order of the examples matters.

    ## What it asks
    The examples before each item are put in three other orders, and a small model answers again. The report gives the
    mean, the spread, the lowest and the highest score.

    ## Why it matters
    A score that hangs on the order of its examples is a score of that order.

    ## When it does not apply
    Where there are fewer than two examples.

    ## How to mend a failure
    It cannot fail; above the limit it warns. More examples, or more like each other, make the order matter less.
    """
    shots = trial.material.rendering.num_fewshot
    if shots < FEWEST_SHOTS:
        return not_applicable(f"The prompt has {amount(shots, 'example')}, which has no order.")
    scores = [trial.canonical.score]
    for order in range(1, ORDERS + 1):
        trial.say(f"asking with the examples in order {order}")
        scores.append(trial.measure(trial.session, trial.session.render(fewshot_order=order), order).score)
    return _spread(scores, f"{amount(len(scores), 'order')} of the examples", "orders of the examples")


@model_gate(name="format_spread", order=230)
def format_spread(trial: ModelTrial) -> Judged:
    """How much the format of the prompt matters.

    ## What it asks
    The prompt is written in up to nine other formats, the same that `commons run --variant format` puts every model
    to: other separators and capitals, other gaps and signs of options, options moved round. A small model answers each.

    ## Why it matters
    Formats that say the same can move a score by many points (Sclar et al. 2023). The spread belongs beside the score.

    ## When it does not apply
    Where a hook makes the prompt, or the template has no label and no options that could be written otherwise.

    ## How to mend a failure
    It cannot fail; above the limit it warns. A prompt that says in words what is wanted depends less on its format.
    """
    task = trial.material.task
    try:
        formats = formats_of(task)[: int(FORMATS.value) - 1]
        changes = [_in_copy(task, number) for number in range(1, len(formats) + 1)]
    except CannotVary as error:
        return not_applicable(error.sentence)
    scores = [trial.canonical.score]
    scores += [trial.changed(change, f"the format: {one.words}").score
               for one, change in zip(formats, changes, strict=True)]
    return _spread(scores, f"{amount(len(scores), 'format')}, the canonical one first", "formats")


@model_gate(name="model_time", order=240)
def model_time(trial: ModelTrial) -> Judged:
    """What an item costs a real model.

    ## What it asks
    Seconds and tokens for an item, measured while a small model answers the task as it is.

    ## Why it matters
    It corrects the estimate that is made without a model.

    ## When it does not apply
    Where every answer was in the store already, so that nothing was measured.

    ## How to mend a failure
    It cannot fail.
    """
    spent, items = trial.canonical.spent, len(trial.items)
    if not spent.sent:
        return not_applicable("Every answer was in the response store, so nothing was measured this time.")
    seconds = spent.seconds / spent.sent
    return passed(f"{trial.asker.model.id} took {seconds:.2f} s for each of {spent.sent} requests to {items} items.",
                  Evidence("seconds for a request", round(seconds, 4), n=spent.sent),
                  Evidence("tokens in for an item", round(spent.tokens_in / items, 1), n=items),
                  Evidence("tokens out for an item", round(spent.tokens_out / items, 1), n=items))


def _in_copy(task: Task, number: int) -> Change:
    """What a copy of the task has in the format of that number; it changes no row by the row's id."""
    change = change_of(task, number)
    row = change.row
    return Change(change.settings, None if row is None else lambda values: dict(row("", values)))


def _spread(scores: Sequence[float], over: str, what: str) -> Judged:
    lowest, highest = min(scores), max(scores)
    sd = stdev(scores) if len(scores) > 1 else 0.0
    wide = highest - lowest > SPREAD_WARNING.value
    limit = f"{100 * SPREAD_WARNING.value:g} points"
    warning = f" The {what} differ by more than {limit}: state the spread with every score."
    return passed(
        f"Over {over}: mean {number(fmean(scores))}, sd {number(sd)}, from {number(lowest)} to {number(highest)}."
        + (warning if wide else ""),
        Evidence("mean", fmean(scores), n=len(scores)), Evidence("standard deviation", sd, n=len(scores)),
        Evidence("highest less lowest", highest - lowest, n=len(scores), threshold=SPREAD_WARNING.value,
                 threshold_source=SPREAD_WARNING.source, note="a warning, no failure" if wide else ""),
    )
