"""Pools for the dimensions: cells of made-up rows, with log-likelihoods, answers and variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from commons.analyse.dimensions.findings import Measured, NotMeasured, Value
from commons.analyse.dimensions.report import DimensionFindings, report
from commons.analyse.dimensions.subject import Subject, subjects_of
from commons.pool.cell import Cell, Outcome, Row
from commons.pool.rendered import RenderedItem
from tests.publish.synthetic import Pool, model

TASK, MODEL = "sums", "alpha"
FIELDS = {"id": "id", "question": "question", "gold": "answer"}


def pool_at(root: Path, **card: Any) -> Pool:
    """A pool with one multiple-choice task and one model; ``card`` changes the task's card."""
    pool = Pool(root / "pool")
    pool.models(model(MODEL))
    pool.task(TASK, **{"fields": FIELDS, **card})
    return pool


def generating(pool: Pool) -> None:
    """Make the pool's task one that generates text."""
    path = pool.root / "tasks" / TASK / f"{TASK}.yaml"
    path.write_text(path.read_text().replace("multiple_choice", "generate_until"))


def choice_rows(count: int, seed: int = 1, *, changed: Sequence[int] = ()) -> list[Row]:
    """Rows of two choices of which 0 is right, with clear log-likelihoods; ``changed`` items carry another input."""
    random = np.random.default_rng(seed)
    rows = []
    for n in range(count):
        one, other = (round(float(x), 4) for x in random.uniform(-4, -0.5, 2))
        rows.append(Row(
            item=f"s{n}", repeat=0, outcome=Outcome.SCORED, scores=(float(one >= other),),
            chosen=0 if one >= other else 1, loglikelihoods=(one, other), tokens_in=20 + n % 3, tokens_out=0,
            input="changed00000" if n in changed else f"{n:012x}",
        ))
    return rows


def choice_items(count: int) -> list[RenderedItem]:
    """Rendered items that fit :func:`choice_rows`."""
    return [RenderedItem(item=f"s{n}", prompt=f"{n}?", choices=("right", "wrong one"), gold=0) for n in range(count)]


def text_rows(answers: Sequence[str]) -> list[Row]:
    """Rows of a generation task, one for each answer, all of them wrong."""
    return [Row(item=f"s{n}", repeat=0, outcome=Outcome.SCORED, scores=(0.0,), answer=answer, tokens_in=9,
                tokens_out=2 + n) for n, answer in enumerate(answers)]


def rewrite(pool: Pool, **provenance: Any) -> None:
    """Change the provenance of the canonical cell."""
    ledger = pool.repository.ledger
    cell = ledger.cell(TASK, MODEL)
    assert isinstance(cell, Cell)
    ledger.write_cell(replace(cell, provenance=cell.provenance.model_copy(update=provenance)))


def subject(pool: Pool) -> Subject:
    """The one model's cells as the dimensions see them."""
    tasks, broken = pool.repository.tasks({TASK})
    assert not broken
    found, _ = subjects_of(pool.repository, tasks[0])
    return found[0]


def found(pool: Pool, dimension: str) -> DimensionFindings:
    """What one dimension finds."""
    return next(one for one in report(subject(pool)).findings if one.dimension.name == dimension)


def values(findings: DimensionFindings) -> dict[str, Value]:
    """The values by name."""
    return {value.name: value for one in findings.measured for value in one.values}


def caveats(findings: DimensionFindings) -> str:
    """All that is said beside the values."""
    return "\n".join(caveat for one in findings.measured for caveat in one.caveats)


def missing(findings: DimensionFindings) -> dict[str, NotMeasured]:
    """What was not measured, by what it is."""
    return {one.what: one for one in findings.missing}


def bins(findings: DimensionFindings) -> Measured:
    """The finding that carries bins."""
    return next(one for one in findings.measured if one.bins)
