"""The pages that only explain: how to read a number here, and what to do at an address that holds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.pool.card import PROPORTION
from commons.pool.cell import Metric
from commons.publish.addresses import READING
from commons.publish.numbers import Scale
from commons.publish.pages import Page, page
from commons.publish.snapshot import Snapshot

#: 38 of 60 right, with Wilson's interval. It stands for no model.
EXAMPLE = Metric(
    value=0.6333333333, stderr=None, interval=(0.5068300063, 0.7437908331), method="Wilson", n=60, aggregation="mean",
    higher_is_better=True,
)
#: 59 of 60 right: the interval reaches much further down than up.
SKEWED = EXAMPLE.model_copy(update={"value": 0.9833333333, "interval": (0.9114487027, 0.9970518402)})


@dataclass(frozen=True)
class ReadingView:
    """Two example numbers and the scale they are drawn on, with a chance level of one in four."""

    example: Metric
    skewed: Metric
    scale: Scale
    chance: float
    unit: str


@page
class Reading:
    """How to read a number."""

    name = "reading"

    def addresses(self, snapshot: Snapshot) -> Iterable[Page]:  # noqa: ARG002 - the same for every pool
        """The explanation, and the page for addresses that hold nothing."""
        view = ReadingView(EXAMPLE, SKEWED, Scale(0.0, 1.0, PROPORTION), 0.25, PROPORTION)
        yield Page(READING, "How to read a number", "What score, margin, whisker and each state mean.", "reading.html",
                   view)
        yield Page("404.html", "Not here", "This address holds nothing.", "404.html", None)
