"""Cost and quality."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from commons.publish.plots.drawing import Estimate
from commons.publish.plots.frontier import Frontier, Model, frontier

from .drawn import SCALE, corners, inside


def plot_of(*models: Model, higher: bool = True) -> Frontier:
    """A plot of accuracy and dollars."""
    return frontier("a", models, SCALE, "accuracy", "cost per item", "US dollars", higher)


def test_points_and_steps_stand_where_their_numbers_say() -> None:
    """On an axis from 0.5 to 50, a cost of 5 is in the middle; the dominated model is no step."""
    plot = plot_of(Model("cheap", "m/c.html", 1.0, Estimate(0.4, (0.3, 0.5))),
                   Model("dear", "m/d.html", 20.0, Estimate(0.8)), Model("bad", "m/b.html", 5.0, Estimate(0.2)))

    assert {(point.number, point.x, point.y) for point in plot.points} == {
        ("1", "15.05", "60"), ("2", "80.1", "20"), ("", "50", "80")}
    assert plot.step == "M15.05 60H80.1V20H100"
    assert plot.whiskers == "M15.05 70V50"
    assert plot.dominated == ""
    assert [one.text for one in plot.names] == ["cheap", "dear"]
    assert [row[4].text for row in plot.frame.table.rows] == ["on it", "on it", "dominated"]
    assert [tick.text for tick in plot.across] == ["1", "10"]


def test_lower_is_better_turns_the_frontier() -> None:
    """Where lower is better, the model with the low score is ahead."""
    plot = plot_of(Model("high", "", 1.0, Estimate(0.9)), Model("low", "", 1.0, Estimate(0.1)), higher=False)

    assert [one.text for one in plot.names] == ["low"]


def test_equal_models_are_both_on_the_frontier() -> None:
    """Neither of two models with equal cost and score dominates the other."""
    plot = plot_of(Model("a", "", 1.0, Estimate(0.5)), Model("b", "", 1.0, Estimate(0.5)))

    assert [one.text for one in plot.names] == ["a", "b"]


def test_what_has_no_place_is_named() -> None:
    """A cost that nobody recorded, a cost of 0 and wild numbers are not drawn and not lost."""
    plot = plot_of(Model("unknown", "m/u.html", None, Estimate(0.5)), Model("free", "", 0.0, Estimate(0.5)),
                   Model("endless", "", math.inf, Estimate(0.5)), Model("wild", "", 1.0, Estimate(math.nan)))

    assert plot.points == ()
    assert [one.text for one in plot.unrecorded] == ["unknown"]
    assert plot.frame.left_out == ("wild (no finite number)", "free (its cost is not above 0)",
                                   "endless (no finite cost)")
    assert len(plot.frame.table.rows) == 4


@given(st.lists(st.tuples(st.floats(1e-9, 1e9), st.floats(0, 1)), max_size=12))
def test_the_frontier_rises_and_nothing_is_lost(pairs: list[tuple[float, float]]) -> None:
    """Steps go right and up, each model is a point inside the box, and no point of the frontier is beaten."""
    plot = plot_of(*(Model(f"m{index}", "", cost, Estimate(score)) for index, (cost, score) in enumerate(pairs)))
    steps = corners(plot.step)

    assert len(plot.points) == len(pairs)
    assert steps == sorted(steps, key=lambda corner: (corner[0], -corner[1]))
    assert inside(plot.step)
    best = [float(point.y) for point in plot.points if point.number]
    assert min(best, default=0) <= min((float(point.y) for point in plot.points), default=0)
