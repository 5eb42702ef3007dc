"""The pictures of the site in docs/screenshots: taken by this test, so that they show what is there.

``make screenshots`` takes them anew. Without it a few are taken into a folder that is thrown away, and it is tested
that they can be taken, and that the kept ones are light and of pages that the program still writes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.builders import REPOSITORY_ROOT
from tests.e2e.browser import looking
from tests.e2e.browser.sites import FOLDERS, build_real, types_of

PLACE = REPOSITORY_ROOT / "docs" / "screenshots"
#: Numbered sheets look like the big table, which has its picture.
LEFT_OUT = ("matrix-sheet", "missing")
ON_THE_PHONE = ("home", "task", "cell")
WIDTH, HEIGHT, QUALITY = 1120, 760, 46
PHONE_WIDTH, PHONE_HEIGHT = 360, 720
#: On average, so that a clone stays small.
MOST_BYTES = 60_000
#: Whether the pictures are kept.
KEEP = bool(os.environ.get("SCREENSHOTS"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this pool."""
    folder = tmp_path_factory.mktemp("site") / "_site"
    build_real(folder)
    return folder


def shoot(page: Page, url: str, to: Path, height: int) -> None:
    """The beginning of a page, no lower than the page itself."""
    looking.visit(page, url)
    if page.locator("#matrix").count():
        page.get_by_role("grid").wait_for()
    whole = page.evaluate("document.documentElement.scrollHeight")
    width = (page.viewport_size or {})["width"]
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=to, type="jpeg", quality=QUALITY, full_page=True, animations="disabled",
                    clip={"x": 0, "y": 0, "width": width, "height": min(height, whole)})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_of_each_type_of_page_can_be_taken(
    site: Path, tmp_path: Path, browser: Browser, scheme: str
) -> None:
    """In a wide window and on a phone; each is a picture of its own."""
    place = PLACE if KEEP else tmp_path
    types = {name: path for name, path in types_of(site).items() if name not in LEFT_OUT}
    phone = {name: types[name] for name in ON_THE_PHONE if name in types}
    wide = types if KEEP else phone
    with looking.served(site) as home:
        with looking.window(browser, WIDTH, scheme) as page:
            for name, path in wide.items():
                shoot(page, home + path, place / f"{name}-{scheme}.jpg", HEIGHT)
        with looking.window(browser, PHONE_WIDTH, scheme, scale=1.5) as page:
            for name, path in phone.items():
                shoot(page, home + path, place / f"{name}-phone-{scheme}.jpg", PHONE_HEIGHT)
    taken = {path.name: path.read_bytes() for path in place.glob(f"*-{scheme}.jpg")}

    assert {*taken} >= {f"{name}-{scheme}.jpg" for name in wide} | {f"{name}-phone-{scheme}.jpg" for name in phone}
    assert len({*taken.values()}) == len(taken)


def test_kept_pictures_are_light_and_of_pages_that_there_are(site: Path) -> None:
    """No picture is of a page that the program stopped writing, and together they stay small."""
    kept = sorted(PLACE.iterdir())
    types = {*FOLDERS.values(), *types_of(site)} - {*LEFT_OUT}
    ends = [f"{where}-{scheme}.jpg" for where in ("", "-phone") for scheme in ("light", "dark")]
    known = {name + end for name in types for end in ends}

    assert [path.name for path in kept if path.name not in known] == [], "run `make screenshots`"
    assert sum(path.stat().st_size for path in kept) <= MOST_BYTES * len(kept), "run `make screenshots`"
