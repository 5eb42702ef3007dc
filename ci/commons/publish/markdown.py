"""Markdown of our own (rules, gates, a glossary) as HTML. Nothing contributed is ever put through it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

#: Gives the address of a link, or None where it leads nowhere on the site: then only its words are shown.
Link = Callable[[str], "str | None"]

_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_TITLE = re.compile(r"\A\s*# (.+)\n+")


def title_and_rest(text: str) -> tuple[str, str]:
    r"""The title of a text, and the text without it and without comments.

    >>> title_and_rest("<!-- made -->\n# `Sums`\n\nThey add.\n")
    ('Sums', 'They add.\n')
    """
    bare = _COMMENT.sub("", text)
    found = _TITLE.match(bare)
    return (found.group(1).replace("`", ""), bare[found.end():]) if found else ("", bare)


def to_html(text: str, link: Link) -> Markup:
    """The text as HTML: tags in it are shown as text, no attribute carries a style, and wide tables scroll."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(_COMMENT.sub("", text))
    _name(tokens)
    _head_rows(tokens)
    for token in tokens:
        token.attrs.pop("style", None)
        if token.type == "th_open":
            token.attrSet("scope", "col")
        _turn(token.children or [], link)
    # The parser escapes what it was given, and the text is the program's own.
    return Markup(parser.renderer.render(_in_boxes(tokens), parser.options, {}))  # noqa: S704 - see above


def _name(tokens: Sequence[Token]) -> None:
    """Give each heading an address, and each table the name of the heading above it."""
    seen: Counter[str] = Counter()
    heading = "Table"
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[index + 1].content.replace("`", "")
            token.attrSet("id", _unique(re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-"), "-", seen))
        elif token.type == "table_open":
            token.meta["label"] = _unique(f"Table: {heading}", " ", seen)


def _head_rows(tokens: Sequence[Token]) -> None:
    """Let the first cell of each row head it, so that a reader of one cell hears what it is about."""
    first = False
    for token in tokens:
        if token.type == "tr_open":
            first = True
        elif first and token.type == "td_open":
            token.tag = "th"
            token.attrSet("scope", "row")
        elif first and token.type == "td_close":
            token.tag, first = "th", False


def _unique(name: str, between: str, seen: Counter[str]) -> str:
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}{between}{seen[name]}"


def _turn(children: Sequence[Token], link: Link) -> None:
    """Let links lead to the site's own addresses, and those that lead nowhere be plain words."""
    kept = True
    for token in children:
        if token.type == "link_open":
            href = link(str(token.attrGet("href") or ""))
            kept = href is not None
            if href is not None:
                token.attrSet("href", href)
        if token.type in {"link_open", "link_close"} and not kept:
            token.type, token.tag, token.nesting = "text", "", 0
            token.content = ""


def _in_boxes(tokens: Sequence[Token]) -> list[Token]:
    """Each table in a box that scrolls, which a keyboard can reach."""
    found: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            box = Token("box_open", "div", 1, block=True)
            box.attrs = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": str(token.meta["label"])}
            found.append(box)
        found.append(token)
        if token.type == "table_close":
            found.append(Token("box_close", "div", -1, block=True))
    return found


def plain(text: str) -> str:
    """A line of Markdown as words, for titles and descriptions."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", re.sub(r"[`*]", "", text))
