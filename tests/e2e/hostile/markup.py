"""Markup that would do something where GitHub shows it, beside the little that is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
#: What we write ourselves: harmless, whoever writes it.
_OURS = re.compile(r"<!-- -->|</?(details|summary|code)>")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\x00-\x08\x0b-\x1f\x7f]+")
_EXPRESSION = re.compile(r"\$\{\{.*")
_LIVE = {
    "a tag": re.compile(r"<[A-Za-z/!?][^>\n]*"),
    "a call": re.compile(r"(?<![\w/])@\w[\w/-]*"),
    "a link or picture": re.compile(r"!?\[[^\]\n]*\]\s?[(\[][^\n]{0,40}|https?://\S*|\bwww\.\w\S*|mailto:\S+"),
    "a reference": re.compile(r"(?<![\w&])#\d+|\bGH-\d+"),
}


def live_markup(text: str) -> Iterator[str]:
    """Tags, calls, links and references in ``text`` that do not stand in code."""
    shown = _OURS.sub(" ", _SPAN.sub("code", _FENCE.sub("code", text)))
    for kind, pattern in _LIVE.items():
        if (found := pattern.search(shown)) is not None:
            yield f"{kind}: {found[0][:80]!r}"


def hidden(text: str) -> Iterator[str]:
    """What no comment may hold even in code: expressions, and letters that nobody sees or that turn the line."""
    for kind, pattern in (("an expression", _EXPRESSION), ("what nobody sees", _UNSEEN)):
        if (found := pattern.search(text)) is not None:
            yield f"{kind}: {found[0][:80]!r}"
