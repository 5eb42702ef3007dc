"""Patterns that can take for ever, and their harmless kin; each of the first is tried on a text where it shows."""

from __future__ import annotations

import time

import pytest

from commons.lint.endless_patterns import can_take_for_ever

ENDLESS = [
    r"((\d+)+)+%$", r"^(?:y|ye|yes|[a-z]+)*(yes|no)$", r"^(\w+\s?)*$", r"(a*)*b", r"(a|aa)+$", r"(\d\d+)*x",
    r"^(\w+\b\s?)*$", r"(.*)*=", r"(x+x+)+y", r"([a-z]+|[a-z0-9]+)*!", r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(\s*\w+\s*)*;", r"(?:(?:\d+)?,?)+ mg", r"(?:[a-z]{1,3})*X", r"(\d+){2,}x", r"(\d{2,})*x", r"(?:\w+ ?){1,20}\.",
]  # fmt: skip
HARMLESS = [
    r"(\d+)+", r"The answer is (-?\d+(?:\.\d+)?%)", r"(?:\d+,)*\d+$", r"^(?:\w+\s)*$", r"#### (\-?[0-9\.\,]+)",
    r"(-?[$0-9.,]{2,})|(-?[0-9]+)", r"(?<=the answer is )(.*)(?=.)", r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}$", r"(?:a|b)*c",
    r'"(?:[^"\\]|\\.)*"', r"^\s*(?:[-*]\s+)?(\w+)\s*$", r"(?:[A-Z][a-z]+ )*[A-Z][a-z]+\.", r"(?:[01]{8})+$",
    r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}", r"(\d{1,3}(?:,\d{3})*(?:\.\d+)?)$", r"(?:```(?:python)?\n)?(.*?)```",
    r"^(?:[A-D](?:, )?)+$", r"(\s+\w+)*$", r"(?:\d{3})*x", r"(?:[a-z]{2,3},)*x", r"(\d+){3}x", "(", "a" * 3_000, "",
]  # fmt: skip


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_pattern_with_too_many_ways_is_seen(pattern: str) -> None:
    """A repetition that can be read in two ways, with something behind it that may be missing."""
    assert can_take_for_ever(pattern)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_a_pattern_with_one_way_is_left_alone(pattern: str) -> None:
    """Separated repetitions, fixed lengths, and what can always end, are in order; so is what is no pattern."""
    assert not can_take_for_ever(pattern)


@pytest.mark.parametrize("pattern", ["(a+" * 40 + ")+" * 40 + "b", "(?:" + "|".join("abcdefgh" * 20) + ")*x",
                                     "(" * 500 + ")" * 500, "((a{1,50}){1,50}){1,50}b", "[" + "a-z" * 600 + "]*x"])
def test_a_large_pattern_is_looked_at_quickly(pattern: str) -> None:
    """The look itself takes no long time, whatever is contributed."""
    started = time.monotonic()
    can_take_for_ever(pattern)

    assert time.monotonic() - started < 1
