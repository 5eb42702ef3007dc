"""Contributed text in a comment: whatever it is, it formats, links, pictures and calls nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.github.words import amount, bare, code, cut, inline, listed, named, typed
from tests.github.golden.situations import NASTY

#: Pieces of which attacks are made, and any other text.
PIECES = [
    "`", "``", "```", "\n", "\r\n", "<b>", "</details>", "<!--", "-->", "[a](b)", "![", "](x)", "@ana", "#1", "GH-2",
    "o/r#3", "https://e.example", "www.e.example", "mailto:a@b.c", "${{ x }}", "$x$", "|", "\\", "*", "_", "~~",
    "&lt;", "&#64;", "- ", "1. ", "> ", "===", "---", "    ", "\u202e", "\u200b", "\x00", "\ud800", "::error::",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_any_text_is_words_to_a_parser(text: str) -> None:
    """A Markdown parser finds words and code in it, on one line, and nothing else."""
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    for shown in (inline(text), code(text), f"{code(text)} ({inline(text)}; {code(text)})"):
        tokens = parser.parse(f"- {shown}")
        assert [token.type for token in tokens] in (
            ["bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close",
             "bullet_list_close"], ["bullet_list_open", "list_item_open", "list_item_close", "bullet_list_close"])
        inner = {child.type for token in tokens for child in token.children or []}
        assert inner <= {"text", "code_inline", "text_special"}
        words = "".join(child.content for token in tokens for child in token.children or []
                        if child.type != "code_inline")
        assert not re.search(r"@\w|#\d|\bGH-\d|://|www\.", words)
        assert "${{" not in shown
        assert "\n" not in shown


def test_a_text_that_ends_in_a_code_span_cannot_leave_it() -> None:
    """Backticks in a name become quotation marks, so that the span ends where we end it."""
    assert code("a`b``c") == "`a'b''c`"
    assert code("") == code("\u200b\n") == "`(nothing that is seen)`"


def test_what_is_not_seen_is_not_shown() -> None:
    """Direction marks and zero-width signs go, line breaks become blanks, bytes that are no text a sign."""
    assert bare("a\u202eb\u200bc\udcffd\ne\u2028f") == "abc\ufffdd e f"
    assert bare("Z" + "\u0301" * 40 + "algo") == "Z\u0301\u0301algo"


def test_long_texts_are_cut() -> None:
    """A long text ends in dots, before it is made harmless, so that no entity is cut in two."""
    assert inline("<" * 400, 10) == "&lt;" * 7 + "..."
    assert len(bare(NASTY * 100)) <= 300


def test_lists_say_how_much_they_leave_out() -> None:
    """The first few stand there, and a number for the others."""
    assert cut(["- a", "- b", "- c"], 2, "thing") == ["- a", "- b", "- and 1 more thing"]
    assert named(["a", "b", "c", "d", "e"]) == "`a`, `b`, `c` and 2 more"
    assert named(["a"], 3, 1_200) == "`a` and 1,199 more"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert amount(1, "box", "boxes") == "1 box"


@pytest.mark.parametrize("name", ["a b", "-rf", "$(id)", "a;b", "", "a\n", "d\u043ese", ".."])
def test_only_plain_names_are_to_be_typed(name: str) -> None:
    """A command that people copy holds no name that a shell would obey."""
    assert typed(name) is None
    assert typed("dose_arithmetic") == "dose_arithmetic"
