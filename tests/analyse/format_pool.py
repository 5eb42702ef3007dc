"""A pool with a task that was put in several formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from commons.pool import cellfile
from commons.pool.cell import CANONICAL
from commons.pool.hashing import sha256_text
from commons.pool.task import Task, read_task
from commons.variants.varied import Varied
from tests.publish.synthetic import Pool, model, rows


def format_pool(folder: Path, *models: str) -> Pool:
    """A pool of one task with two labels in its prompt, and models without cells."""
    pool = Pool(folder / "pool")
    pool.models(*(model(one) for one in models))
    pool.task("sums")
    prompt(pool, "Question: {{question}}\nAnswer:")
    return pool


def prompt(pool: Pool, template: str) -> None:
    """Put another template into the task."""
    path = pool.root / "tasks" / "sums" / "sums.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "doc_to_text": template}))


def sums(pool: Pool) -> Task:
    """Its task."""
    return read_task(pool.root / "tasks" / "sums")


def put(pool: Pool, model_id: str, variant: str, scores: Sequence[float], **changes: Any) -> None:
    """Write the cell of a format as a run leaves it: under a key of its own, beside the canonical form."""
    of = changes.pop("of", sha256_text("sums"))
    if variant == CANONICAL:
        pool.cell("sums", model_id, rows(list(scores)), **changes)
        return
    path = pool.cell("sums", model_id, rows(list(scores)), variant=variant, task_hash=sha256_text(f"sums {variant}"),
                     **changes)
    cell = cellfile.read_cell(path)
    pool.repository.ledger.write_cell(replace(cell, inputs={"variant": Varied(variant, of).inputs}))


def ten_formats(pool: Pool, model_id: str, ranking: Sequence[int], items: int = 20) -> None:
    """Ten formats; in the format of place i the first ``ranking[i]`` items are right."""
    for number, right in enumerate(ranking):
        name = CANONICAL if number == 0 else f"format-{number}"
        put(pool, model_id, name, [1.0] * right + [0.0] * (items - right))
