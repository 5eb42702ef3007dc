"""The page of the dimensions: docs/dimensions.md, made from their docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.analyse.dimensions.registry import all_dimensions

DIMENSIONS_PAGE = "docs/dimensions.md"


def dimensions_page() -> str:
    """The text of docs/dimensions.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Dimensions"
    yield ""
    yield "<!-- Made by `commons docs` from ci/commons/analyse/dimensions: edit that. -->"
    yield ""
    yield "HELM (Liang et al. 2022, arXiv 2211.09110) looks at a model from seven sides. Each side is computed here"
    yield "from committed rows alone, and where it is not HELM's number it says so."
    yield ""
    yield "```sh"
    yield "commons dimensions TASK                  # every model of a task"
    yield "commons dimensions TASK MODEL --bins     # one model, with the bins of its calibration error"
    yield "commons dimensions TASK MODEL --json     # for machines"
    yield "commons run TASK --model MODEL --variant robustness    # what robustness needs; as well: fairness"
    yield "```"
    yield ""
    yield "Only whole canonical cells of our own that are not stale are looked at, and variants of the same version."
    yield "What could not be measured is named with its reason, and is never shown as 0."
    yield ""
    yield "Beside each number stands which way it is better. In brackets is its 95% interval:"
    yield ""
    yield "- Wilson: of shares of right answers; where items share sources, on the number of items that they are worth."
    yield "- Student's t: of means, with an error that counts clusters, items that share a source, as one draw each."
    yield "- BCa bootstrap: items or clusters are drawn again 2,000 times; the ends are percentiles of what that gives,"
    yield "  corrected for bias and skew (Efron 1987). From 50 clusters on."
    yield "- Jackknife: clusters are left out one after the other; Student's t on how much that changes. Below 50."
    yield ""
    yield "Why these: docs/decisions/0026-error-bars.md. A value of one run, or given for contrast, has no interval."
    for one in all_dimensions():
        page = re.sub(r"^## ", "### ", one.page, flags=re.MULTILINE)
        yield from ("", f"## {one.title.rstrip('.')}", "", page)
