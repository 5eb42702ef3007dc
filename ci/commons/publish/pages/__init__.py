"""The page types. Each file here holds one, registers it, and is found by itself.

A page type of the whole pool gives pages (or data files) of a snapshot; one of a task gives those of an open task,
which are written again only when that task changed. To add one, add a file with a class that has a ``name``::

    @pool_pages
    class Changes:
        \"\"\"What changed, newest first.\"\"\"

        name = "changes"

        def of_pool(self, snapshot: Snapshot) -> Iterable[Output]:
            yield Page("changes.html", "Changes", "...", "changes.html", ready(ChangesView(...)))
"""

from __future__ import annotations

import datetime
import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, Union

from commons.publish.open_task import OpenTask
from commons.publish.snapshot import Snapshot


@dataclass(frozen=True)
class Page:
    """One HTML page: where it stands, what it is called, and what makes the value that its template shows as ``view``.

    ``canary`` is that of the test items it shows, empty where it shows none: such pages ask crawlers not to collect
    them. ``as_of`` is the day of the newest measurement that it shows. ``scripts`` are files of ``static/`` that it
    needs beside those of every page. ``key`` is a digest of all that the page shows beside the program and the
    templates: a page that was built under the same key is not built again. Without one it always is.
    ``card`` is the picture that others show of it.
    """

    path: str
    title: str
    description: str
    template: str
    view: Callable[[], object]
    canary: str = ""
    as_of: datetime.date | None = None
    scripts: tuple[str, ...] = ()
    key: str | None = None
    card: str = ""


@dataclass(frozen=True)
class Data:
    """One file that is no page."""

    path: str
    content: Union[str, bytes]


@dataclass(frozen=True)
class Part:
    """What one task adds to a file that all tasks share; parts are joined in the order of the tasks' names."""

    path: str
    text: str


@dataclass(frozen=True)
class Joined:
    """A file made of the parts that tasks gave for its path, between a head and a tail."""

    path: str
    head: str
    tail: str = ""
    between: str = ""


Output = Union[Page, Data, Part, Joined]


def ready(view: object) -> Callable[[], object]:
    """A view that is at hand already."""
    return lambda: view


class PoolPages(Protocol):
    """A page type of the whole pool."""

    name: str

    def of_pool(self, snapshot: Snapshot) -> Iterable[Output]:
        """Every page of this type."""
        ...


class TaskPages(Protocol):
    """A page type of one task."""

    name: str

    def of_task(self, task: OpenTask) -> Iterable[Output]:
        """Every page of this type that the task has."""
        ...


PoolKind = TypeVar("PoolKind", bound=type[PoolPages])
TaskKind = TypeVar("TaskKind", bound=type[TaskPages])


@dataclass
class _Registry:
    pool: dict[str, PoolPages] = field(default_factory=dict)
    task: dict[str, TaskPages] = field(default_factory=dict)
    data: dict[str, TaskPages] = field(default_factory=dict)

    def check(self, name: str, words: str | None) -> None:
        if name in {*self.pool, *self.task, *self.data} or not words:
            raise ValueError(f"the page type `{name}` is registered already, or has no docstring")


_KNOWN = _Registry()


def pool_pages(kind: PoolKind) -> PoolKind:
    """Register a page type of the whole pool.

    Raises:
        ValueError: another type has the name, or the class says nothing about itself.
    """
    _KNOWN.check(kind.name, kind.__doc__)
    _KNOWN.pool[kind.name] = kind()
    return kind


def task_pages(kind: TaskKind) -> TaskKind:
    """Register a page type of one task; raises as :func:`pool_pages`."""
    _KNOWN.check(kind.name, kind.__doc__)
    _KNOWN.task[kind.name] = kind()
    return kind


def task_data(kind: TaskKind) -> TaskKind:
    """Register what a task gives without any template, so that no change of one makes it anew; raises as above."""
    _KNOWN.check(kind.name, kind.__doc__)
    _KNOWN.data[kind.name] = kind()
    return kind


def all_pool_pages() -> tuple[PoolPages, ...]:
    """All page types of the whole pool, by name."""
    _load()
    return tuple(_KNOWN.pool[name] for name in sorted(_KNOWN.pool))


def all_task_pages() -> tuple[TaskPages, ...]:
    """All page types of a task, by name."""
    _load()
    return tuple(_KNOWN.task[name] for name in sorted(_KNOWN.task))


def all_task_data() -> tuple[TaskPages, ...]:
    """All that a task gives without a template, by name."""
    _load()
    return tuple(_KNOWN.data[name] for name in sorted(_KNOWN.data))


def _load() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
