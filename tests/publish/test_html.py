"""Every page: well formed, every link resolves, nothing from elsewhere, light, and readable in both schemes."""

from __future__ import annotations

import gzip
import re
import statistics
from pathlib import Path
from urllib.parse import unquote

import pytest

from .conftest import Told
from .reading import Page, read_page, read_site
from .synthetic import SITE

KILOBYTE = 1024
POLICY = ("default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
          "base-uri 'none'; form-action 'self'")
#: Pages that show no measurement: what the program says of itself, and a model that nobody ran.
UNMEASURED = ("404.html", "reading.html", "method", "rules", "gates", "m/gamma.html")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Every page of the site."""
    return read_site(site)


def test_the_site_has_a_page_of_every_type(pages: dict[str, Page]) -> None:
    """Home, tasks, models, cells with their further pages, coverage, reading and 404 are there as flat files."""
    assert {"index.html", "coverage.html", "reading.html", "404.html", "t/sums.html", "m/served.html",
            "r/sums/alpha.html", "r/sums/alpha~2.html", "r/sums/alpha~3.html",
            "r/sums/alpha@options-reversed.html"} <= set(pages)


def test_every_tag_closes(pages: dict[str, Page]) -> None:
    """Each page is well formed, and no id stands twice on it."""
    for path, page in pages.items():
        assert page.faults == [], path
        assert len(set(page.ids)) == len(page.ids), path


def test_every_internal_link_resolves(pages: dict[str, Page], site: Path) -> None:
    """Every relative link leads to a file of the site, and its fragment to an id there."""
    checked = 0
    for path, page in pages.items():
        for element in page.elements:
            target = element.attributes.get("href") or element.attributes.get("src")
            if target is None or target.startswith("https://"):
                continue
            file, _, fragment = target.partition("#")
            there = (site / path).parent.joinpath(unquote(file)).resolve() if file else (site / path).resolve()
            assert there.is_file(), f"{path}: {target}"
            if fragment:
                other = pages[there.relative_to(site.resolve()).as_posix()]
                assert fragment in other.ids, f"{path}: {target}"
            checked += 1
    assert checked > 300


def test_nothing_comes_from_elsewhere(pages: dict[str, Page], site: Path) -> None:
    """Only people's profiles and licences lead elsewhere; whatever is loaded is a file of the site's own."""
    for path, page in pages.items():
        for element in page.elements:
            loaded = [element.attributes[name] for name in ("src", "data-src", "data-index", "action", "data-pairs")
                      if name in element.attributes]
            if element.tag == "link":
                loaded.append(element.attributes["href"])
            for target in loaded:
                assert "//" not in target, path
                assert (site / path).parent.joinpath(target).resolve().is_file(), (path, target)
            target = element.attributes.get("href", "")
            if "//" in target:
                assert element.tag == "a", path
                assert re.fullmatch(r"https://(github\.com/[\w-]+|spdx\.org/licenses/[\w.+-]+\.html)", target)
    for sheet in (site / "static").glob("*.css"):
        assert not re.search(r"url\(|@import|//", sheet.read_text()), sheet.name
    for script in (site / "static").glob("*.js"):
        assert not re.search(r"https?://", script.read_text()), script.name


def test_every_page_holds_its_frame(pages: dict[str, Page]) -> None:
    """Language, title, description, viewport, policy, skip link, navigation, main and footer are on every page."""
    for path, page in pages.items():
        assert page.all("html")[0].attributes["lang"] == "en"
        assert page.all("title")[0].text.endswith("Eval Commons")
        meta = {element.attributes.get("name"): element.attributes.get("content") for element in page.all("meta")}
        assert meta["description"], path
        assert "width=device-width" in str(meta["viewport"])
        policy = next(one.attributes["content"] for one in page.all("meta") if "http-equiv" in one.attributes)
        assert policy == POLICY, path
        assert page.all("a", class_="skip")[0].attributes["href"] == "#main"
        assert "main" in page.ids
        assert len(page.all("h1")) == 1
        footer = page.all("footer")[0]
        assert ("Newest measurement: 20 November 2026." in footer.text) != path.startswith(UNMEASURED), path
        assert "Apache-2.0" in footer.text


def test_no_page_needs_what_its_policy_forbids(pages: dict[str, Page]) -> None:
    """Scripts are files and wait for the page; there is no inline script or style and no event handler."""
    for path, page in pages.items():
        for element in page.elements:
            assert element.tag not in {"style", "iframe", "object", "embed", "base"}, path
            assert not {name for name in element.attributes if name == "style" or name.startswith("on")}, path
            if element.tag == "script":
                assert set(element.attributes) == {"src", "defer"}, path
                assert element.raw == "", path


def compressed(path: Path) -> int:
    """What a file weighs as it travels."""
    return len(gzip.compress(path.read_bytes(), mtime=0))


@pytest.mark.parametrize("of", ["made_up", "own"])
def test_pages_are_light(request: pytest.FixtureRequest, of: str) -> None:
    """Half of the pages travel in 15 KB and all but few in 60, the first one in 100, with 1,400 elements at most."""
    told: Told = request.getfixturevalue(of)
    sizes = {path: compressed(told.site / path) for path in told.pages}
    assert statistics.median(sizes.values()) <= 15 * KILOBYTE
    assert sizes.pop("index.html") <= 100 * KILOBYTE
    assert max(sizes.values()) <= 60 * KILOBYTE, max(sizes, key=sizes.__getitem__)
    for path, page in told.pages.items():
        assert len(page.elements) <= 1400, path


def test_scripts_and_sheets_of_a_page_are_light(pages: dict[str, Page], site: Path) -> None:
    """What a page needs beside its text travels in 4 KB of script and 4 KB of style, with plots in 5.5 of style."""
    for path, page in pages.items():
        if path in {"matrix.html", "compare.html"}:  # the tools: a table of any size, and a choice of models
            continue
        folder = (site / path).parent
        scripts = [folder / one.attributes["src"] for one in page.all("script")]
        sheets = [folder / one.attributes["href"] for one in page.all("link", rel="stylesheet")]
        assert scripts
        assert sheets
        assert sum(map(compressed, scripts)) <= 4 * KILOBYTE, path
        draws = any(sheet.name == "plots.css" for sheet in sheets)
        assert sum(map(compressed, sheets)) <= (5.5 if draws else 4) * KILOBYTE, path
        assert not draws or page.all("svg"), path


def test_wide_tables_scroll_in_a_region_that_keys_reach(pages: dict[str, Page]) -> None:
    """Each scroll box can be focused and says what it holds."""
    boxes = [box for page in pages.values() for box in page.all("div", class_="scroll")]
    assert boxes
    for box in boxes:
        assert (box.attributes["tabindex"], box.attributes["role"]) == ("0", "region")
        assert box.attributes["aria-label"]


def test_rows_are_paged_by_twenty(site: Path) -> None:
    """45 rows stand on three pages that lead to each other."""
    first, second, third = (read_page(site / f"r/sums/alpha{end}.html") for end in ("", "~2", "~3"))
    assert [len(page.all("article")) for page in (first, second, third)] == [20, 20, 5]
    assert "Rows 21–40 of 45" in second.text
    words = [[link.text for link in page.all("main")[0].all("nav", class_="paging")] for page in (first, second, third)]
    assert words[0][0] == "Rows 1–20 of 45 Next Last"
    assert words[1][0] == "First Previous Rows 21–40 of 45 Next Last"
    assert words[2][0] == "First Previous Rows 41–45 of 45"
    assert "i-s44" in third.ids


def test_a_row_shows_prompt_choices_gold_and_answer(site: Path) -> None:
    """A wrong row marks the chosen and the gold option, each beside its log-likelihood; the header stands once."""
    page = read_page(site / "r/sums/alpha~2.html")
    row = next(one for one in page.all("article") if one.attributes["id"] == "i-s30")
    for words in ("What is 30 + 30?", "−1.25 wrong 30 chosen", "−2.50 right 30 gold", "Answer answer 30", "acc 0"):
        assert words in row.text
    assert sum("Add the numbers." in one.text for one in page.all("pre")) == 1


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    light = []
    for colour in (one, other):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_text_has_contrast(scheme: int, ink: str, ground: str) -> None:
    """Every text colour stands out from every ground by 4.5 to 1, light and dark."""
    css = (SITE / "static/site.css").read_text()
    colours = {name: pair for name, *pair in re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", css)}
    assert _contrast(colours[ink][scheme], colours[ground][scheme]) >= 4.5
