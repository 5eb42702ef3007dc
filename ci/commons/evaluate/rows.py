"""Rows from answers and grades: what a cell keeps of each item, cut by the card's publish level."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from commons.harness.fingerprint import item_input
from commons.harness.rendering import Form, ItemRendering, TaskRendering
from commons.harness.requests import Answer
from commons.harness.scoring import ScoredItem
from commons.pool.card import PublishLevel
from commons.pool.cell import Outcome, Row
from commons.pool.cellfile import five_digits, rounded

#: Characters of an answer that a row keeps; the transcript keeps all of it.
ANSWER_CHARACTERS = 280

#: From the gravest: an item's outcome is the gravest of its answers'.
_GRAVITY = (Outcome.NOT_RUN, Outcome.INSTRUMENT_FAULT, Outcome.REFUSED, Outcome.MODEL_FAULT, Outcome.SCORED)


def complete_items(rendering: TaskRendering, form: Form, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The items of which every request has an answer that can be graded."""
    return tuple(item.id for item in rendering.items if outcome_of(item, rendering, form, answers).has_score)


def outcome_of(
    item: ItemRendering, rendering: TaskRendering, form: Form, answers: Mapping[str, Answer]
) -> Outcome:
    """What became of an item: the gravest outcome among its answers."""
    outcomes = {
        answers[digest].outcome if digest in answers else Outcome.NOT_RUN
        for digest in (rendering.requests[index].digest for index in item.request_indices(form))
    }
    return next(outcome for outcome in _GRAVITY if outcome in outcomes)


def rows_of(
    rendering: TaskRendering, form: Form, answers: Mapping[str, Answer], scored: tuple[ScoredItem, ...]
) -> tuple[Row, ...]:
    """One row for each item and repeat, by item id, with floats as the file keeps them."""
    grades = {(one.item, one.repeat): one for one in scored}
    repeats = max((one.repeat for one in scored), default=0) + 1
    items = sorted(rendering.items, key=lambda item: item.id)
    return tuple(
        _row(item, repeat, repeats, rendering, form, answers, grades.get((item.id, repeat)))
        for item in items
        for repeat in range(repeats)
    )


def _row(
    item: ItemRendering, repeat: int, repeats: int, rendering: TaskRendering, form: Form,
    answers: Mapping[str, Answer], grade: ScoredItem | None,
) -> Row:
    indices = item.request_indices(form)
    if repeats > 1 and all(rendering.requests[index].sample is not None for index in indices):
        indices = (indices[repeat],)
    given = [answers[digest] for index in indices if (digest := rendering.requests[index].digest) in answers]
    outcome = outcome_of(item, rendering, form, answers)
    if outcome.has_score:
        # A repeat of a graded item has the outcome of its own answer; an item that could not be graded has one.
        outcome = next(one for one in _GRAVITY if one in {answer.outcome for answer in given})
    exact = _loglikelihoods(item, rendering, given) if grade else None
    details = dict.fromkeys(answer.detail for answer in given if answer.detail)
    text = next((answer.text for answer in given if answer.text is not None), None)
    return Row(
        item=item.id,
        repeat=repeat,
        outcome=outcome,
        scores=tuple(rounded(grade.statistics[name]) if grade else None for name in rendering.metric_names),
        chosen=_chosen(rendering, exact),
        loglikelihoods=None if exact is None else tuple(five_digits(value) for value in exact),
        answer=_short(text),
        cluster=item.cluster,
        tokens_in=_sum([answer.tokens_in for answer in given]),
        tokens_out=_sum([answer.tokens_out for answer in given]),
        detail="; ".join(details) or None,
        input=item_input(item, rendering),
    )


def _loglikelihoods(
    item: ItemRendering, rendering: TaskRendering, given: list[Answer]
) -> tuple[float, ...] | None:
    values = [answer.loglikelihood for answer in given if answer.loglikelihood is not None]
    if rendering.output_type == "multiple_choice" and item.choices:
        values = values[: len(item.choices)]
    return tuple(values) or None


def _chosen(rendering: TaskRendering, loglikelihoods: tuple[float, ...] | None) -> int | None:
    """The choice with the highest log-likelihood before rounding; the first of equals, as the harness takes it."""
    if rendering.output_type != "multiple_choice" or not loglikelihoods:
        return None
    return max(range(len(loglikelihoods)), key=lambda index: loglikelihoods[index])


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= ANSWER_CHARACTERS:
        return text
    return text[: ANSWER_CHARACTERS - 1] + "…"


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def published(rows: tuple[Row, ...], level: PublishLevel, salt: str) -> tuple[Row, ...]:
    """The rows as the card allows them to be committed.

    ``samples`` keeps all; ``aggregate`` keeps ids, outcomes and scores and no text (a cluster's name may be one, so it
    is salted); ``none`` salts the ids too, so that rows of two runs can be matched on this machine and tell a reader
    nothing.
    """
    if level is PublishLevel.SAMPLES:
        return rows
    bare = [
        Row(item=row.item, repeat=row.repeat, outcome=row.outcome, scores=row.scores, chosen=row.chosen,
            loglikelihoods=row.loglikelihoods, cluster=None if row.cluster is None else salted(row.cluster, salt),
            tokens_in=row.tokens_in, tokens_out=row.tokens_out)
        for row in rows
    ]
    if level is PublishLevel.AGGREGATE:
        return tuple(bare)
    hidden = [
        Row(item=salted(row.item, salt), repeat=row.repeat, outcome=row.outcome, scores=row.scores, cluster=row.cluster)
        for row in bare
    ]
    return tuple(sorted(hidden, key=lambda row: (row.item, row.repeat)))


def salted(name: str, salt: str) -> str:
    """What stands for a withheld name: the same for the same salt, and nothing to whoever has not got it."""
    return hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()[:16]
