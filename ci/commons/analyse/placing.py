"""Places and clear orders of some cells of a task, as an amendment records them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from commons.analyse.matrix import matrix_from
from commons.analyse.ranks import sets_of
from commons.evaluate.amending import Placed
from commons.pool.amendments import Place
from commons.pool.card import Card
from commons.pool.cell import Cell


def placed(card: Card, cells: Iterable[Cell]) -> Placed:
    """The places of whole cells that have the card's headline, from the rank sets of all that are of one version.

    The version is that of the newest cell, as in :mod:`commons.analyse.entering`: cells of another version have no
    place. Where the places cannot be computed, no cell has one.
    """
    every = list(cells)
    newest = max(every, key=lambda cell: cell.provenance.started)
    kept = [cell for cell in every if (cell.identity.task_hash, cell.identity.protocol_hash)
            == (newest.identity.task_hash, newest.identity.protocol_hash)]
    matrix = matrix_from(newest.identity.task, card, kept, [""] * len(kept))
    if matrix is None:
        return Placed({}, frozenset())
    try:
        sets = sets_of(matrix)
    except (ValueError, ArithmeticError):
        return Placed({}, frozenset())
    models = matrix.models
    places = {model: Place(best=best, worst=worst)
              for model, best, worst in zip(models, sets.best, sets.worst, strict=True)}
    return Placed(places, frozenset((models[one], models[other]) for one, other in np.argwhere(sets.ahead).tolist()))
