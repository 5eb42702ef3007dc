"""How numbers are written."""

from __future__ import annotations

import datetime
import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.pool.card import PROPORTION
from commons.pool.cell import Metric
from commons.publish import inert, numbers, states
from commons.publish.inert import anchor, visible
from commons.publish.numbers import count, date, duration, percent, quantity, scale_for, show


def metric(value: float, low: float | None = None, high: float | None = None) -> Metric:
    """A metric with or without an interval."""
    interval = None if low is None or high is None else (low, high)
    return Metric(value=value, stderr=None, interval=interval, method="Wilson", n=60, aggregation="mean",
                  higher_is_better=True)


@pytest.mark.parametrize(("value", "low", "high", "words"), [
    (0.6333, 0.5068, 0.7437, "63 ± 12"),
    (0.634567, 0.634, 0.6352, "63.46 ± 0.06"),
    (0.634567, 0.628, 0.640, "63.5 ± 0.6"),
    (0.5, 0.486, 0.514, "50 ± 1"),
    (1.0, 0.94, 1.0, "100 +0 −6"),
    (0.0, 0.0, 0.0506, "0 +5 −0"),
])
def test_digits_follow_the_half_width(value: float, low: float, high: float, words: str) -> None:
    """A proportion is a percentage with the digits that its margin allows; a lopsided interval shows both arms."""
    assert str(show(metric(value, low, high), PROPORTION)) == words


@pytest.mark.parametrize(("value", "low", "high", "words"), [
    (1.2547, 1.2319, 1.2802, "1.25 ± 0.02"),
    (39.374, 30.1, 48.9, "39.4 ± 9.4"),
    (1234.6, 1200.0, 1270.0, "1,235 ± 35"),
    (-0.5, -0.6, -0.4, "−0.500 ± 0.100"),
    (1.2547, 1.2546, 1.2548, "1.25 ± 0.0001"),
])
def test_other_units_have_three_digits(value: float, low: float, high: float, words: str) -> None:
    """A number in another unit has three significant digits, and its margin never rounds away."""
    assert str(show(metric(value, low, high), "bits per byte")) == words


def test_a_number_without_an_interval_has_no_margin() -> None:
    """Where no interval exists none is made up."""
    shown = show(metric(1 / 3), PROPORTION)
    assert (shown.value, shown.margin, shown.interval) == ("33.3", "", "")


@given(st.floats(0, 1), st.floats(1e-6, 0.5), st.floats(1e-6, 0.5))
def test_the_written_interval_holds_the_real_one(value: float, below: float, above: float) -> None:
    """What value and margin say together differs from the interval by a quarter of its half-width and rounding."""
    low, high = max(0.0, value - below), min(1.0, value + above)
    if high - low < 1e-6:
        return
    shown = show(metric(value, low, high), PROPORTION)
    half = 50 * (high - low)
    if shown.margin.startswith("±"):
        step = 10.0 ** -(len(shown.value.partition(".")[2]))
        written = float(shown.value), float(shown.margin.removeprefix("± "))
        assert abs(written[0] - written[1] - 100 * low) <= 0.25 * half + step + 1e-9
        assert abs(written[0] + written[1] - 100 * high) <= 0.25 * half + step + 1e-9


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([PROPORTION, "points"]))
def test_any_finite_number_can_be_written(value: float, unit: str) -> None:
    """No finite value stops a page."""
    assert quantity(value, unit)
    assert show(metric(value, value - 1, value + 1), unit).value


@given(st.lists(st.floats(-1e9, 1e9), max_size=5))
def test_a_scale_holds_every_value(values: list[float]) -> None:
    """Every value of a task lies on its scale, which always reaches 0."""
    scale = scale_for("points", values)
    assert scale.low <= 0 <= scale.high
    assert all(scale.low <= value <= scale.high for value in values)
    assert math.isfinite(float(scale.place(0.0)))


def test_scales_are_fixed_for_proportions() -> None:
    """A proportion is drawn from 0 to 100 whatever its value."""
    scale = scale_for(PROPORTION, [0.2])
    assert (scale.label, scale.place(0.25), scale.place(1.7)) == ("0 to 100", "25.0", "100.0")


def test_small_words_for_numbers() -> None:
    """Counts, shares, times and dates read as people write them."""
    assert (count(1234567), percent(1 / 3), percent(0.25)) == ("1,234,567", "33.3", "25")
    assert (duration(12.34), duration(90), duration(7200)) == ("12.3 s", "1.5 min", "2.0 h")
    assert date(datetime.date(2026, 11, 3)) == date("2026-11-03T10:00:00+00:00") == "3 November 2026"
    assert date("long ago") == "long ago"


@given(st.text(), st.text(), st.integers(0, 3), st.integers(0, 3))
def test_anchors_of_different_rows_differ(one: str, other: str, repeat: int, again: int) -> None:
    """Two rows share an anchor only if they are the same row."""
    assert (anchor(one, repeat) == anchor(other, again)) == ((one, repeat) == (other, again))


@pytest.mark.parametrize("code", [
    0x200B, 0x2060, 0x2064, 0xFEFF, 0xAD, 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202E, 0x180E, 0xFFF9, 0xE0041,
    0xE007F,
])
def test_what_is_not_seen_is_written_as_its_number(code: int) -> None:
    """Two names that look alike are alike."""
    assert visible(f"a{chr(code)}b") == f"a<U+{code:04X}>b"


@pytest.mark.parametrize("text", ["\u05d0\u200f!", "\u0645\u061c1", "\u0646\u200c\u06cc", "\U0001f469\u200d\U0001f680"])
def test_what_a_writing_needs_is_kept(text: str) -> None:
    """Hebrew and Arabic need marks of direction, Persian and emoji joiners."""
    assert visible(text) == text


@given(st.text(st.characters(codec=None)))
def test_visible_text_can_be_written_as_utf8(text: str) -> None:
    """Whatever a model emits can be written to a file, and what is written is written again as it is."""
    shown = visible(text)
    shown.encode("utf-8")
    assert visible(shown) == shown


@pytest.mark.parametrize("module", [numbers, inert, states])
def test_examples_in_docstrings_hold(module: object) -> None:
    """The examples that explain these functions are true."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "text"), [
    (100.4, "100"), (120.3, "120"), (1.0001, "1"), (0.1000001, "0.1"), (2000.0, "2,000"), (12.34, "12.3"),
    (-0.5, "\N{MINUS SIGN}0.5"),
])
def test_only_zeros_after_a_decimal_point_are_left_out(value: float, text: str) -> None:
    """A quantity keeps the zeros that belong to it."""
    assert quantity(value, "points") == text
