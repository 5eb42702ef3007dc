"""A pool with models of several families, and results that are solved, ordered or weak."""

from __future__ import annotations

from typing import Any

import numpy as np

from commons.harness import HARNESS_VERSION
from commons.pool.hashing import protocol_hash, sha256_text
from tests.publish.synthetic import Pool, model, rows

FIVE = ("one", "two", "three", "four", "five")
OLD, NEW = "2026-10-01T09:00:00Z", "2026-11-20T09:00:00Z"


def five_families(pool: Pool, *more: dict[str, Any]) -> None:
    """Five models, each of a family of its own, and some more."""
    pool.models(*(model(name, family=f"The family of {name}") for name in FIVE), *more)


def measured(pool: Pool, scores: dict[str, list[float]], task: str = "sums", started: str = NEW,
             version: str = "first") -> None:
    """Write a whole cell for each model."""
    for name, values in scores.items():
        pool.cell(task, name, rows(values), started=started, task_hash=sha256_text(task + version),
                  protocol_hash=protocol_hash(HARNESS_VERSION))


def solved(items: int = 400, shift: int = 0) -> dict[str, list[float]]:
    """Five models that each miss three items, others each: tied at the ceiling. ``shift`` says which."""
    found = {}
    for place, name in enumerate(FIVE):
        values = [1.0] * items
        values[shift + 3 * place : shift + 3 * place + 3] = [0.0] * 3
        found[name] = values
    return found


def drawn(shares: tuple[float, ...], items: int = 400, seed: int = 0) -> dict[str, list[float]]:
    """Five models that are right on these shares of the items, independently."""
    random = np.random.default_rng(seed)
    return {name: (random.random(items) < share).astype(float).tolist()
            for name, share in zip(FIVE, shares, strict=True)}
