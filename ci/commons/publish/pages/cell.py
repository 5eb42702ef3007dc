"""A cell's pages: its number and where it comes from, then its rows with the prompt, the answer and the gold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.cell import CANONICAL, Cell, Metric, Outcome
from commons.pool.models import Model
from commons.publish import cellhead
from commons.publish.addresses import cell_path
from commons.publish.beyond import Beyond, beyond, subjects
from commons.publish.cellhead import Segment
from commons.publish.frame import BRIEF_ROWS, ROWS
from commons.publish.history import versions_of
from commons.publish.index import Group, anchors_of, index
from commons.publish.open_task import OpenTask
from commons.publish.pages import Page, task_pages
from commons.publish.plots.history import History, history
from commons.publish.rowplaces import ItemPlaces, first_line, row_path
from commons.publish.rows import Links, Readable, RowView, faults, readable
from commons.publish.states import CellState, State, amendments_of
from commons.publish.survey.entry import TaskEntry
from commons.publish.units import unit_of


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
class Head:
    """What only the first page of a cell shows. ``metrics`` has each with its unit, and is empty unless it is measured.

    ``formats`` are the measured cells of the same pair in other formats of the prompt, ``over_formats`` what they come
    to. ``index`` has every row, each linked to where it stands.
    """

    metrics: tuple[tuple[str, Metric, str], ...]
    segments: tuple[Segment, ...]
    faults: tuple[tuple[Outcome, str, int], ...]
    commands: tuple[tuple[str, str], ...]
    formats: tuple[CellState, ...]
    over_formats: str
    beyond: Beyond | None
    history: History | None
    index: tuple[Group, ...]


@dataclass(frozen=True)
class CellView:
    """Everything a cell's page shows. ``head`` is None on all pages but the first.

    ``raw`` is the web address of the cell's file as it stands; None where it is not known. ``brief`` says that this is
    the only page, although there are more rows than it shows in full.
    """

    task: TaskEntry
    model: Model
    state: CellState
    cell: Cell
    head: Head | None
    place: str
    amendments: tuple[Amendment, ...]
    raw: str | None
    has_text: bool
    note: str
    header: str
    has_items: bool
    rows: tuple[RowView, ...]
    paging: Paging
    brief: bool


@task_pages
class CellPages:
    """The pages of every readable cell, 20 rows on each."""

    name = "cell"

    def of_task(self, task: OpenTask) -> Iterable[Page]:
        """One page or more for each cell."""
        states = [state for state in (*task.survey.states, *task.survey.others)
                  if state.facts is not None and state.paged]
        if not states:
            return
        places, looked_at = ItemPlaces.of(task), subjects(task)
        versions = versions_of(task, [state for state in states if state.headline])
        for state in states:
            seen = beyond(looked_at.get(state.model) if state.variant == CANONICAL else None)
            told = versions.get(state.file_name, ())
            plot = history(f"history {state.task} {state.file_name}", told, task.entry.scale,
                           task.entry.card.headline.metric, task.entry.card.headline.direction == "higher")
            yield from _Cell(task, state, places).pages(seen, plot if told else None)


class _Cell:
    """One cell with what its pages share."""

    def __init__(self, task: OpenTask, state: CellState, places: ItemPlaces) -> None:
        self._task, self._state, self._places = task, state, places
        self._cell = task.cell(state)
        self._seen: Readable = readable(task, self._cell)
        self._size = len(self._seen.rows) if task.frame.limits.all_rows else BRIEF_ROWS
        self._raw = task.file_of(state)
        self._line = self._first_line() if self._raw else None

    def pages(self, seen: Beyond | None, plot: History | None) -> Iterable[Page]:
        """Its pages, in their order."""
        task, state = self._task, self._state
        title = f"{task.model(state).name} on {task.entry.card.title}"
        title += "" if state.variant == CANONICAL else f" ({state.variant})"
        total = max(1, -(-self._size // ROWS))
        canary = task.entry.card.canary if self._seen.has_text else ""
        for number in range(1, total + 1):
            def view(number: int = number) -> CellView:
                return self._view(number, total, self._head(seen, plot) if number == 1 else None)

            yield Page(cell_path(state, number), title if number == 1 else f"{title}, page {number}",
                       f"{title}: the number, where it comes from, and every item behind it.", "cell.html", view,
                       canary=canary, as_of=task.as_of)

    def _view(self, number: int, pages: int, head: Head | None) -> CellView:
        task, state, cell, seen = self._task, self._state, self._cell, self._seen
        links = Links(self._raw_of, self._places.path)
        shown = min(ROWS, self._size)
        return CellView(
            task=task.entry, model=task.model(state), state=state, cell=cell, head=head,
            place=cellhead.place(task, state), amendments=amendments_of(cell, task.amendments), raw=self._raw,
            has_text=seen.has_text, note=seen.note, header=seen.header, has_items=bool(seen.items),
            rows=seen.views(cell, task.entry.card, (number - 1) * ROWS, shown, links),
            paging=_paging(state, number, pages, len(seen.rows)), brief=self._size < len(seen.rows),
        )

    def _head(self, seen: Beyond | None, plot: History | None) -> Head:
        task, state, cell = self._task, self._state, self._cell
        beside = cellhead.formats(task, state)
        return Head(
            metrics=tuple((name, metric, unit_of(task.entry.card, cell, name))
                          for name, metric in sorted(cell.metrics.items())) if state.state is State.MEASURED else (),
            segments=cellhead.segments(cell), faults=faults(cell, self._seen.has_text),
            commands=cellhead.commands(state), formats=beside, over_formats=cellhead.over_formats(task, beside),
            beyond=seen, history=plot, index=self._index(),
        )

    def _index(self) -> tuple[Group, ...]:
        """Every row, or nothing where all of them stand on this page and are alike."""
        rows, limits = self._seen.rows, self._task.frame.limits
        words = self._seen.words(self._cell, self._task.entry.card)
        if not rows or (len(set(words)) == 1 and len(rows) <= min(ROWS, self._size)):
            return ()
        if limits.all_rows:
            return index(words, lambda row: _beside(
                row_path(self._state, limits, rows[row].item, row, rows[row].repeat)), [""] * len(rows))
        return index(words, lambda row: _from_root(self._places.path(rows[row].item)),
                     anchors_of([(row.item, row.repeat) for row in rows], min(BRIEF_ROWS, len(rows))))

    def _first_line(self) -> int | None:
        path = self._task.pool.ledger.cell_path(self._state.task, self._state.model, self._state.variant)
        try:
            return first_line(path.read_text(encoding="utf-8"), len(self._cell.rows))
        except (OSError, UnicodeDecodeError):
            return None

    def _raw_of(self, row: int) -> str | None:
        return None if self._raw is None or self._line is None else f"{self._raw}#L{self._line + row}"


def _paging(state: CellState, number: int, pages: int, rows: int) -> Paging:
    def address(there: int, exists: bool) -> str | None:
        return cell_path(state, there) if exists else None

    return Paging(
        number=number, pages=pages, first_row=min(rows, (number - 1) * ROWS + 1), last_row=min(rows, number * ROWS),
        rows=rows, first=address(1, number > 1), previous=address(number - 1, number > 1),
        next=address(number + 1, number < pages), last=address(pages, number < pages),
    )


def _beside(path: str) -> str:
    """The address of a page of the same cell, which stands in the same folder."""
    return path.rpartition("/")[2]


def _from_root(path: str) -> str:
    """The address of another page: cells stand two folders deep."""
    return path and f"../../{path}"
