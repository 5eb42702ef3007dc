"""The data page: every data file of the site as a link, and in words what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from commons.publish.addresses import (
    DATA_PAGE,
    api_model_path,
    api_task_path,
    badge_path,
    card_path,
    model_path,
    rows_path,
    sidecar,
    task_path,
)
from commons.publish.data.card import wanted
from commons.publish.data.legal import of_pool
from commons.publish.data.readme import FILES
from commons.publish.data.row_table import CSV_ROWS
from commons.publish.listing import Leaf, leaves
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot, TaskEntry
from commons.publish.states import State

README = "data/README.txt"
#: Tasks and models on one page.
LINES = 70


@dataclass(frozen=True)
class Line:
    """The files of one task or one model; an address is empty where there is no such file."""

    name: str
    path: str
    api: str
    badge: str
    card: str
    is_task: bool = False
    csv: str = ""
    columns: str = ""
    parquet: str = ""


@dataclass(frozen=True)
class DataView:
    """The files about the whole pool, by what they are for, and a page of the files of tasks and models.

    ``sections`` are an anchor, a title, and files with what each holds.
    """

    sections: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    leaf: Leaf[Line]
    day: str | None
    citation: str
    has_cards: bool
    csv_rows: int = CSV_ROWS

    @property
    def tasks(self) -> tuple[Line, ...]:
        """The lines of tasks."""
        return tuple(line for line in self.leaf.entries if line.is_task)

    @property
    def models(self) -> tuple[Line, ...]:
        """The lines of models."""
        return tuple(line for line in self.leaf.entries if not line.is_task)


@pool_pages
class DataPage:
    """All data files as links."""

    name = "data"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """As many pages as the tasks and models need."""
        draws = wanted(snapshot.frame)
        lines = [_of_task(snapshot, task, draws=draws) for task in snapshot.tasks]
        lines += [Line(model.name, model_path(model.id), api_model_path(model.id), badge_path("m", model.id),
                       card_path("m", model.id) if draws else "") for model in snapshot.models]
        for leaf in leaves(DATA_PAGE, lines, LINES):
            yield Page(leaf.here, "Data", "Every data file of this site, and what it holds.", "data.html",
                       partial(_view, snapshot, leaf, draws), as_of=snapshot.as_of)


def _of_task(snapshot: Snapshot, task: TaskEntry, *, draws: bool) -> Line:
    survey = snapshot.surveys[task.name]
    rows = sum(state.facts.rows for state in (*survey.states, *survey.others)
               if state.facts is not None and state.state is not State.WITHHELD)
    csv = rows_path(task.name, "csv") if 0 < rows <= CSV_ROWS else ""
    return Line(task.card.title, task_path(task.name), api_task_path(task.name), badge_path("t", task.name),
                card_path("t", task.name) if draws else "", is_task=True, csv=csv, columns=sidecar(csv) if csv else "",
                parquet=rows_path(task.name, "parquet") if rows else "")


def _view(snapshot: Snapshot, leaf: Leaf[Line], has_cards: bool) -> DataView:
    legal = of_pool(snapshot.frame.place, snapshot.as_of)
    whole = [(path, words) for path, words in {README: "this list as text", **FILES}.items() if "<" not in path]
    return DataView((
        ("all", "All results", _under(whole, "data/")), ("api", "API", _under(whole, "api/")),
        ("feeds", "Feeds", _under(whole, "feeds/")),
    ), leaf, legal.day, legal.citation, has_cards)


def _under(files: Sequence[tuple[str, str]], folder: str) -> tuple[tuple[str, str], ...]:
    return tuple(one for one in files if one[0].startswith(folder))
