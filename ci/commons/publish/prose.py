"""Docstrings as blocks that a template can show: paragraphs, lists, examples; nothing of them is markup."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

_CODE = re.compile(r"``(.+?)``|:\w+:`~?([^`]+)`|`([^`]+)`", re.DOTALL)
_SECTION = re.compile(r"(Raises|Returns|Yields):\n")
_ENTRY = re.compile(r"([A-Za-z_][\w.]*): (.*)", re.DOTALL)


@dataclass(frozen=True)
class ProseView:
    """A page that is one text; ``crumbs`` are the pages above it, with their names."""

    title: str
    body: Markup
    crumbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Run:
    """A piece of a line: words, or a name in code."""

    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Block:
    """``text`` has one entry, ``list`` and ``raises`` one for each point, ``code`` one that stands as it is."""

    kind: Literal["text", "list", "raises", "code"]
    entries: tuple[tuple[Run, ...], ...]


def runs(text: str) -> tuple[Run, ...]:
    """A line as pieces; names in roles and in backticks are code.

    >>> [(one.text, one.is_code) for one in runs("As :func:`~commons.stats.power.smallest` of ``n``.")]
    [('As ', False), ('smallest', True), (' of ', False), ('n', True), ('.', False)]
    """
    found, end = [], 0
    for match in _CODE.finditer(text):
        if match.start() > end:
            found.append(Run(text[end:match.start()]))
        plain, role, single = match.groups()
        shown = role.rsplit(".", 1)[-1] if role and match.group().partition("`")[2].startswith("~") else role
        found.append(Run(plain or shown or single, is_code=True))
        end = match.end()
    return (*found, Run(text[end:])) if text[end:] else tuple(found)


def blocks(docstring: str) -> tuple[Block, ...]:
    """The blocks of a docstring that :func:`inspect.cleandoc` has cleaned."""
    return tuple(block for part in re.split(r"\n\s*\n", docstring.strip("\n")) for block in _part(part))


def _part(part: str) -> Iterator[Block]:
    lines = part.split("\n")
    start = next((index for index, line in enumerate(lines) if line.lstrip().startswith(">>>")), None)
    if start is not None:
        if start:
            yield from _part("\n".join(lines[:start]))
        yield Block("code", ((Run("\n".join(lines[start:])),),))
    elif all(line.startswith("    ") for line in lines):
        yield Block("code", ((Run(textwrap.dedent(part)),),))
    elif _SECTION.match(part):
        yield Block("raises", tuple(_entries(lines[1:])))
    else:
        first = next((index for index, line in enumerate(lines) if line.startswith(("- ", "* "))), len(lines))
        if first:
            yield Block("text", (runs(" ".join(lines[:first])),))
        if first < len(lines):
            points = re.split(r"\n[-*] ", "\n" + "\n".join(lines[first:]))[1:]
            yield Block("list", tuple(runs(" ".join(point.split())) for point in points))


def _entries(lines: Sequence[str]) -> Iterator[tuple[Run, ...]]:
    """What a section names, one entry for each name: an entry goes on in lines that are further in."""
    for entry in re.split(r"\n(?! )", textwrap.dedent("\n".join(lines))):
        found = _ENTRY.fullmatch(" ".join(entry.split()))
        yield (Run(found.group(1), is_code=True), Run(": "), *runs(found.group(2))) if found else runs(entry)
