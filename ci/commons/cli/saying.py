"""How the verbs that question numbers write them: one form for a value with its interval, and lines that fit."""

from __future__ import annotations

import difflib
import shutil
import textwrap
from collections.abc import Iterable, Iterator

from commons.pool.card import PROPORTION
from commons.publish.numbers import MINUS, quantity

#: Lines are never wider than this, however wide the terminal; and so wide where there is none.
WIDEST = 100
_NARROWEST = 60


def width() -> int:
    """How many characters a line may have here."""
    return max(_NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


def wrapped(text: str, indent: str = "", hanging: str = "  ") -> Iterator[str]:
    """``text`` in lines that fit, the second and later ones further in by ``hanging``; words are never cut."""
    yield from textwrap.wrap(text, width(), initial_indent=indent, subsequent_indent=indent + hanging,
                             break_long_words=False, break_on_hyphens=False) or [""]


def value_said(value: float, unit: str) -> str:
    """A value with its unit.

    >>> value_said(0.3375, "proportion"), value_said(1.25, "bits per byte")
    ('33.8%', '1.25 bits per byte')
    """
    return f"{quantity(value, unit)}%" if unit == PROPORTION else f"{quantity(value, unit)} {unit}"


def measured(value: float, interval: tuple[float, float] | None, unit: str) -> str:
    """A value with its interval, as every verb writes it; a value without one says so.

    >>> measured(0.3375, (0.2435, 0.4464), "proportion"), measured(1.0, None, "proportion")
    ('33.8% (24.3 to 44.6)', '100% (no interval)')
    """
    ends = "no interval" if interval is None else f"{quantity(interval[0], unit)} to {quantity(interval[1], unit)}"
    return f"{value_said(value, unit)} ({ends})"


def difference_said(value: float, unit: str) -> str:
    """A difference with its sign: of proportions in points, of others in the unit.

    >>> difference_said(-0.025, "proportion"), difference_said(0.044, "proportion")
    ('\N{MINUS SIGN}2.5 points', '+4.4 points')
    """
    sign = MINUS if value < 0 else "+"
    what = "points" if unit == PROPORTION else unit
    return f"{sign}{quantity(abs(value), unit)} {what}"


def meant(wrong: str, known: Iterable[str]) -> str:
    """A question that names the nearest known name, to end an error with; empty where none is near.

    >>> meant("everydy_physics", ["everyday_physics", "last_word"])
    ' Did you mean `everyday_physics`?'
    """
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.7)
    return f" Did you mean `{near[0]}`?" if near else ""
