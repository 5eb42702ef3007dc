"""The table of all models on all tasks: a map, pages of plain tables, and the place where a script draws it whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from commons.pool.hashing import sha256_json
from commons.pool.models import Model
from commons.publish.addresses import MATRIX_PAGE, matrix_path
from commons.publish.grid import MOST_MODELS, MOST_TASKS, Grid, grid_of
from commons.publish.groups import tasks_by
from commons.publish.maps import map_of
from commons.publish.pages import Page, pool_pages
from commons.publish.plots.frame import Words
from commons.publish.plots.heatmap import Heatmap
from commons.publish.snapshot import Snapshot, TaskEntry


@dataclass(frozen=True)
class Sheet:
    """One page of the table: tasks of one domain by some of the models. ``part`` counts the pages of the domain."""

    number: int
    domain: str
    part: int
    parts: int
    tasks: tuple[TaskEntry, ...]
    models: tuple[Model, ...]


@dataclass(frozen=True)
class SheetView:
    """A page with its table and its neighbours' numbers, 0 where there is none."""

    sheet: Sheet
    grid: Grid
    previous: int
    next: int


@dataclass(frozen=True)
class MatrixView:
    """The pages, and the map where there are enough models for one. ``models`` were run of all that are registered."""

    sheets: tuple[Sheet, ...]
    map: Heatmap | None
    models: int
    registered: int
    tasks: int


@pool_pages
class Matrix:
    """The table of all models on all tasks, and its pages."""

    name = "matrix"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """The table's own page, then one for each part of it."""
        ran = [model for model in snapshot.models if snapshot.was_run(model)]
        sheets = _sheets(snapshot, ran)
        description = "Every model on every task, as one table."
        yield Page(MATRIX_PAGE, "All models on all tasks", description, "matrix.html",
                   partial(_view, snapshot, ran, sheets), as_of=snapshot.as_of, scripts=("matrix.js",))
        for sheet in sheets:
            title = f"Models on tasks: {sheet.domain}" + (f", part {sheet.part}" if sheet.parts > 1 else "")
            yield Page(matrix_path(sheet.number), title, description, "matrix_sheet.html",
                       partial(_sheet_view, snapshot, sheet, len(sheets)), as_of=snapshot.as_of,
                       key=_key(snapshot, sheet, len(sheets)))


def _sheets(snapshot: Snapshot, models: Sequence[Model]) -> tuple[Sheet, ...]:
    found: list[Sheet] = []
    for domain, tasks in tasks_by(snapshot, lambda task: [task.card.domain]).items():
        pieces = [(tasks[first : first + MOST_TASKS], models[start : start + MOST_MODELS])
                  for first in range(0, len(tasks), MOST_TASKS) for start in range(0, len(models), MOST_MODELS)]
        found += [Sheet(len(found) + part, domain, part, len(pieces), tuple(some), tuple(those))
                  for part, (some, those) in enumerate(pieces, start=1)]
    return tuple(found)


def _view(snapshot: Snapshot, models: Sequence[Model], sheets: tuple[Sheet, ...]) -> MatrixView:
    drawn = map_of(snapshot, models, Words("the pages below", MATRIX_PAGE + "#pages")) if models and sheets else None
    return MatrixView(sheets, drawn, len(models), len(snapshot.models), len(snapshot.tasks))


def _sheet_view(snapshot: Snapshot, sheet: Sheet, last: int) -> SheetView:
    return SheetView(sheet, grid_of(snapshot, sheet.tasks, sheet.models), sheet.number - 1,
                     sheet.number + 1 if sheet.number < last else 0)


def _key(snapshot: Snapshot, sheet: Sheet, last: int) -> str | None:
    digests = [snapshot.surveys[task.name].digest for task in sheet.tasks]
    if not all(digests):
        return None
    return sha256_json([digests, [[model.id, model.name] for model in sheet.models], sheet.part, sheet.parts, last])
