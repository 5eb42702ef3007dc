"""Choices with their probabilities, from the rows of a multiple-choice cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.analyse.dimensions.subject import Subject, cluster_of
from commons.pool.cell import Row
from commons.pool.standing import headline_name
from commons.stats.dimensions.confidence import Choices, by_length, by_sum

SUM, NORMED = "acc,none", "acc_norm,none"


@dataclass(frozen=True)
class Chosen:
    """The choices of each item, which were right (``correct``, 0 or 1), by which metric, and the items' clusters.

    ``golds`` is None, with the reason in ``no_golds``, where the indices of the right choices are not known.
    """

    choices: Choices
    correct: NDArray[np.float64]
    metric: str
    clusters: tuple[str, ...]
    golds: tuple[int, ...] | None
    no_golds: str


def chosen_of(subject: Subject) -> Chosen | str:
    """The choices of a cell, or why their probabilities are not known, in a sentence.

    Where the headline is ``acc_norm``, the probabilities are those by length, since that is how it chooses.
    """
    if subject.output_type == "generate_until":
        return "The task asks for generated text, and the harness keeps no probability of it."
    if subject.output_type != "multiple_choice":
        return f"A task of the type {subject.output_type} lets the model choose nothing."
    cell, headline = subject.cell, headline_name(subject.card)
    metric = next((one for one in (headline, SUM, NORMED) if one in (SUM, NORMED) and one in cell.metric_names), None)
    if metric is None:
        return "The task has neither of the metrics acc and acc_norm, so which choices are right is not known."
    # Choices are not sampled: repeats of an item are the same.
    rows = [row for row in cell.rows if row.repeat == 0]
    held = [row.loglikelihoods for row in rows if row.loglikelihoods]
    if len(held) < len(rows):
        withheld = "The card's publish level is `none`, so that rows carry no log-likelihoods."
        return withheld if cell.publish.value == "none" else "Not every row has the log-likelihoods of its choices."
    place = cell.metric_names.index(metric)
    correct = np.array([row.scores[place] for row in rows], dtype=np.float64)
    if not np.isin(correct, (0.0, 1.0)).all():
        return "Some items are neither right nor wrong but in between."
    if metric == SUM:
        choices = by_sum(held)
    else:
        lengths = [_lengths(subject, row) for row in rows]
        if any(one is None for one in lengths):
            return f"acc_norm chooses by the length of choices, which are not known. {subject.no_items}".strip()
        choices = by_length(held, [one for one in lengths if one is not None])
    golds = _golds(subject, rows)
    return Chosen(choices, correct, metric.partition(",")[0], tuple(map(cluster_of, rows)),
                  golds if not isinstance(golds, str) else None, golds if isinstance(golds, str) else "")


def _lengths(subject: Subject, row: Row) -> list[int] | None:
    """The choices' lengths in characters, as the harness takes them for ``acc_norm``."""
    item = subject.items.get(row.item)
    if item is None or item.choices is None or row.loglikelihoods is None:
        return None
    lengths = [len(choice) for choice in item.choices]
    return lengths if len(lengths) == len(row.loglikelihoods) and min(lengths) > 0 else None


def _golds(subject: Subject, rows: list[Row]) -> tuple[int, ...] | str:
    if subject.no_items:
        return subject.no_items
    golds = []
    for row in rows:
        item = subject.items.get(row.item)
        gold = item.gold if item is not None else None
        if not isinstance(gold, int) or not 0 <= gold < len(row.loglikelihoods or ()):
            return "Not every item has exactly one right choice that is named by its place."
        golds.append(gold)
    return tuple(golds)
