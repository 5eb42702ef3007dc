"""Running a whole pool on one model, for tests of what comes of it."""

from __future__ import annotations

from commons.evaluate.run import RunReport
from commons.pool.repository import Repository
from tests.running import measure


def run(pool: Repository, model: str = "smollm2-135m-instruct", **options: object) -> RunReport:
    """Run every task on one model."""
    return measure(pool, [one for one in pool.models() if one.id == model], **options)
