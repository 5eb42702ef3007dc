"""Text that was damaged on its way: read with a wrong encoding, or copied out of a web page with its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import html5

from ftfy import fix_encoding
from ftfy.badness import is_bad

#: What is looked at of one text; damage that begins later is that of a file made by a program.
MAX_LENGTH = 100_000
_MAX_LINE = 2_000
REPLACEMENT = "\ufffd"

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z][a-zA-Z0-9]{1,24});")
#: Tags that nobody writes by hand as a placeholder, and that a web page is full of.
_LAYOUT = re.compile(
    r"<br ?/?>|<hr ?/?>|<p>|</(?:p|div|span|a|ul|ol|li|table|tr|td|th|h[1-6]|blockquote|font|center|script|style|"
    r"body|html)>|<(?:p|div|span|a|img|td|th|tr|table|font|h[1-6]|ul|ol|li|script|link|meta|iframe) "
    r"[a-zA-Z-]{1,20}=[\"'][^<>\"']{0,500}[\"']",
    re.IGNORECASE,
)
#: Tags for the look of a word; where most items have them they mark something on purpose.
_LOOK = re.compile(r"</(?:b|i|u|em|strong|small|sup|sub|strike|mark|big|tt)>", re.IGNORECASE)


@dataclass(frozen=True)
class Misread:
    """A piece of text that was read with a wrong encoding, and what it should have been."""

    found: str
    meant: str


def misread(text: str) -> Misread | None:
    """The first line of ``text`` that was read with a wrong encoding, where it can be told what it was.

    By the heuristic of ``ftfy`` (Speer 2019), which names only sequences that no language uses.
    """
    if text.isascii():
        return None
    for line in text[:MAX_LENGTH].splitlines():
        piece = line[:_MAX_LINE]
        if not piece.isascii() and is_bad(piece) and (meant := fix_encoding(piece)) != piece:
            return _shortest(piece, meant)
    return None


def _shortest(found: str, meant: str) -> Misread:
    """The words that differ, where the two have equally many; else both whole."""
    pairs = list(zip(found.split(), meant.split(), strict=False))
    if len(found.split()) == len(meant.split()):
        return next((Misread(one, other) for one, other in pairs if one != other), Misread(found, meant))
    return Misread(found, meant)


def lost_characters(text: str) -> int:
    """How many characters of ``text`` are the sign for one that could not be read, or halves of one."""
    if text.isascii():
        return 0
    return text.count(REPLACEMENT) + len(_SURROGATE.findall(text))


def has_half_character(text: str) -> bool:
    """Whether ``text`` holds half of a character (a lone surrogate), which no file can be written with."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def has_markup(text: str) -> bool:
    """Whether ``text`` may hold HTML: a quick look before :func:`html_leftovers`."""
    return ("<" in text and ">" in text) or ("&" in text and ";" in text)


def html_leftovers(text: str) -> Iterator[str]:
    """What ``text`` holds of a web page's layout: entities such as ``&nbsp;``, tags such as ``<br>``.

    Comparisons (``a < b``), ``<3``, placeholders (``<name>``) and tags that HTML does not have are left alone.
    """
    piece = text[:MAX_LENGTH]
    for match in _ENTITY.finditer(piece):
        if match[1][0] == "#" or f"{match[1]};" in html5:
            yield match[0]
    for match in _LAYOUT.finditer(piece):
        yield match[0]


def look_tags(text: str) -> Iterator[str]:
    """The tags of ``text`` that change how a word looks, such as ``</b>``; they may stand there on purpose."""
    for match in _LOOK.finditer(text[:MAX_LENGTH]):
        yield match[0]


def without_entity(entity: str) -> str | None:
    """What an entity stands for, and ``None`` for a tag."""
    return unescape(entity) if entity.startswith("&") else None
