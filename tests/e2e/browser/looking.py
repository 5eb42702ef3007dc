"""A browser that looks at a served site and says what is wrong with it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from commons.publish.serve import address, make_server

#: Debian's name first; the others are what machines of GitHub and of contributors have.
NAMES = ("chromium", "chromium-browser", "google-chrome")

#: Every rule of axe that a person may be held to, and its own list of good manners.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Watched:
    """What a page did that no page should do: ``errors`` of its console, and addresses ``strange`` to its ``home``."""

    errors: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    home: str = ""

    def begin(self, home: str) -> None:
        """Forget what was seen: another page begins."""
        self.home = home
        self.errors.clear()
        self.strange.clear()

    def faults(self) -> list[str]:
        """Each as a line."""
        return [f"console: {one}" for one in self.errors] + [f"leaves the site: {one}" for one in self.strange]


_watched: dict[Page, Watched] = {}
_AXE = Axe()


def find_browser() -> str:
    """The path of the browser.

    Raises:
        FileNotFoundError: there is none. The tests then fail, because a skipped browser test proves nothing.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return found
    sentence = "No chromium was found. On Debian or Ubuntu: sudo apt-get install chromium"
    raise FileNotFoundError(sentence)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A running browser without a window."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder while it is served on this machine."""
    with make_server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield address(server)
        finally:
            server.shutdown()
            thread.join()


def watch(page: Page) -> Watched:
    """What this page has done so far. Pages of ``window`` are watched from their first request on."""
    return _watched[page]


def _observe(page: Page) -> None:
    """Write down errors and turn away every request that leaves the site."""
    watched = _watched[page] = Watched()

    def on_route(route: Route) -> None:
        asked = route.request.url
        if urlsplit(asked).netloc == watched.home or asked.startswith(("data:", "blob:", "about:")):
            route.continue_()
        else:
            watched.strange.append(asked)
            route.abort()

    def on_console(message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            watched.errors.append(getattr(message, "text", ""))

    page.context.route("**", on_route)
    page.on("console", on_console)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))


@contextmanager
def window(
    browser: Browser, width: int = 1440, scheme: str = "light", javascript: bool = True, scale: float = 1
) -> Iterator[Page]:
    """An empty window, for any number of visits to one site. ``scheme`` is ``light`` or ``dark``."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=javascript, device_scale_factor=scale, permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    _observe(page)
    try:
        yield page
    finally:
        del _watched[page]
        context.close()


def visit(page: Page, url: str) -> None:
    """Go to an address; from here on, requests to other sites and errors are those of this visit."""
    _watched[page].begin(urlsplit(url).netloc)
    page.goto(url)


@contextmanager
def look(
    browser: Browser, url: str, width: int = 1440, scheme: str = "light", javascript: bool = True
) -> Iterator[Page]:
    """A page in a window of its own, which must leave no error and ask no other site.

    Nothing is checked where the test has already failed.
    """
    with window(browser, width, scheme, javascript) as page:
        visit(page, url)
        yield page
        assert (found := _watched[page].faults()) == [], f"{url}: {found}"


def axe(page: Page) -> list[str]:
    """Every violation that axe finds on the page, as a line a person can act on; nothing is left out."""
    found = _AXE.run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {' '.join(map(str, node['target']))} {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def hindrances(page: Page, url: str, axe_too: bool = True) -> list[str]:
    """Visit an address and say all that is wrong there: for axe, with the width, in the console, with requests.

    axe is a script itself: ``axe_too`` must be false where scripts are off.
    """
    visit(page, url)
    if axe_too and page.locator("#matrix").count():
        page.get_by_role("grid").wait_for()
    said = axe(page) if axe_too else []
    if one := wide(page):
        said.append(f"scrolls sideways: {one}")
    return said + _watched[page].faults()


def wide(page: Page) -> str | None:
    """The element that makes the page wider than its window, or nothing: a page never scrolls sideways."""
    answer: str | None = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return null;
          const out = [...document.body.querySelectorAll("*")].find(
            (one) => one.getBoundingClientRect().right > room + 1 && !one.parentElement.closest(".scroll, .matrix"));
          return out ? out.outerHTML.slice(0, 160) : "the page";
        }"""
    )
    return answer
