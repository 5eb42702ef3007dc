"""Axes, labels and the frame of every plot."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.publish.numbers import scale_for
from commons.publish.plots import drawing, frame
from commons.publish.plots.drawing import (
    Axis,
    Estimate,
    amount,
    apart,
    complaint,
    log_ticks,
    round_log_ends,
    sane,
    scale_values,
    short,
    width,
    written,
)
from commons.publish.plots.frame import Table, Words
from commons.publish.plots.heatmap import LABEL


@pytest.mark.parametrize("module", [drawing, frame])
def test_the_examples_in_docstrings_hold(module: object) -> None:
    """What the docstrings show is what the functions give."""
    results = doctest.testmod(module)  # type: ignore[arg-type]

    assert results.attempted > 0
    assert results.failed == 0


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12), st.booleans())
def test_an_axis_keeps_order_and_stays_inside(one: float, other: float, log: bool) -> None:
    """A larger value never stands before a smaller one, and none outside the axis."""
    axis = Axis(1e-3, 1e6, 5.0, 95.0, log)
    low, high = axis.at(min(one, other)), axis.at(max(one, other))

    assert 5.0 <= low <= high <= 95.0


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=5))
def test_a_logarithmic_axis_holds_its_values_and_few_ticks(values: list[float]) -> None:
    """The ends enclose every value, and two to six round ticks stand between them."""
    low, high = round_log_ends(values)

    assert low < min(values)
    assert max(values) < high
    assert 1 <= len(log_ticks(low, high)) <= 6


def test_ticks_of_a_scale_are_round() -> None:
    """Proportions have quarters, other scales their ends and middle."""
    assert scale_values(scale_for("proportion", [])) == (0, 0.25, 0.5, 0.75, 1)
    assert scale_values(scale_for("seconds", [7.0])) == (0, 4, 8)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_a_wild_value_has_no_place_and_is_named(value: float) -> None:
    """A value that is no finite number is not drawn, and words say so; a wild interval alone is dropped alone."""
    assert sane(Estimate(value)) is None
    assert complaint("alpha", Estimate(value)) == "alpha (no finite number)"
    assert sane(Estimate(0.5, (0.1, value))) == Estimate(0.5)
    assert complaint("alpha", Estimate(0.5, (0.1, value))) == "the interval of alpha (no finite number)"
    assert written(Estimate(value), "proportion") == amount(value, "seconds") == "no finite number"


def test_an_estimate_is_written_like_everywhere_else() -> None:
    """Digits follow the interval."""
    assert written(Estimate(0.6333, (0.507, 0.744)), "proportion") == "63 ± 12"
    assert complaint("alpha", Estimate(0.6333, (0.507, 0.744))) == ""


@pytest.mark.parametrize(("text", "columns", "cut"), [
    ("short", 10, "short"), ("a longer name", 6, "a …ame"), ("日本語の読解", 6, "日…解"), ("exactly", 7, "exactly"),
])
def test_labels_are_cut_by_the_room_they_take(text: str, columns: int, cut: str) -> None:
    """A cut label never takes more columns than it has, and CJK characters take two."""
    assert short(text, columns) == cut
    assert width(cut.replace("…", ".")) <= columns


def test_names_of_one_family_stay_apart() -> None:
    """Names that differ at their ends differ when they are cut."""
    names = ["SmolLM2 135M Instruct", "SmolLM2 135M Instruct, chat", "SmolLM2 135M", "SmolLM2 1.7B Instruct, chat"]
    assert len(set(apart(names, LABEL))) == len(names)
    twins = [f"A model of one family, {middle} and so on for ever" for middle in ("xx" * 30 + "1", "xx" * 30 + "2")]
    assert len(set(apart(twins, LABEL))) == 2
    assert apart(["the same long name", "the same long name"], LABEL) == [short("the same long name", LABEL)] * 2


def test_names_without_end_stay_apart_and_short() -> None:
    """Names whose difference lies beyond every label are counted."""
    names = [f"{'a' * 10}{'b' * n}{'c' * 40}" for n in range(40, 80)]
    labels = apart(names, LABEL)
    assert len(set(labels)) == len(names)
    assert max(map(len, labels)) <= LABEL


@pytest.mark.parametrize("href", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "//elsewhere.org/x"])
def test_an_address_that_could_run_code_is_refused(href: str) -> None:
    """Only paths of the site and web addresses may be linked."""
    with pytest.raises(ValueError, match="not a path of the site"):
        Words("x", href)


@pytest.mark.parametrize("href", ["", "t/a.html", "r/a/b:c.html", "coverage.html#c-a:b", "https://example.org/c"])
def test_paths_and_web_addresses_may_be_linked(href: str) -> None:
    """A colon inside a path is no scheme."""
    assert Words("x", href).href == href


def test_names_that_differ_make_ids_that_differ() -> None:
    """Ids hold no space, quote or bracket, and stay apart."""
    ids = {frame.frame(name, "t", "d", Table((), ())).id for name in ("a b", "a-b", "a~b", 'a"b', "a<b")}

    assert len(ids) == 5
    assert not any(set(one) & set(" \"<>'&") for one in ids)
