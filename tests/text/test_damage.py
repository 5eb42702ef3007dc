"""Damaged, hidden, secret and personal text, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.text.damage import html_leftovers, look_tags, lost_characters, misread
from commons.text.invisible import hidden, may_hide, named
from commons.text.personal import personal_data, phone_numbers
from commons.text.secrets import secrets


@pytest.mark.parametrize(
    ("text", "meant"),
    [("cafÃ©", "café"), ("itâ€™s", "it’s"), ("Das grÃ¶ÃŸte", "größte"), ("schÃ¶n", "schön")],
)
def test_text_read_with_a_wrong_encoding_is_told_with_what_was_meant(text: str, meant: str) -> None:
    """The word that was damaged is given with its cure."""
    found = misread(f"before it\n{text} after")

    assert found is not None
    assert found.meant == meant


def test_lost_characters_are_counted() -> None:
    """The replacement sign and halves of characters count; ordinary letters do not."""
    assert lost_characters("na\ufffdve \ud83d") == 2
    assert lost_characters("naïve 😀") == 0


@pytest.mark.parametrize("text", ["a &amp; b", "a&#39;s", "&#x27;", "<br>", "<BR/>", "x</p>", '<a href="x">'])
def test_web_pages_leave_traces(text: str) -> None:
    """Entities and tags of a page's layout are found."""
    assert next(html_leftovers(text), None)


@pytest.mark.parametrize("text", ["a < b", "<3", "<name>", "AT&T; ok", "&bogus;", "<T>", "</answer>", "x<y>z", "<b>"])
def test_signs_that_only_look_like_html_are_left_alone(text: str) -> None:
    """Comparisons, placeholders and unknown names are no HTML."""
    assert not list(html_leftovers(text))
    assert not list(look_tags(text))


def test_a_hidden_character_is_named() -> None:
    """A character nobody sees is given with its place, code point and name."""
    found = list(hidden("a\u200bb\x07\ue000"))

    assert [(one.place, one.name) for one in found] == [
        (1, "U+200B ZERO WIDTH SPACE"), (3, "U+0007 BELL"), (4, "U+E000 private use character"),
    ]  # fmt: skip
    assert named("\r") == "U+000D CARRIAGE RETURN"


@given(st.text(max_size=100))
def test_the_quick_look_never_misses(text: str) -> None:
    """What the quick look passes over holds nothing hidden, and no text makes it fail."""
    assert may_hide(text) or not list(hidden(text))


@pytest.mark.parametrize(
    "text",
    [
        "AKIAQ3EGV7LKMN2PX4TZ",
        "ghp_" + "aB3dE5gH7jK9" * 3, "github_pat_" + "aB3dE5gH7jK9" * 3, "glpat-aB3dE5gH7jK9mN1pQ3sT",
        "xoxb-123456789012-aBcDeFgHiJkL", "sk-" + "aB3dE5gH7jK9" * 4, "sk-proj-" + "aB3dE5gH7jK9" * 4,
        "sk-ant-api03-" + "aB3dE5gH7jK9" * 4, "hf_" + "aBcDeFgHiJkLmNoPqR" * 2,
        "AIza" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ",
        "sk_live_" + "aB3dE5gH7jK9" * 2, "-----BEGIN RSA PRIVATE KEY-----", "postgres://ana:h4Rz9kq@db.host.de/x",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ],
)  # fmt: skip
def test_keys_are_known_by_their_form(text: str) -> None:
    """A key in use is found in the midst of a sentence, once."""
    assert len(list(secrets(f"The key is {text}, keep it."))) == 1


def test_personal_data_have_their_kinds() -> None:
    """Each kind is told by its name; a wrong check digit is no number of an account or a card."""
    text = "j.m@posteo.de, 4539 1488 0343 6467, DE75512108001245126199, 536-22-8145"

    assert len({one.kind for one in personal_data(text)}) == 4
    assert not list(personal_data("4539 1488 0343 6468, DE76512108001245126199, 000-22-8145"))


def test_phone_numbers_in_international_form() -> None:
    """Numbers in international form are found; sums and numbers of stories are not."""
    assert list(phone_numbers("Call +49 30 901820 now")) == ["+49 30 901820"]
    assert not list(phone_numbers("+1 202 555 0143, 5 +12345678, +1234, x+123456789"))
