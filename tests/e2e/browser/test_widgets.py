"""Copying, searching and keys; every fixture page is sound in each look."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import looking
from tests.e2e.browser.pages import COMMAND, HOSTILE, STATIC

PageAt = Callable[..., AbstractContextManager[Page]]
Axe = Callable[[Page], list[str]]


def test_the_scripts_of_every_page_are_small() -> None:
    """What each page loads is at most 4 KB as sent; the search and the list of keys come when they are wanted."""
    assert len(gzip.compress((STATIC / "site.js").read_bytes(), 9)) <= 4096


@pytest.mark.parametrize("name", ["site", "find", "keys", "matrix", "grid", "compare"])
def test_no_script_makes_markup_of_text_or_formats_a_number(name: str) -> None:
    """No script holds a way to make elements of a text, to run one, or to write a number in another form."""
    text = (STATIC / f"{name}.js").read_text(encoding="utf-8")

    forbidden = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "toFixed",
        "toPrecision",
        "toLocaleString",
        "NumberFormat",
        "Math.round",
        "http:",
        "https:",
    ]
    assert [word for word in forbidden if word in text] == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing(fixtures: str, page_at: PageAt, axe: Axe, width: int, scheme: str) -> None:
    """A table that is sorted and filtered, and the list of keys, break no rule: test_site.py sees neither."""
    with page_at(f"{fixtures}table.html?sort=Score&q=model", width=width, scheme=scheme) as page:
        page.locator(".chip").first.wait_for()
        assert axe(page) == []
        assert looking.wide(page) is None
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        assert axe(page) == []


def test_axe_and_the_watch_see_what_is_wrong(fixtures: str, page_at: PageAt, axe: Axe) -> None:
    """A picture without words, an error and a request to another site are found, so silence means something."""
    with pytest.raises(AssertionError, match="elsewhere"), page_at(fixtures + "items.html") as page:  # noqa: PT012
        page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert any(line.startswith("image-alt") for line in axe(page))
        page.evaluate("console.error('planted')")
        assert looking.watch(page).errors == ["planted"]
        page.evaluate("window.open('https://elsewhere.invalid/', '_self')")
        page.wait_for_timeout(100)


def test_a_command_is_copied(fixtures: str, page_at: PageAt) -> None:
    """The button puts the command, and nothing else, on the clipboard and says so."""
    with page_at(fixtures + "items.html") as page:
        page.get_by_role("button", name="Copy").click()
        expect(page.locator(".copy [role=status]")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == COMMAND


def test_a_command_is_selected_where_it_cannot_be_copied(fixtures: str, page_at: PageAt) -> None:
    """Without leave to write the clipboard the command is selected, ready for the keyboard."""
    with page_at(fixtures + "items.html") as page:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        page.get_by_role("button", name="Copy").click()
        expect(page.locator(".copy [role=status]")).to_contain_text("Selected")
        assert page.evaluate("getSelection().toString().trim()") == COMMAND


def test_search_by_keyboard(fixtures: str, page_at: PageAt) -> None:
    """Slash goes to the field, arrows go round at most eight results, Escape closes, Enter opens the marked one."""
    with page_at(fixtures + "table.html") as page:
        field = page.get_by_role("search").locator("input")
        page.keyboard.press("/")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("role", "combobox")
        page.keyboard.type("FILLER")
        expect(page.locator("#found [role=option]")).to_have_count(8)
        page.keyboard.press("Escape")
        expect(field).to_have_attribute("aria-expanded", "false")
        field.fill("evidence")
        expect(page.locator("#found [role=option]")).to_have_text(["Entry items task", "Entry two task"])
        for key, name in (("ArrowDown", "items"), ("ArrowUp", "two"), ("ArrowDown", "items"), ("ArrowDown", "two")):
            page.keyboard.press(key)
            expect(page.locator("#found [aria-selected=true]")).to_have_text(f"Entry {name} task")
            marked = page.locator("#found [aria-selected=true]").get_attribute("id")
            assert field.get_attribute("aria-activedescendant") == marked
        page.keyboard.press("Enter")
        page.wait_for_url(fixtures + "two.html")


def test_a_title_stands_before_mere_words(fixtures: str, page_at: PageAt) -> None:
    """What begins with the query comes first, then what holds it, then what is only filed under it."""
    with page_at(fixtures + "table.html") as page:
        page.route(
            "**/data/find.json",
            lambda route: route.fulfill(
                json=[
                    ["alpha", "Third", "a", "task"],
                    ["", "The alpha", "b", "task"],
                    ["", "Alpha", "c", "task"],
                    ["", "Beta", "d", "task"],
                ]
            ),
        )
        page.get_by_role("search").locator("input").fill("alpha")
        expect(page.locator("#found [role=option]")).to_have_text(["Alpha task", "The alpha task", "Third task"])


def test_the_search_leads_only_to_pages_of_the_site(fixtures: str, page_at: PageAt) -> None:
    """An entry that points elsewhere is shown as text and leads nowhere."""
    with page_at(fixtures + "table.html") as page:
        field = page.get_by_role("search").locator("input")
        field.fill("hostile")
        expect(page.locator("#found [role=option]")).to_have_text([f"{HOSTILE} domain"])
        page.locator("#found [role=option]").click()
        field.fill("nothing like it")
        expect(page.locator(".find [role=status]")).to_have_text("Nothing found")
        assert page.url == fixtures + "table.html"


def test_keys_move_between_items_and_pages(fixtures: str, page_at: PageAt) -> None:
    """J and k go to the next and the previous item's heading, brackets to the pages beside."""
    with page_at(fixtures + "items.html#s2") as page:
        for key, item in (("j", 3), ("j", 4), ("j", 4), ("k", 3)):
            page.keyboard.press(key)
            expect(page.get_by_role("link", name=f"Item {item}")).to_be_focused()
        page.keyboard.press("Control+k")
        expect(page.get_by_role("link", name="Item 3")).to_be_focused()
        page.keyboard.press("]")
        page.wait_for_url(fixtures + "two.html")
        page.go_back()
        page.keyboard.press("[")
        page.wait_for_url(fixtures + "table.html")


def test_keys_are_letters_while_somebody_types(fixtures: str, page_at: PageAt) -> None:
    """In a field every key writes what it is."""
    with page_at(fixtures + "table.html") as page:
        box = page.get_by_label("Filter models")
        box.click()
        page.keyboard.type("j/?[")
        assert box.input_value() == "j/?["
        assert page.get_by_role("dialog").count() == 0


def test_keys_can_be_turned_off(fixtures: str, page_at: PageAt) -> None:
    """The list of keys opens by key and by button, and its box turns single keys off for the next pages too."""
    with page_at(fixtures + "items.html") as page:
        page.keyboard.press("?")
        page.get_by_role("checkbox", name="These keys work").uncheck()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.reload()
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement === document.body")
        page.get_by_role("button", name="Keys").click()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Close").click()
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="Item 0")).to_be_focused()
