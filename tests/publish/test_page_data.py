"""How pages are found: each has a link that leads to it, and every data file stands on the data page."""

from __future__ import annotations

import json
import posixpath

from .conftest import Told

#: The page for addresses that hold nothing, to which nothing leads.
NOWHERE = "404.html"


def targets(told: Told, path: str) -> set[str]:
    """The files that a page leads to, itself left out."""
    links = (link.attributes.get("href", "") for link in told.pages[path].all("a"))
    found = {posixpath.normpath(posixpath.join(posixpath.dirname(path), link.partition("#")[0]))
             for link in links if link and not link.startswith(("https://", "#"))}
    return found - {path}


def test_a_link_leads_to_every_page(told: Told) -> None:
    """From the first page on, links alone reach every page but the one for addresses that hold nothing."""
    reached, left = set[str](), ["index.html"]
    while left:
        path = left.pop()
        if path not in reached and path in told.pages:
            reached.add(path)
            left += targets(told, path)
    assert set(told.pages) - reached == {NOWHERE}


def test_the_footer_of_every_page_leads_to_the_pages_about_the_site(told: Told) -> None:
    """From each page one click leads to the pages that no other navigation names."""
    wanted = {"about.html", "contributors.html", "contamination.html", "lifecycle.html", "queue.html", "rules.html",
              "gates.html", "data.html", "find.html"}
    for path in told.pages:
        if path != NOWHERE:
            assert wanted - {path} <= targets(told, path), path


def test_the_data_page_leads_to_every_data_file(told: Told) -> None:
    """Each file of data, API, feeds and badges is a link on the data page, and no link there lacks its file."""
    files = {path.relative_to(told.site).as_posix() for folder in ("data", "api", "feeds", "badges")
             for path in (told.site / folder).rglob("*") if path.is_file()}
    linked = {one for one in targets(told, "data.html") if not one.endswith(".html")}
    assert linked == files
    page = told.pages["data.html"]
    assert {"all", "api", "feeds", "tasks", "models"} <= set(page.ids)
    manifest = json.loads((told.site / "api/v1/manifest.json").read_text())
    assert f"Cite as {manifest['citation']}" in page.text
    assert page.all("time")[0].attributes["datetime"] == manifest["as_of"]


def test_a_models_page_keeps_other_ways_of_asking_apart(own: Told) -> None:
    """Its first table has one row for each task; cells of other variants stand folded below it."""
    for model in own.files.models:
        page = own.pages[f"m/{model}.html"]
        assert len(page.all("table", id="tasks")[0].all("tr")) == 1 + len(own.files.cards)
        variants = [name for _, name in own.files.cells if name.startswith(f"{model}@")]
        rows = [len(one.all("tr")) - 1 for one in page.all("details")]
        assert rows == ([len(variants)] if variants else []), model
    assert any("@" in name for _, name in own.files.cells)
