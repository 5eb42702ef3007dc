"""Variants of a right answer change what their name says, and stay away where they would change nothing."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.gates.golds import plain_form
from commons.gates.variants import AnswerType, changed_number, curiosities, dresses, faults, sayings


def changed(variants: object, text: str) -> dict[str, str | None]:
    """Each variant's name with what it makes of a text."""
    return {one.name: one.change(text) for one in variants}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "text", "name", "wanted"),
    [
        ("text", "Paris", "case", "PARIS"),
        ("text", "PARIS", "case", None),
        ("text", "Paris", "whitespace", "  Paris  "),
        ("text", "Paris", "punctuation", "Paris."),
        ("text", "Paris!", "punctuation", None),
        ("number", "3.5", "units", "3.5 kg"),
        ("number", "12500", "thousands", "12,500"),
        ("number", "125", "thousands", None),
        ("number", "12,500", "thousands", None),
        ("text", "whale", "articles", "the whale"),
        ("text", "the whale", "articles", None),
        ("json", '{"b": "x"}', "case", '{"b": "X"}'),
        ("json", '{"b": 1}', "case", None),
        ("json", "{broken", "whitespace", None),
    ],
)
def test_a_dress_says_the_same(kind: AnswerType, text: str, name: str, wanted: str | None) -> None:
    """Case, spacing, punctuation, units, thousands and articles."""
    assert changed(dresses(kind, "kg"), text)[name] == wanted


@pytest.mark.parametrize(
    ("kind", "text", "name", "wanted"),
    [
        ("number", "126", "changed_number", "127"),
        ("number", "3.5", "changed_number", "4.5"),
        ("text", "Paris", "changed_number", None),
        ("text", "Paris", "negation", "not Paris"),
        ("text", "42", "negation", None),
        ("text", r"\boxed{\frac{3}{4}}", "negation", r"\boxed{not \frac{3}{4}}"),
        ("text", "So the answer is: Paris", "negation", "So the answer is: not Paris"),
        ("text", "Four. #### four", "negation", "Four. #### not four"),
        ("text", "<answer>Paris</answer>", "negation", "<answer>not Paris</answer>"),
        ("text", "It is **Paris**.", "negation", "It is **not Paris**."),
        ("text", "The answer:", "negation", "not The answer:"),
        ("choice", "B", "another_label", "C"),
        ("json", '{"a": 1, "b": "x"}', "changed_number", '{"a": 2, "b": "x"}'),
        ("json", '{"b": "x"}', "changed_number", '{"b": "xx"}'),
        ("json", '{"b": true}', "changed_number", None),
        ("json", '{"a": 1, "b": null}', "dropped_key", '{"b": null}'),
        ("json", "[1]", "dropped_key", None),
        ("code", "def f(x):\n    return x + 1\n", "pass_body", "def f(x):\n    pass\n"),
        ("code", "x = 1", "pass_body", None),
        ("number", "-4", "no_minus", "4"),
        ("text", "from -12 to 3", "no_minus", "from 12 to 3"),
        ("text", "1990-95", "no_minus", None),
        ("code", "x == 1", "denied_code", "not (x == 1)"),
        ("code", "def f(x):\n    return x\n", "denied_code", "def f(x):\n    return not (x)\n"),
        ("code", "x = 1", "denied_code", None),
        ("code", "abcd", "truncated", "ab"),
    ],
)
def test_a_fault_says_something_else(kind: AnswerType, text: str, name: str, wanted: str | None) -> None:
    """One changed number, a denial, another label, a dropped key, half of the code, an empty body."""
    assert changed(faults(kind, "C"), text)[name] == wanted


def test_a_changed_number_is_never_the_same_number() -> None:
    """Neither a nine nor a leading nought leaves the value as it was."""
    for text in ("9", "99", "0", "19.0", "7 of 9"):
        assert changed_number(text) not in {text, None}
    assert float(changed_number("9") or 9) != 9


def test_another_label_is_never_the_same_label() -> None:
    """A label that reads alike is left out."""
    assert changed(faults("choice", "b."), "B")["another_label"] is None


def test_whitespace_in_json_keeps_its_value() -> None:
    """What is written with spaces is read as the same value."""
    text = '{"a": [1, 2], "b": "x y"}'

    assert json.loads(changed(dresses("json", None), text)["whitespace"] or "") == json.loads(text)


def test_sayings_hold_nothing_of_the_gold() -> None:
    """Silence, a refusal and two orders, whatever the gold is."""
    assert changed(sayings(), "Paris") == changed(sayings(), "Rome")


def test_the_sign_is_a_curiosity() -> None:
    """It is turned round both ways, and nought has none."""
    signs = [changed(curiosities("number", None), text)["sign"] for text in ("5", "-5", "0")]

    assert signs == ["-5", "5", None]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60), other=st.text(max_size=20), kind=st.sampled_from(list(get_args(AnswerType))))
def test_no_text_breaks_a_variant(text: str, other: str, kind: AnswerType) -> None:
    """Whatever the gold is, every variant is another text, or none; the same one twice."""
    several = [*dresses(kind, "kg"), *faults(kind, other), *sayings(), *curiosities(kind, other)]
    once = [one.change(text) for one in several]

    assert once == [one.change(text) for one in several]
    assert all(one is None or isinstance(one, str) for one in once)
    assert plain_form(text) == plain_form(text)


def test_a_number_beyond_every_float_is_compared_as_written() -> None:
    """Four hundred digits neither overflow nor equal another number."""
    assert plain_form("9" * 400) != plain_form("8" * 400)
    assert plain_form("1,000") == plain_form("1000.0")
