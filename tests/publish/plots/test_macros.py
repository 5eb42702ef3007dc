"""The macros under the site's own environment."""

from __future__ import annotations

import math
import re

import pytest

from commons.publish.plots.calibration import calibration
from commons.publish.plots.drawing import Estimate
from commons.publish.plots.frontier import Model, frontier
from commons.publish.plots.history import Version, history
from commons.publish.plots.strip import strip

from .drawn import COMMIT, SCALE, day, drawn, examples, frame_of, tree

PLOTS = sorted(examples("x"))
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>\u202e&amp;\x00]]>" + "a" * 5000


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("bad", [None, math.nan, math.inf, -1.0, 1e300])
def test_every_plot_is_well_formed_and_named(name: str, bad: float | None) -> None:
    """Whatever the numbers, the markup is XML, the drawing has role, title and description, and ids are unique."""
    plot = examples("alpha", bad)[name]
    root = tree(drawn(name, plot))
    images = [one for one in root.iter("svg") if one.get("role") == "img"]
    ids = [one.get("id") for one in root.iter() if one.get("id")]

    assert len(images) == 1
    assert images[0].get("aria-labelledby", "").split() == ids == [f"{frame_of(plot).id}-{part}"
                                                                   for part in ("title", "desc")]
    assert images[0].findtext("title") == frame_of(plot).title
    assert not list(images[0].iter("a")), "a drawing with role img may hold nothing to press"
    assert "nan" not in "".join(one.get("d", "") + one.get("cx", "") for one in root.iter())
    assert "inf" not in "".join(one.get("d", "") + one.get("cx", "") for one in root.iter())


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_has_its_numbers_as_a_table(name: str) -> None:
    """A table with a head for each column and row stands behind the drawing, in a region that scrolls by keyboard."""
    plot = examples("alpha")[name]
    root = tree(drawn(name, plot))
    details = root.find("details")
    assert details is not None
    region, table = details.find("div"), details.find("div/table")

    assert details.findtext("summary") == "The numbers as a table"
    assert region is not None
    assert (region.get("role"), region.get("tabindex")) == ("region", "0")
    assert table is not None
    assert [one.get("scope") for one in table.iter("th")].count("row") == len(frame_of(plot).table.rows)
    assert all(len(row) == len(frame_of(plot).table.columns) for row in table.iter("tr"))


@pytest.mark.parametrize("name", PLOTS)
def test_hostile_text_is_shown_as_text(name: str) -> None:
    """Markup in a label opens no element and no attribute, and unseen characters are written out."""
    html = drawn(name, examples(HOSTILE)[name])
    root = tree(html)

    assert {"script", "img"}.isdisjoint(one.tag for one in root.iter())
    assert not any(key.startswith("on") or key == "style" for one in root.iter() for key in one.attrib)
    assert "\u202e" not in html
    assert "<U+202E>" in "".join(root.itertext()) or name in {"strip", "calibration"}
    assert "a" * 1001 not in html, "a long label would make a long page"


@pytest.mark.parametrize("name", PLOTS)
def test_markup_holds_no_style_and_no_colour(name: str) -> None:
    """Colours are the style sheet's: the policy forbids style attributes, and dark mode needs tokens."""
    html = drawn(name, examples("alpha")[name])

    assert "style" not in html
    assert not re.search(r"\b(fill|stroke)=", html)


@pytest.mark.parametrize("name", ["headroom", "frontier", "history", "heatmap", "places"])
def test_links_go_through_the_page_or_to_the_web(name: str) -> None:
    """Paths are made relative by the page; a web address stays as it is."""
    hrefs = {one.get("href") for one in tree(drawn(name, examples("alpha")[name])).iter("a")}

    assert hrefs
    assert all(href == COMMIT or (href or "").startswith("../") for href in hrefs)
    assert (COMMIT in hrefs) == (name == "history")


def test_points_that_are_links_have_names() -> None:
    """Each linked point lies in a group beside the drawing, and its title says what it is."""
    root = tree(drawn("frontier", examples("alpha")["frontier"]))
    groups = [one for one in root.iter("svg") if one.get("role") == "group"]

    assert len(groups) == 1
    assert all("alpha: " in (link.findtext("title") or "") for link in groups[0].iter("a"))


def test_plots_of_one_page_share_no_id() -> None:
    """Two plots with names of their own stand on a page without a clash."""
    html = "".join(drawn(name, plot) for name, plot in examples("alpha").items())
    ids = re.findall(r' id="([^"]*)"', html)

    assert len(ids) == len(set(ids)) == 2 * len(PLOTS)


@pytest.mark.parametrize("plot", [
    ("frontier", frontier("a", [Model("x", "m/x.html", None, Estimate(0.5))], SCALE, "accuracy", "cost", "seconds")),
    ("history", history("a", [Version(day(1), None, "k")], SCALE, "accuracy")),
    ("calibration", calibration("a", [])),
    ("strip", strip("a", [], 3)),
], ids=lambda plot: plot[0])
def test_an_empty_plot_says_so(plot: tuple[str, object]) -> None:
    """Axes without a point would look like a fault; words stand instead, and what is known stays in the table."""
    root = tree(drawn(*plot))

    assert not list(root.iter("svg"))
    assert "nothing to draw" in "".join(root.itertext())
    assert root.find("details//table") is not None


def test_only_points_of_the_frontier_are_tab_stops() -> None:
    """Dominated points can be many: they are pressed with a pointer, or reached in the table."""
    plot = frontier("a", [Model("ahead", "m/a.html", 1.0, Estimate(0.9)), Model("behind", "m/b.html", 2.0,
                                                                                 Estimate(0.1))],
                    SCALE, "accuracy", "cost", "seconds")
    root = tree(drawn("frontier", plot))
    stops = {link.get("href"): link.get("tabindex") for one in root.iter("svg") for link in one.iter("a")}

    assert stops == {"../m/a.html": None, "../m/b.html": "-1"}
    assert [link.get("href") for link in root.findall("details//a")] == ["../m/a.html", "../m/b.html"]
