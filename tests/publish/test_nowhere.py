"""The page for addresses that hold nothing, the crumbs, what feeds are about, and long lists on cards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commons.publish.build import Wishes, build
from commons.publish.frame import Place

from .conftest import Told
from .reading import read_page
from .synthetic import Pool, model, rows
from .test_data_feeds import ATOM, xml

LANGUAGES = ["de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "tr"]


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site that knows that it stands in a folder of a host."""
    root = tmp_path_factory.mktemp("placed")
    pool = Pool(root / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", languages=LANGUAGES)
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    build(pool.repository, root / "_site", Wishes(place=Place("https://evals.example/pool")))
    return root / "_site"


def test_the_page_of_nowhere_is_whole_at_every_address(placed: Path, site: Path) -> None:
    """It stands at addresses of any depth, so its links begin at the host where the site knows its place."""
    page = read_page(placed / "404.html")
    links = [value for element in page.elements for name, value in element.attributes.items()
             if name in {"href", "src", "action", "data-index"} and not value.startswith(("#", "https:"))]
    assert len(links) > 10
    assert [link for link in links if not link.startswith("/pool/")] == []
    assert "/pool/static/site.css" in links
    assert 'href="static/site.css"' in (site / "404.html").read_text()
    assert 'href="static/site.css"' in (placed / "index.html").read_text()


def test_crumbs_end_in_the_page(made_up: Told) -> None:
    """No line of crumbs ends in a slash."""
    crumbs = {path: one.text.strip() for path, page in made_up.pages.items() for one in page.all("p", class_="crumbs")}
    assert {path.split("/")[0] for path in crumbs} >= {"gates", "rules", "method", "r"}
    assert [path for path, words in crumbs.items() if words.endswith("/")] == []


def test_a_feed_leads_to_the_page_that_shows_the_same(placed: Path) -> None:
    """Corrections stand among the changes, tasks among the tasks."""
    found = {}
    for name in ("tasks", "results", "amendments"):
        links = xml((placed / f"feeds/{name}.atom").read_text(encoding="utf-8")).findall(f"{ATOM}link")
        found[name] = [link.get("href") for link in links if link.get("rel") == "alternate"]
    home = "https://evals.example/pool/"
    assert found == {"tasks": [f"{home}tasks.html"], "results": [f"{home}index.html"],
                     "amendments": [f"{home}changes.html"]}


def test_a_card_names_few_languages(placed: Path) -> None:
    """A page of a group names eight and counts the others, so that many tasks in many languages stay small."""
    text = re.sub(r"\s+", " ", (placed / "l/de.html").read_text())
    assert "Korean and 2 more</dd>" in text
    assert "Turkish" not in text


def test_the_table_of_all_counts_what_was_run(placed: Path) -> None:
    """Models that are registered and models that were run are two numbers."""
    assert "2 models, of which 1 was run, on 1 task." in read_page(placed / "matrix.html").text
