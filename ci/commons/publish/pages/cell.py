"""A cell's pages: its number and where it comes from, then its rows with the prompt, the answer and the gold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.cell import CANONICAL, Cell, Metric, Outcome
from commons.pool.models import Model
from commons.publish.addresses import cell_path, results_path
from commons.publish.pages import Page, page
from commons.publish.rows import RowView, faults, readable
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import CellState, State, amendments_of
from commons.variants.registry import Kind

ROWS = 20


@dataclass(frozen=True)
class Paging:
    """Which rows a page shows, and the addresses of its neighbours; None where there is none."""

    number: int
    pages: int
    first_row: int
    last_row: int
    rows: int
    first: str | None
    previous: str | None
    next: str | None
    last: str | None


@dataclass(frozen=True)
class Segment:
    """One part of the outcome bar, in hundredths of its length."""

    outcome: Outcome
    rows: int
    start: float
    width: float


@dataclass(frozen=True)
class CellView:
    """Everything a cell's page shows. ``metrics`` is empty unless the cell is measured.

    ``formats`` are the measured cells of the same pair in other formats of the prompt; the headline is over one alone.
    """

    task: TaskEntry
    model: Model
    state: CellState
    cell: Cell
    metrics: tuple[tuple[str, Metric], ...]
    segments: tuple[Segment, ...]
    faults: tuple[tuple[Outcome, str, int], ...]
    amendments: tuple[Amendment, ...]
    commands: tuple[tuple[str, str], ...]
    formats: tuple[CellState, ...]
    has_text: bool
    note: str
    header: str
    has_items: bool
    rows: tuple[RowView, ...]
    paging: Paging


@page
class CellPages:
    """The pages of every readable cell, 20 rows on each."""

    name = "cell"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page or more for each cell."""
        for state, cell in snapshot.with_cells():
            yield from _pages(snapshot, state, cell)


def _pages(snapshot: Snapshot, state: CellState, cell: Cell) -> Iterable[Page]:
    task, model = snapshot.task(state.task), snapshot.model(state.model)
    seen = readable(task, cell)
    measured = state.state is State.MEASURED
    total = max(1, -(-len(seen.rows) // ROWS))
    name = f"{model.name} on {task.card.title}" + ("" if state.variant == CANONICAL else f" ({state.variant})")
    for number in range(1, total + 1):
        view = CellView(
            task=task, model=model, state=state, cell=cell,
            metrics=tuple(sorted(cell.metrics.items())) if measured else (),
            segments=_segments(cell), faults=faults(cell, seen.has_text),
            amendments=amendments_of(cell, snapshot.amendments), commands=_commands(state),
            formats=_formats(snapshot, state), has_text=seen.has_text, note=seen.note, header=seen.header,
            has_items=bool(seen.items),
            rows=seen.views(cell, task.card, (number - 1) * ROWS, ROWS),
            paging=_paging(state, number, total, len(seen.rows)),
        )
        description = f"{name}: the number, where it comes from, and every item behind it."
        title = name if number == 1 else f"{name}, page {number}"
        yield Page(cell_path(state, number), title, description, "cell.html", view, seen.has_text)


def _commands(state: CellState) -> tuple[tuple[str, str], ...]:
    """What to type to get the number again, and to prove that it follows from its rows."""
    verify = ("Recompute the number from its rows", f"commons verify {results_path(state)}")
    if state.variant != CANONICAL or state.external:
        return (verify,)
    return (("Measure it again", f"commons run {state.task} --model {state.model}"), verify)


def _formats(snapshot: Snapshot, state: CellState) -> tuple[CellState, ...]:
    """The other formats of the prompt that stand beside a canonical cell."""
    if state.variant != CANONICAL:
        return ()
    return tuple(other for other in snapshot.others if (other.task, other.model) == (state.task, state.model)
                 and other.variant.startswith(f"{Kind.FORMAT.value}-") and other.headline is not None)


def _segments(cell: Cell) -> tuple[Segment, ...]:
    segments, start = [], 0.0
    for outcome, rows in cell.outcomes.items():
        width = 100 * rows / len(cell.rows)
        segments.append(Segment(outcome, rows, start, width))
        start += width
    return tuple(segments)


def _paging(state: CellState, number: int, pages: int, rows: int) -> Paging:
    def address(there: int, exists: bool) -> str | None:
        return cell_path(state, there) if exists else None

    return Paging(
        number=number, pages=pages, first_row=min(rows, (number - 1) * ROWS + 1), last_row=min(rows, number * ROWS),
        rows=rows, first=address(1, number > 1), previous=address(number - 1, number > 1),
        next=address(number + 1, number < pages), last=address(pages, number < pages),
    )
