"""A task of four-option items with wrong keys planted, answered by made-up models of many families."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commons.pool.cell import Outcome, Row
from commons.pool.rendered import RenderedItem
from tests.publish.synthetic import Pool, model, rows

ITEMS, WRONG = 60, 3
SEED = 20261123


@dataclass(frozen=True)
class Made:
    """The pool and the ids of the items whose key is wrong."""

    pool: Pool
    wrong: frozenset[str]


def item_pool(folder: Path, models: int, *, twins: int = 0, level: str = "samples", **card: Any) -> Made:
    """Write the pool: ``models`` of a family each, and ``twins`` more of the first one's family.

    The abilities are spread evenly, so that a small pool has good and poor models. The first ``WRONG`` items carry as
    gold an option that nobody chooses, the last of them one that only guessers do; the better a model is, the more
    often it chooses the right one.
    """
    draw = np.random.default_rng(SEED)
    pool = Pool(folder / "pool")
    names = [f"m{number}" for number in range(models)] + [f"twin{number}" for number in range(twins)]
    families = [f"family {number}" for number in range(models)] + ["family 0"] * twins
    pool.models(*(model(name, family=family) for name, family in zip(names, families, strict=True)))
    pool.task("sums", publish=level, **card)
    ability = np.concatenate([np.linspace(-1.5, 2.0, models), np.full(twins, -1.5)])
    hard = np.concatenate([np.full(WRONG, -1.0), draw.normal(size=ITEMS - WRONG)])
    knows = 1.0 / (1.0 + np.exp(-1.5 * (ability[:, None] - hard)))
    guessed = np.where(np.arange(ITEMS) < WRONG - 1, draw.integers(0, 3, knows.shape), draw.integers(0, 4, knows.shape))
    best = np.where(draw.random(knows.shape) < knows, 0, guessed)
    gold = np.where(np.arange(ITEMS) < WRONG, 3, 0)
    texts = [RenderedItem(item=f"s{n:02d}", prompt=f"What is {n}?", gold=int(gold[n]),
                          choices=tuple(f"option {option} of {n}" for option in range(4))) for n in range(ITEMS)]
    if level == "samples":
        pool.rendered("sums", texts)
    for place, name in enumerate(names):
        pool.cell("sums", name, [_row(n, int(best[place, n]), int(gold[n])) for n in range(ITEMS)], publish=level)
    return Made(pool, frozenset(f"s{n:02d}" for n in range(WRONG)))


def _row(number: int, chosen: int, gold: int) -> Row:
    likelihoods = tuple(-1.0 if option == chosen else -3.0 for option in range(4))
    return Row(item=f"s{number:02d}", repeat=0, outcome=Outcome.SCORED, scores=(float(chosen == gold),), chosen=chosen,
               loglikelihoods=likelihoods)


def two_of_one_family(folder: Path) -> Pool:
    """A pool as small as today's: two models of one family on four items, one of them answered alike by both."""
    pool = Pool(folder / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0, 1.0, 0.0]))
    pool.cell("sums", "beta", rows([1.0, 1.0, 0.0, 0.0]))
    return pool


def guessing_pool(folder: Path, models: int, items: int = 100) -> Pool:
    """A task with right golds on which every model guesses among four options."""
    draw = np.random.default_rng(7)
    pool = Pool(folder / "pool")
    names = [f"m{number:02d}" for number in range(models)]
    pool.models(*(model(name, family=f"family {name}") for name in names))
    pool.task("sums", headline={"metric": "acc", "direction": "higher", "chance": 0.25})
    for name in names:
        pool.cell("sums", name, graded(draw.random(items) < 0.25))
    return pool


def graded(right: NDArray[np.bool_]) -> list[Row]:
    """Rows that say who is right, and nothing of options."""
    return [replace(row, chosen=None, loglikelihoods=None) for row in rows(right.astype(float).tolist())]
