"""The map of models and tasks."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.pool.card import Headline
from commons.publish.maps import scale_to_ceiling
from commons.publish.plots.frame import Words
from commons.publish.plots.heatmap import MOST_COLUMNS, Heatmap, heatmap
from commons.stats.across.normalise import shown

from .drawn import corners, drawn, inside


def plot_of(shares: list[list[float | None]], elsewhere: bool = False) -> Heatmap:
    """A map of models and tasks with names of their own."""
    columns = len(shares[0]) if shares else 0
    return heatmap("a", [Words(f"m{row}") for row in range(len(shares))], [Words(f"t{one}") for one in range(columns)],
                   shares, "accuracy", elsewhere=Words("all cells", "data/cells.csv") if elsewhere else None)


def test_runs_of_one_class_are_one_stroke() -> None:
    """Two equal neighbours are one stroke of two cells; the path goes on with relative moves."""
    plot = plot_of([[0.1, 0.15, 0.9, 0.19], [None, 0.2, 1.0, 0.0]])
    paths = {shade.name: shade.path for shade in plot.shades}

    assert paths == {"h0": "M0 0.5h2m1 0h1M3 1.5h1", "h1": "M1 1.5h1", "h2": "", "h3": "", "h4": "M2 0.5h1M2 1.5h1",
                     "none": "M0 1.5h1"}
    assert plot.box == "0 0 4 2"
    assert [shade.cells for shade in plot.shades] == ["4", "1", "0", "0", "2", "1"]
    assert [shade.words for shade in plot.shades][0::4] == ["0 to 20", "80 to 100"]


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=6, max_size=6), min_size=1, max_size=6))
def test_every_cell_is_painted_once(shares: list[list[float | None]]) -> None:
    """The strokes of all classes cover each cell exactly once, inside the box."""
    plot = plot_of(shares)
    covered = []
    for shade in plot.shades:
        assert inside(shade.path, 6, len(shares))
        path = corners(shade.path)
        for (start, row), (end, _) in zip(path[::2], path[1::2], strict=True):
            covered += [(row, column) for column in range(int(start), int(end))]

    assert sorted(covered) == [(row + 0.5, column) for row in range(len(shares)) for column in range(6)]


def test_a_thousand_tasks_stay_small() -> None:
    """1,000 by 300 mixed cells take a handful of elements, and neighbours share a mark, which is said."""
    mixed = [[(row * 7919 + column * column * 271) % 997 / 800 for column in range(1000)] for row in range(300)]
    shares: list[list[float | None]] = [[share if share <= 1 else None for share in row] for row in mixed]
    plot = plot_of(shares, elsewhere=True)
    html = drawn("heatmap", plot)

    assert plot.box == f"0 0 {MOST_COLUMNS} 300"
    assert plot.merged.startswith("Each mark stands for 4 neighbouring tasks")
    assert html.count("<") - html.count("</") < 60
    assert len(html) < 500_000
    assert "data/cells.csv" in html
    assert "<table>" not in html


def test_merged_cells_keep_the_middle_number() -> None:
    """Of two neighbours the lower is kept; where most have no number, the mark has none."""
    row: list[float | None] = [0.9, 0.1, None, 0.5, None, None] + [0.5] * (2 * MOST_COLUMNS - 6)
    plot = plot_of([row], elsewhere=True)
    starts = {shade.name: corners(shade.path)[0] if shade.path else None for shade in plot.shades}

    assert (starts["h0"], starts["none"]) == ((0.0, 0.5), (2.0, 0.5))
    assert starts["h2"] == (1.0, 0.5)


def test_the_table_holds_every_number_or_is_elsewhere() -> None:
    """Up to 400 cells are written; more need a place."""
    plot = plot_of([[0.5, None]])
    assert [[cell.text for cell in row] for row in plot.frame.table.rows] == [["m0", "50", "none"]]
    with pytest.raises(ValueError, match="401 cells"):
        plot_of([[0.5] * 401])


def test_shares_that_are_none_are_named() -> None:
    """What is not within 0 to 1 is drawn as missing, and named; names beyond twenty are counted."""
    assert plot_of([[math.nan, 1.5, 0.5]]).frame.left_out == ("m0 on t0", "m0 on t1")
    assert plot_of([[math.inf] * 22]).frame.left_out[-1] == "and 2 more"
    assert plot_of([]).box == "0 0 1 1"


def test_a_task_without_a_scale_has_a_mark_of_its_own() -> None:
    """A number without a scale is neither shaded nor missing, in the drawing, the key and the table."""
    plot = heatmap("a", [Words("m0"), Words("m1")], [Words("t0"), Words("t1")], [[0.5, 0.0], [None, None]],
                   "share of the way", scaled=[True, False])
    assert {one.name: (one.words, one.cells) for one in plot.shades if one.path} == {
        "h2": ("40 to 60", "1"), "unscaled": ("no scale", "1"), "none": ("no number", "2")}
    assert [[cell.text for cell in row] for row in plot.frame.table.rows] == [
        ["m0", "50", "no scale"], ["m1", "none", "none"]]
    assert "1 of them is on a task without a scale" in plot.frame.description
    html = drawn("heatmap", plot)
    assert "Share of the way in % (cells):" in html
    assert html.count("stroke-dasharray") == 2


@pytest.mark.parametrize(("card", "value", "share"), [
    ({"chance": 0.25, "ceiling": 0.85}, 0.55, 0.5), ({"chance": 0.25}, 0.4, 0.2), ({"chance": 0.25}, 0.1, 0.0),
    ({"chance": 0.75, "direction": "lower"}, 0.375, 0.5), ({"chance": None}, 0.4, None),
    ({"chance": None, "unit": "bits per byte", "direction": "lower"}, 1.2, None),
    ({"chance": 8.0, "ceiling": 0.0, "unit": "bits per byte", "direction": "lower"}, 2.0, 0.75),
])
def test_the_way_runs_from_chance_to_the_ceiling(
    card: dict[str, Any], value: float, share: float | None
) -> None:
    """The ends are the card's; a proportion may leave its ceiling out, and without an end there is no scale."""
    scale = scale_to_ceiling(Headline.model_validate({"metric": "acc", "direction": "higher", **card}))
    assert (None if scale is None else round(shown(scale.correct(value)), 9)) == share
