"""No text that anybody may contribute makes a page wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from commons.pool import cellfile
from commons.publish.build import build
from tests.e2e.browser import looking
from tests.e2e.browser.pages import matrix_data
from tests.e2e.browser.sites import types_of
from tests.publish.synthetic import Pool, accuracy, model, rows

PageAt = Callable[..., AbstractContextManager[Page]]
LONG = "L" * 500
METRIC = "m" * 100


def unbroken(root: Path) -> Pool:
    """A pool whose every text is one word, as long as the formats allow or nearly so."""
    pool, name = Pool(root), "a" * 64
    licence = "LicenseRef-" + "W" * 189
    pool.models(model(name, name="M" * 100, family="F" * 100, notes=LONG, licence=licence), model("beta"))
    pool.task("sums", licence=licence, title="T" * 80, summary="S" * 400, owners=["o" * 39], known_biases=LONG,
              citation=LONG, known_broken=[{"item": LONG, "reason": LONG}],
              headline={"metric": METRIC, "direction": "higher", "unit": "u" * 100})
    given = {"metrics": {f"{METRIC},none": accuracy([1.0, 0.0])}, "names": (f"{METRIC},none",)}
    pool.cell("sums", name, rows([1.0, 0.0]), **given, variant="v" * 64)
    path = pool.cell("sums", name, rows([1.0, 0.0]), **given)
    cell = cellfile.from_text(path.read_text(), path)
    long = {"host": LONG, "engine": LONG, "weights": LONG, "run_url": f"https://run.example/{LONG}"}
    pool.repository.ledger.write_cell(replace(cell, provenance=cell.provenance.model_copy(update=long)))
    return pool


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site."""
    root = tmp_path_factory.mktemp("wide")
    build(unbroken(root / "pool").repository, root / "_site")
    return root / "_site"


@pytest.mark.parametrize("width", [320, 1280])
def test_no_text_widens_a_page(wide: Path, page_at: PageAt, width: int) -> None:
    """The page of each type stays as wide as the window; what cannot be broken scrolls in a box of its own."""
    found = {}
    with looking.served(wide) as home:
        for path in types_of(wide).values():
            with page_at(home + path, width=width) as page:
                found[path] = page.evaluate("document.documentElement.scrollWidth")
    assert len(found) > 15
    assert {path: size for path, size in found.items() if size > width} == {}


def test_no_button_breaks_its_word(wide: Path, page_at: PageAt) -> None:
    """Long words may break anywhere, and the words on buttons nowhere."""
    with looking.served(wide) as home, page_at(home + "index.html", width=320) as page:
        assert page.locator(".find button").evaluate("one => one.getBoundingClientRect().height") < 40


def test_the_matrix_is_as_high_as_its_rows(fixtures: str, page_at: PageAt) -> None:
    """A filter that leaves few rows leaves no empty box, and all rows scroll in one that fits the window."""
    data = matrix_data(80, 60)
    with page_at(fixtures + "matrix.html") as page:
        box = page.locator(".matrix")
        box.wait_for()
        high = box.evaluate("one => one.clientHeight")
        assert high <= page.evaluate("innerHeight") * 0.75
        page.get_by_label("Filter models").fill(data["models"][-1]["name"])
        rows = box.get_by_role("row").filter(visible=True)
        expect(rows).to_have_count(2)
        assert box.evaluate("one => one.clientHeight") < 250
        page.get_by_label("Filter models").fill("")
        expect(box).to_have_js_property("clientHeight", high)
        assert rows.count() > 10


def test_a_head_says_all_there_is_to_know_of_its_column(fixtures: str, page_at: PageAt) -> None:
    """Metric and unit are not cut off, and which way is better stands there."""
    with page_at(fixtures + "matrix.html", width=1280) as page:
        page.locator(".matrix").wait_for()
        heads = page.get_by_role("columnheader").get_by_role("button")
        said = heads.all_inner_texts()
        assert said
        assert [one for one in said if "higher is better" not in one and "lower is better" not in one] == []
        cut = heads.evaluate_all("all => all.filter((one) => one.scrollHeight > one.clientHeight).length")
        assert cut == 0
