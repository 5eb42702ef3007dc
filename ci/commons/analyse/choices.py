"""Which options the models of a task chose, item by item, and which one is the gold; only where the grades agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.analyse.entering import Entering
from commons.analyse.matrix import TaskMatrix
from commons.pool.card import PublishLevel
from commons.pool.cell import Row
from commons.pool.rendered import RenderedItem, RenderedItems
from commons.pool.standing import level
from commons.stats.items.distractors import NO_CHOICE

Options = NDArray[np.intp]

#: The harness's metric that divides each option's log-likelihood by its number of characters.
_BY_LENGTH = "acc_norm"


@dataclass(frozen=True)
class Choices:
    """Arrays beside a :class:`TaskMatrix`, in its order of models and items.

    ``chosen`` has the shape (models, items), ``gold`` and ``options`` (items,); :data:`NO_CHOICE` stands where none is
    known, and 0 options. An item whose grade does not follow from the chosen option in every cell (another metric,
    several golds, several answers) has neither. ``texts`` holds the items as put to the models, where they may be
    shown.
    """

    chosen: Options
    gold: Options
    options: Options
    texts: dict[str, RenderedItem]

    def chance(self, matrix: TaskMatrix) -> NDArray[np.float64]:
        """What guessing scores, by item: one over its options, or the card's chance level; nan where neither is known.

        Nan too where the scores do not lie in 0 to 1 with higher as better: then a chance level is no share of items.
        """
        known = matrix.chance if matrix.higher_is_better and matrix.chance is not None else np.nan
        known = known if 0.0 <= known <= 1.0 else np.nan
        return np.where(self.options > 1, 1.0 / np.maximum(self.options, 1), known)


def choices_of(entering: Entering, matrix: TaskMatrix, rendered: RenderedItems | None) -> Choices:
    """Read them from the cells of the matrix; ``rendered`` are the task's items in the ledger, used where they fit."""
    texts = _texts(entering, rendered)
    normed = entering.card.headline.metric == _BY_LENGTH
    by_cell = [[rows.get(item) for item in matrix.items] for rows in (_single_rows(cell.rows) for cell in
                                                                      entering.cells)]
    asked = [texts.get(item) for item in matrix.items] if normed else [None] * len(matrix.items)
    chosen = np.array([[NO_CHOICE if row is None or row.chosen is None else _graded(row, row.chosen, text)
                        for row, text in zip(rows, asked, strict=True)] for rows in by_cell], dtype=np.intp)
    # All cells are of one version of the task, so each has as many options for an item as the first.
    widths = np.array([len(row.loglikelihoods or ()) if row is not None else 0 for row in by_cell[0]], dtype=np.intp)
    gold = _gold(matrix, chosen, texts)
    for place, item in enumerate(matrix.items):
        if item in texts and texts[item].choices:
            widths[place] = len(texts[item].choices or ())
    follows = (matrix.scores == (chosen == gold)).all(axis=0) & (chosen != NO_CHOICE).all(axis=0) & (gold != NO_CHOICE)
    follows &= np.maximum(chosen.max(axis=0, initial=NO_CHOICE), gold) < widths
    return Choices(np.where(follows, chosen, NO_CHOICE), np.where(follows, gold, NO_CHOICE),
                   np.where(follows, widths, 0), texts)


def _graded(row: Row, chosen: int, text: RenderedItem | None) -> int:
    """The option that the headline graded: the likeliest, or with ``text`` the likeliest for its length.

    Where lengths matter and the texts are not known, the likeliest stands for it; where that contradicts the grade, the
    item is left out.
    """
    if text is None:
        return chosen
    options, likelihoods = text.choices or (), row.loglikelihoods or ()
    if len(options) != len(likelihoods) or not all(options):
        return chosen
    return max(range(len(options)), key=lambda option: likelihoods[option] / len(options[option]))


def _gold(matrix: TaskMatrix, chosen: Options, texts: dict[str, RenderedItem]) -> Options:
    """The gold as rendered, or the option that a model chose which was right."""
    right = matrix.scores == 1.0
    found = np.where(right.any(axis=0), np.take_along_axis(chosen, right.argmax(axis=0)[None, :], axis=0)[0], NO_CHOICE)
    for place, item in enumerate(matrix.items):
        gold = texts[item].gold if item in texts else None
        if isinstance(gold, int):
            found[place] = gold
    return found.astype(np.intp)


def _single_rows(rows: Sequence[Row]) -> dict[str, Row]:
    """The rows by item; an item that was answered several times has no one choice."""
    found = {row.item: row for row in rows}
    if len(found) == len(rows):
        return found
    times = Counter(row.item for row in rows)
    return {item: row for item, row in found.items() if times[item] == 1}


def _texts(entering: Entering, rendered: RenderedItems | None) -> dict[str, RenderedItem]:
    """The rendered items, where card and cells allow texts and they are of the version that was measured."""
    if rendered is None or not entering.cells:
        return {}
    if any(level(entering.card, cell) is not PublishLevel.SAMPLES for cell in entering.cells):
        return {}
    fits = rendered.header.task_hash == entering.cells[0].identity.task_hash
    return rendered.by_id() if fits else {}
