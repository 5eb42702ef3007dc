"""The page types. Each file here holds one, registers it with :func:`page`, and is found by itself.

To add a page type, add a file with a class that has a ``name`` and gives the pages (or data files) of a snapshot::

    @page
    class Changes:
        \"\"\"What changed, newest first.\"\"\"

        name = "changes"

        def addresses(self, snapshot: Snapshot) -> Iterable[Page | Data]:
            yield Page("changes.html", "Changes", "...", "changes.html", ChangesView(...))
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar, Union

from commons.publish.snapshot import Snapshot


@dataclass(frozen=True)
class Page:
    """One HTML page: where it stands, what it is called, and the frozen value its template shows as ``view``.

    ``shows_items`` asks crawlers not to collect it, because it holds test items.
    """

    path: str
    title: str
    description: str
    template: str
    view: object
    shows_items: bool = False


@dataclass(frozen=True)
class Data:
    """One file that is no page."""

    path: str
    text: str


class PageType(Protocol):
    """What a page type has."""

    name: str

    def addresses(self, snapshot: Snapshot) -> Iterable[Union[Page, Data]]:
        """Every page of this type."""
        ...


Kind = TypeVar("Kind", bound=type[PageType])
_TYPES: dict[str, PageType] = {}


def page(kind: Kind) -> Kind:
    """Register a page type.

    Raises:
        ValueError: another type has the name, or the class says nothing about itself.
    """
    if kind.name in _TYPES or not kind.__doc__:
        raise ValueError(f"the page type `{kind.name}` is registered already, or has no docstring")
    _TYPES[kind.name] = kind()
    return kind


def page_types() -> tuple[PageType, ...]:
    """All page types, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return tuple(_TYPES[name] for name in sorted(_TYPES))
