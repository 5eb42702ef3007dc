"""Every type of page in a real browser: narrow and dark, wide and light, and without scripts.

Each page is visited three times. ``benchmarks/site_browser.py`` looks at every width, scheme and setting together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import looking
from tests.e2e.browser.sites import build_real, build_states, types_of

Sites = dict[str, list[tuple[str, str]]]

#: What a page says: its words, and how many links it has. What scripts add is not counted.
SAID = """() => {
  const main = document.querySelector("main");
  const served = (what) =>
    [...main.querySelectorAll(what)].filter((one) => !one.closest("[data-added], dialog, .matrix"));
  const words = served("td, th[scope=row], p, li, dd, pre").map((one) => one.textContent.trim());
  return {words: words.filter(Boolean).sort(), links: served("a[href]").length};
}"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """For the site of this pool and that of one with every state: name and address of the page of each type."""
    folder = tmp_path_factory.mktemp("sites")
    build_real(folder / "real")
    build_states(folder / "pool", folder / "states")
    with looking.served(folder / "real") as real, looking.served(folder / "states") as states:
        yield {which: [(f"{which} {name}", home + path) for name, path in types_of(folder / which).items()]
               for which, home in (("real", real), ("states", states))}


def walked(page: Page) -> list[str]:
    """What keeps a keyboard from the content: the first Tab reaches the link that skips the head, Enter follows it."""
    page.keyboard.press("Tab")
    if (first := page.evaluate("document.activeElement.className")) != "skip":
        return [f"the first Tab reaches {first!r}"]
    page.keyboard.press("Enter")
    then = page.evaluate("document.activeElement.id")
    return [] if then == "main" else [f"Enter leads to {then!r}"]


def lost(plain: dict[str, Any], scripted: dict[str, Any]) -> list[str]:
    """What a page says without scripts, and no longer with them; and links that only one of both has."""
    links = [] if plain["links"] == scripted["links"] else [f"{plain['links']} links, {scripted['links']} with scripts"]
    return [*(f"lost: {one}" for one in sorted({*plain["words"]} - {*scripted["words"]})), *links]


def test_every_type_of_page_serves_everybody(sites: Sites, browser: Browser) -> None:
    """Narrow, dark and by keyboard: axe finds nothing, nothing is too wide, fails, or asks another site."""
    found = {}
    for pages in sites.values():
        with looking.window(browser, 360, "dark") as page:
            for name, url in pages:
                if said := looking.hindrances(page, url) + walked(page):
                    found[name] = said

    assert found == {}


def test_every_type_of_page_says_the_same_without_scripts(sites: Sites, browser: Browser) -> None:
    """Wide and light with scripts, narrower without: as sound, and each number, link and sentence is in both."""
    found = {}
    for pages in sites.values():
        with looking.window(browser) as page, looking.window(browser, 768, javascript=False) as plain:
            for name, url in pages:
                said = looking.hindrances(page, url) + looking.hindrances(plain, url, axe_too=False)
                said += lost(plain.evaluate(SAID), page.evaluate(SAID))
                if said:
                    found[name] = said

    assert found == {}


def test_a_page_that_fails_is_seen(sites: Sites, browser: Browser) -> None:
    """A page that loses a word, a link and the way past its head is named for each, so silence means something."""
    with looking.window(browser) as page:
        looking.visit(page, dict(sites["real"])["real home"])
        before = page.evaluate(SAID)
        page.evaluate("document.querySelector('main p').remove(); document.querySelector('main a[href]').remove();"
                      "document.querySelector('.skip').remove()")

        assert {one.split(":")[0].split()[-1] for one in lost(before, page.evaluate(SAID))} == {"lost", "scripts"}
        assert len(walked(page)) == 1
