"""One example of every plot, and what tests need to read a drawing back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from xml.etree import ElementTree

from commons.pool.card import PROPORTION
from commons.publish.environment import make_environment
from commons.publish.numbers import scale_for
from commons.publish.plots.calibration import calibration
from commons.publish.plots.drawing import Estimate
from commons.publish.plots.frame import Frame, Words
from commons.publish.plots.frontier import Model, frontier
from commons.publish.plots.headroom import Standing, headroom
from commons.publish.plots.heatmap import heatmap
from commons.publish.plots.history import Version, history
from commons.publish.plots.places import Ranged, places
from commons.publish.plots.strip import strip
from commons.stats.dimensions.calibration import Bin
from tests.builders import REPOSITORY_ROOT

SCALE = scale_for(PROPORTION, [])
COMMIT = "https://example.org/commit/abc"
_ENVIRONMENT = make_environment(REPOSITORY_ROOT / "site" / "templates")
_STEP = re.compile(r"([MmLHhVvz])([^MmLHhVvz]*)")


def day(month: int, date: int = 1) -> datetime.date:
    """A day of 2026."""
    return datetime.date(2026, month, date)


def examples(label: str, bad: float | None = None) -> dict[str, object]:
    """Every plot with ``label`` wherever contributed text may stand, and ``bad`` wherever a number may."""
    some = 0.5 if bad is None else bad
    wild = Estimate(some, (some, some))
    good = Estimate(0.6, (0.5, 0.7))
    return {
        "headroom": headroom("h", [Standing(label, "t/a.html", good, chance=0.25, human=0.9, ceiling=0.95),
                                   Standing(label, "t/b.html", wild, label, some, some, some)]),
        "strip": strip("s", [0.0, 0.25, 0.25, 1.0, some], 4),
        "calibration": calibration("c", [Bin(0.2, 0.4, 10, 0.3, 0.2), Bin(0.4, 0.6, 5, some, some)]),
        "frontier": frontier("f", [Model(label, "m/a.html", 0.01, good), Model(label, "m/b.html", some, wild),
                                   Model(label, "m/c.html", None, good)], SCALE, label, label, label),
        "history": history("y", [Version(day(1), good, "a", label, COMMIT), Version(day(2), wild, "b", label),
                                 Version(day(3), None, "b", label, COMMIT)], SCALE, label),
        "heatmap": heatmap("m", [Words(label, "m/a.html"), Words("b")], [Words(label), Words("y")],
                           [[0.1, None], [some, 1.0]], label),
        "places": places("p", [Ranged(label, "m/a.html", 1, 2, label), Ranged(label, "m/b.html", 1, 2),
                               Ranged(label, "", 3, 3)]),
    }


def drawn(name: str, plot: object, to: Callable[[str], str] = lambda path: "../" + path) -> str:
    """The HTML of a plot."""
    module = _ENVIRONMENT.get_template(f"macros/plots/{name}.html").module
    return str(module.draw(plot, to))  # type: ignore[attr-defined]


def tree(html: str) -> ElementTree.Element:
    """The markup as XML, which fails where it is not well-formed."""
    return ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own templates


def frame_of(plot: object) -> Frame:
    """A plot's frame."""
    found = plot.frame  # type: ignore[attr-defined]
    assert isinstance(found, Frame)
    return found


def corners(path: str) -> list[tuple[float, float]]:
    """Every point that a path passes, in its box."""
    x = y = 0.0
    found = []
    for kind, text in _STEP.findall(path):
        at = [float(one) for one in text.split()]
        pairs = [at] if kind in "HhVvz" else [at[0:2], *([at[2:4]] if len(at) > 2 else [])]
        for pair in pairs:
            if kind in "ML":
                x, y = pair
            elif kind == "m":
                x, y = x + pair[0], y + pair[1]
            elif kind in "Hh":
                x = pair[0] + (x if kind == "h" else 0)
            elif kind in "Vv":
                y = pair[0] + (y if kind == "v" else 0)
            found.append((x, y))
    return found


def inside(path: str, width: float = 100.0, height: float = 100.0) -> bool:
    """Whether a path stays in its box, but for rounding."""
    return all(-0.02 <= x <= width + 0.02 and -0.02 <= y <= height + 0.02 for x, y in corners(path))
