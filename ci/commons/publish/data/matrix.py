"""``data/matrix.json``: every model on every task, in the words of the pages, for the table that draws what is in view.

The browser formats no number: it shows ``texts`` and sorts by ``keys``. A text stands once for each key it has.
"""

from __future__ import annotations

from functools import lru_cache

from commons.publish.addresses import model_path, task_path
from commons.publish.data.jsonfile import text_of
from commons.publish.data.legal import of_pool
from commons.publish.facts import Number
from commons.publish.numbers import show, unit_sign
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState, State

SCHEMA = "matrix/1"
#: Sort keys carry so many digits, which no two numbers that differ visibly share.
_DIGITS = 9


def text_of_matrix(snapshot: Snapshot) -> str:
    """The file's text."""
    known: dict[tuple[str, float | None], int] = {}
    cells, paged = [], []
    shown = lru_cache(maxsize=100_000)(_shown)
    for task in snapshot.tasks:
        states, unit = snapshot.of_task(task), task.card.headline.unit
        cells.append([known.setdefault(shown(*_facts(state), unit), len(known)) for state in states])
        paged.append([number for number, state in enumerate(states) if state.facts is not None and state.paged])
    return text_of({
        **of_pool(snapshot.frame.place, snapshot.as_of).marks(SCHEMA),
        "models": [
            {"name": model.name, "path": model_path(model.id), "words": f"{model.id} {model.family}"}
            for model in snapshot.models
        ],
        "tasks": [
            {"name": task.card.title, "path": task_path(task.name), "words": _words(task.name, task.card.domain,
             *task.card.languages), "column": f"{task.card.headline.metric} in {unit_sign(task.card.headline.unit)}",
             "higher": task.card.headline.direction == "higher"}
            for task in snapshot.tasks
        ],
        "texts": [text for text, _ in known], "keys": [key for _, key in known], "cells": cells,
        "pages": "r/{task}/{model}.html", "paged": paged,
    })


def _facts(state: CellState) -> tuple[Number | None, State, bool, bool]:
    return state.headline, state.state, bool(state.stale), state.external


def _shown(headline: Number | None, state: State, stale: bool, external: bool, unit: str) -> tuple[str, float | None]:
    """What stands for a pair in any table of the site, and what it is sorted by."""
    if headline is not None:
        first = str(show(headline, unit))
    else:
        first = "no headline" if state is State.MEASURED else state.value
    words = _words(first, "stale" if stale else "", "external" if external else "")
    return words, None if headline is None else float(f"{headline.value:.{_DIGITS}g}")


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)
