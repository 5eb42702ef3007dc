"""What every plot has beside its drawing: a name, a description, its numbers as a table, and what it could not draw."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from commons.publish.inert import anchor, is_web_address

_SCHEME = re.compile(r"\s*[^/?#]*:|\s*//")


@dataclass(frozen=True)
class Words:
    """Text, linked where ``href`` is not empty: a path from the root of the site, or a web address."""

    text: str
    href: str = ""

    def __post_init__(self) -> None:
        """Refuse an address that is neither: it could run code.

        Raises:
            ValueError: the address has another scheme than http or https.
        """
        if _SCHEME.match(self.href) and not is_web_address(self.href):
            raise ValueError(f"not a path of the site and not a web address: {self.href!r}")


@dataclass(frozen=True)
class Column:
    """The head of a table's column; numbers stand to the right."""

    text: str
    is_number: bool = True


@dataclass(frozen=True)
class Table:
    """The numbers behind a plot. ``elsewhere`` says where they stand instead, where they are too many."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Words, ...], ...]
    elsewhere: Words | None = None


@dataclass(frozen=True)
class Frame:
    """``id`` is the beginning of every id of the plot. ``left_out`` names what has no place in the drawing."""

    id: str
    title: str
    description: str
    table: Table
    left_out: tuple[str, ...]


def frame(
    name: str, title: str, description: str, table: Table, left_out: Iterable[str] = (), elsewhere: Words | None = None
) -> Frame:
    """The frame of a plot; ``name`` and ``title`` are unique on its page. With ``elsewhere`` the table is not written.

    >>> frame("history of a/b", "History", "", Table((), ())).id
    'plot-history~20~of~20~a~2f~b'
    """
    kept = table if elsewhere is None else Table(table.columns, (), elsewhere)
    return Frame(f"plot-{anchor(name).removeprefix('i-')}", title, description, kept, tuple(left_out))


def texts(*cells: str) -> tuple[Words, ...]:
    """A row of a table without links."""
    return tuple(map(Words, cells))
