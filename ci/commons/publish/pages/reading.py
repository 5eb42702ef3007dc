"""The pages that only explain: how to read a number here, and what to do at an address that holds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from markupsafe import Markup

from commons.pool.card import PROPORTION
from commons.pool.cell import Metric
from commons.publish.addresses import READING
from commons.publish.documents import document, own_text
from commons.publish.frame import Place
from commons.publish.numbers import Scale
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.snapshot import Snapshot
from commons.stats.differences import bonett_price
from commons.stats.intervals import wilson
from commons.stats.paired import mcnemar_exact
from commons.stats.power import smallest_difference

ITEMS = 60
#: Of 60 made-up items both models get 23 right, only the first 15, only the second 3, and neither 19.
BOTH, ONLY_FIRST, ONLY_SECOND = 23, 15, 3

GLOSSARY = "docs/numbers.md"
_GLOSSARY_HEADING = "## Words on the screen"


@dataclass(frozen=True)
class Pair:
    """Two made-up models on the same items: what each gets right, and what the paired test says. Shares are of 1."""

    first: Metric
    second: Metric
    both: int
    only_first: int
    only_second: int
    difference: float
    interval: tuple[float, float]
    p: float
    shows: float


@dataclass(frozen=True)
class ReadingView:
    """Two example numbers and the scale they are drawn on, with a chance level of one in four.

    ``pair`` is the worked example, ``glossary`` the words of the program's own documentation; None where the program
    runs from no checkout.
    """

    example: Metric
    skewed: Metric
    scale: Scale
    chance: float
    unit: str
    pair: Pair
    glossary: Markup | None


@dataclass(frozen=True)
class Nowhere:
    """The page for addresses that hold nothing. It is shown at any of them, so no relative link can be right."""

    place: Place

    def to(self, path: str) -> str:
        """A page as it is reached from every address of the site, where it is known where the site stands."""
        return path if self.place.site is None else f"{urlsplit(self.place.site).path}/{path}"


@pool_pages
class Reading:
    """How to read a number."""

    name = "reading"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """The explanation, and the page for addresses that hold nothing."""
        yield Page(READING, "How to read a number", "What score, margin, whisker and each state mean.", "reading.html",
                   partial(_view, own_text(GLOSSARY)))
        yield Page("404.html", "Not here", "This address holds nothing.", "404.html",
                   ready(Nowhere(snapshot.frame.place)))


def _view(numbers: str | None) -> ReadingView:
    pair = example_pair()
    return ReadingView(pair.first, _right(ITEMS - 1), Scale(0.0, 1.0, PROPORTION), 0.25, PROPORTION, pair,
                       glossary(numbers))


def glossary(numbers: str | None) -> Markup | None:
    """The section of the documentation that explains words; None where it is not at hand."""
    if numbers is None or _GLOSSARY_HEADING not in numbers:
        return None
    return document(GLOSSARY, numbers.partition(_GLOSSARY_HEADING)[2].partition("\n## ")[0]).body


def example_pair() -> Pair:
    """The worked example, computed as every pair of the pool is."""
    return Pair(
        first=_right(BOTH + ONLY_FIRST), second=_right(BOTH + ONLY_SECOND), both=BOTH, only_first=ONLY_FIRST,
        only_second=ONLY_SECOND, difference=(ONLY_FIRST - ONLY_SECOND) / ITEMS,
        interval=bonett_price(ONLY_FIRST, ONLY_SECOND, ITEMS), p=mcnemar_exact(ONLY_FIRST, ONLY_SECOND),
        shows=smallest_difference(ITEMS),
    )


def _right(right: int) -> Metric:
    return Metric(value=right / ITEMS, stderr=None, interval=wilson(right, ITEMS), method="Wilson", n=ITEMS,
                  aggregation="mean", higher_is_better=True)
