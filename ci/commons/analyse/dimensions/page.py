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
    for one in all_dimensions():
        page = re.sub(r"^## ", "### ", one.page, flags=re.MULTILINE)
        yield from ("", f"## {one.title.rstrip('.')}", "", page)
