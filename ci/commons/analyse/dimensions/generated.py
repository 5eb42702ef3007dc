"""The texts that a model wrote in a cell, as far as the ledger keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from commons.analyse.dimensions.subject import Subject, cluster_of
from commons.evaluate.rows import ANSWER_CHARACTERS

#: How a row's answer ends where it was cut.
_CUT = "…"


@dataclass(frozen=True)
class Texts:
    """One text for each row, its cluster, and what a reader must know of them."""

    texts: tuple[str, ...]
    clusters: tuple[str, ...]
    caveats: tuple[str, ...]


def english_texts(subject: Subject) -> Texts | str:
    """The answers of a task in English; or in a sentence why there are none."""
    if subject.output_type != "generate_until":
        return f"No text is generated: the task is of the type {subject.output_type}."
    if subject.cell.publish.value != "samples":
        return f"The card's publish level is `{subject.cell.publish.value}`, so the answers are withheld."
    if not subject.english:
        return f"English only, and the task is in {', '.join(subject.card.languages)}."
    rows = [row for row in subject.cell.rows if row.answer is not None]
    if len(rows) < len(subject.cell.rows) or not rows:
        return "Not every row has its answer."
    texts = tuple(row.answer or "" for row in rows)
    cut = sum(len(text) == ANSWER_CHARACTERS and text.endswith(_CUT) for text in texts)
    caveats = () if not cut else (
        f"{cut} of {len(texts)} answers are cut at {ANSWER_CHARACTERS} characters; the rest of them is not seen.",)
    return Texts(texts, tuple(map(cluster_of, rows)), caveats)
