"""What the first page says of the newest changes."""

from __future__ import annotations

import datetime
from pathlib import Path

from commons.publish.lately import lately
from commons.publish.snapshot import take_snapshot

from .synthetic import Pool, items, model, rows


def test_a_day_of_measuring_counts_every_cell_and_new_tasks_stand_together(tmp_path: Path) -> None:
    """Cells of other prompts count as the first one does, and all tasks of one day are one change."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    for name in ("sums", "words"):
        pool.task(name)
        pool.rendered(name, items(3))
        pool.cell(name, "alpha", rows([1.0, 0.0, 1.0]))
    pool.cell("sums", "alpha", rows([1.0, 0.0, 0.0]), variant="options-reversed")
    pool.cell("sums", "beta", rows([1.0, 0.0, 0.0]), variant="options-reversed", started="2026-11-21T09:00:00Z")
    events = lately(take_snapshot(pool.repository))
    measured = [(one.day, one.model.id, [task.name for task in one.tasks], one.cells)
                for one in events if one.model is not None]
    assert measured == [(datetime.date(2026, 11, 21), "beta", ["sums"], 1),
                        (datetime.date(2026, 11, 20), "alpha", ["sums", "words"], 3)]
    assert [[task.name for task in one.tasks] for one in events if one.kind == "task"] == [["sums", "words"]]
