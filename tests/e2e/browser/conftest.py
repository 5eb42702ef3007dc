"""One browser for the tests of this folder, and what they look with (see looking.py)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import looking
from tests.e2e.browser.pages import write_pages


# Of this folder and not of the session: while Playwright runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser that every test of this folder shares."""
    with looking.open_browser() as one:
        yield one


@pytest.fixture
def page_at(browser: Browser) -> Callable[..., AbstractContextManager[Page]]:
    """Opens a watched page, given ``url``, ``width=1440``, ``scheme="light"``, ``javascript=True``; see ``look``."""
    return functools.partial(looking.look, browser)


@pytest.fixture
def watch() -> Callable[[Page], looking.Watched]:
    """What a page has done so far: ``watch(page)`` holds console errors and requests to other sites."""
    return looking.watch


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """``axe(page)`` is every violation as a line; an empty list is what a page should give."""
    return looking.axe


@pytest.fixture(scope="package")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of small pages written to the contracts of the scripts."""
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    with looking.served(folder) as home:
        yield home
