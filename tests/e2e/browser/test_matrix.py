"""The big table shows the server's texts in Python's order, and the compare page shows the server's summaries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.pages import matrix_data

PageAt = Callable[..., AbstractContextManager[Page]]
DATA: dict[str, Any] = matrix_data(80, 60)
MODELS, TASKS = len(DATA["models"]), len(DATA["tasks"])

#: Every cell that is drawn now: row and column as the grid numbers them, and text.
DRAWN = """() => [...document.querySelectorAll(".body [role=row]")].filter((row) => !row.hidden).flatMap((row) =>
  [...row.children].filter((cell) => !cell.hidden).map((cell) =>
    [Number(row.ariaRowIndex) - 2, Number(cell.ariaColIndex) - 2, cell.textContent]))"""


def text(model: int, task: int) -> str:
    """The text of a cell, as the server gave it."""
    return str(DATA["texts"][DATA["cells"][task][model]])


def by_task(task: int, direction: str) -> list[int]:
    """The models in order of a task: missing last, equal ones as the server had them."""
    keys = {model: DATA["keys"][DATA["cells"][task][model]] for model in range(MODELS)}
    there = [model for model in keys if keys[model] is not None]
    there.sort(key=lambda model: keys[model], reverse=direction == "descending")
    return there + [model for model in keys if keys[model] is None]


def whole(page: Page) -> dict[tuple[int, int], str]:
    """Every cell of the grid, read while scrolling through all of it."""
    page.get_by_role("grid").wait_for()
    seen: dict[tuple[int, int], str] = {}
    room = page.evaluate(
        "(() => { const box = document.querySelector('.matrix'); return [box.scrollWidth, box.scrollHeight]; })()"
    )
    for left in range(0, room[0], 900):
        for top in range(0, room[1], 500):
            page.evaluate(
                "([left, top]) => { document.querySelector('.matrix').scrollTo(left, top); "
                "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }",
                [left, top],
            )
            for row, column, said in page.evaluate(DRAWN):
                assert seen.setdefault((row, column), said) == said
    return seen


def expected(order: list[int], tasks: list[int]) -> dict[tuple[int, int], str]:
    """What the grid must hold for models and tasks in this order."""
    cells = {(r, c): text(model, task) for r, model in enumerate(order) for c, task in enumerate(tasks)}
    return cells | {(r, -1): DATA["models"][model]["name"] for r, model in enumerate(order)}


def test_every_text_is_the_servers(fixtures: str, page_at: PageAt) -> None:
    """Scrolled from end to end, each cell holds the text that the file gives it, and none is missing."""
    with page_at(fixtures + "matrix.html", width=900) as page:
        assert whole(page) == expected(list(range(MODELS)), list(range(TASKS)))
        assert page.locator(".matrix *").count() < 1_400


@pytest.mark.parametrize(("task", "turns"), [(0, ["descending", "ascending"]), (1, ["ascending", "descending"])])
def test_a_head_sorts_best_first(fixtures: str, page_at: PageAt, task: int, turns: list[str]) -> None:
    """By the task's own direction, then the other way, then back to the server's order, as Python sorts it."""
    with page_at(fixtures + "matrix.html") as page:
        head = page.locator("[role=columnheader] button").nth(task)
        for direction in turns:
            head.click()
            assert page.locator("[aria-sort]").get_attribute("aria-sort") == direction
            assert page.url.endswith(f"?matrix-sort=task_{task}&matrix-dir={direction}")
            order = by_task(task, direction)
            drawn = page.evaluate(DRAWN)
            assert {(r, c): said for r, c, said in drawn}.items() <= expected(order, list(range(TASKS))).items()
        head.click()
        assert page.locator("[aria-sort]").count() == 0
        assert page.url == fixtures + "matrix.html"


def test_the_address_holds_the_view_of_the_matrix(fixtures: str, page_at: PageAt) -> None:
    """Order and both filters come back after a reload and with Back, and clearing shows everything again."""
    query = "?matrix-sort=task_3&matrix-dir=descending&matrix-models=even&matrix-tasks=domain-b"
    with page_at(fixtures + "matrix.html") as page:
        page.get_by_role("grid").wait_for()
        page.goto(fixtures + "matrix.html" + query)
        models = [model for model in by_task(3, "descending") if model % 2 == 0]
        tasks = list(range(0, TASKS, 3))
        assert whole(page) == expected(models, tasks)
        expect(page.locator(".bar [role=status]")).to_have_text(
            "40 of 80 models, 20 of 60 tasks shown, by task 3, descending"
        )
        page.get_by_role("button", name="clear").click()
        assert page.url == fixtures + "matrix.html"
        assert page.get_by_role("grid").get_attribute("aria-rowcount") == str(MODELS + 1)
        page.go_back()
        assert page.url.endswith(query)
        assert whole(page) == expected(models, tasks)


@pytest.mark.parametrize(
    "query", ["?matrix-sort=nothing&matrix-dir=down", "?matrix-models=" + "x" * 3000, "?matrix-sort=__proto__"]
)
def test_a_hostile_address_leaves_the_matrix_alone(fixtures: str, page_at: PageAt, query: str) -> None:
    """Values that are no task and no filter show everything."""
    with page_at(fixtures + "matrix.html" + query) as page:
        page.get_by_role("grid").wait_for()
        drawn = {(r, c): said for r, c, said in page.evaluate(DRAWN)}
        assert drawn.items() <= expected(list(range(MODELS)), list(range(TASKS))).items()
        assert page.get_by_role("grid").get_attribute("aria-rowcount") == str(MODELS + 1)


def test_a_filter_without_a_match_shows_none(fixtures: str, page_at: PageAt) -> None:
    """The heads stay, the counts say so, and no error is made."""
    with page_at(fixtures + "matrix.html") as page:
        page.get_by_label("Filter models").fill("zzz")
        page.get_by_label("Filter tasks").fill("zzz")
        assert page.evaluate(DRAWN) == []
        expect(page.locator(".bar [role=status]")).to_have_text("0 of 80 models, 0 of 60 tasks shown")


def test_the_matrix_by_keyboard(fixtures: str, page_at: PageAt) -> None:
    """One place takes Tab; arrows, Home, End and pages move it, also to what was not drawn; Enter sorts and opens."""
    here = "[document.activeElement.parentElement.ariaRowIndex, document.activeElement.ariaColIndex].map(Number)"
    with page_at(fixtures + "matrix.html") as page:
        page.get_by_role("grid").wait_for()
        assert page.locator(".matrix [tabindex='0']").count() == 1
        page.get_by_label("Filter tasks").focus()
        page.keyboard.press("Tab")
        assert page.evaluate(here) == [1, 1]
        for key, place in [
            ("ArrowRight", [1, 2]),
            ("ArrowDown", [2, 2]),
            ("End", [2, TASKS + 1]),
            ("Control+End", [MODELS + 1, TASKS + 1]),
            ("ArrowDown", [MODELS + 1, TASKS + 1]),
            ("Home", [MODELS + 1, 1]),
            ("Control+Home", [1, 1]),
            ("ArrowLeft", [1, 1]),
        ]:
            page.keyboard.press(key)
            assert page.evaluate(here) == place, key
        page.keyboard.press("PageDown")
        down = page.evaluate(here)[0]
        assert down > 5
        page.keyboard.press("PageUp")
        assert page.evaluate(here) == [1, 1]
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.locator("[aria-sort]").get_attribute("aria-colindex") == "2"
        assert page.evaluate(here) == [1, 2]
        assert page.locator(".matrix [tabindex='0']").count() == 1


def test_a_cell_that_is_scrolled_away_keeps_the_keys(fixtures: str, page_at: PageAt) -> None:
    """After scrolling with the wheel the next arrow goes on from the active cell and brings it back into view."""
    with page_at(fixtures + "matrix.html") as page:
        page.get_by_role("gridcell").first.click(position={"x": 2, "y": 2})
        page.evaluate("document.querySelector('.matrix').scrollTo(5000, 1500)")
        expect(page.get_by_role("grid")).to_be_focused()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == text(1, 0)
        expect(page.locator(".matrix :focus")).to_be_in_viewport()


def test_cells_lead_to_their_pages(fixtures: str, page_at: PageAt) -> None:
    """A cell that has a page leads to it, another leads nowhere, and names lead to models."""
    with page_at(fixtures + "matrix.html") as page:
        page.get_by_role("grid").wait_for()
        links = page.evaluate("""() => [...document.querySelectorAll(".body [role=row]")].slice(0, 12).map((row) =>
          [row.children[0].firstChild.getAttribute("href"), row.children[1].firstChild.getAttribute("href")])""")
        assert links == [
            [f"m/model-{m}.html", f"r/task_0/model-{m}.html" if m in DATA["paged"][0] else None] for m in range(12)
        ]


def test_a_missing_file_is_said(fixtures: str, page_at: PageAt) -> None:
    """Where the data cannot be read, a sentence stands in its place."""
    with pytest.raises(AssertionError, match="404"), page_at(fixtures + "nomatrix.html") as page:
        expect(page.locator("#matrix")).to_have_text(
            "The big table cannot be read. The pages of this table hold the same numbers."
        )


def test_two_models_lead_to_their_page(fixtures: str, page_at: PageAt) -> None:
    """Two chosen models open the page that compares them, whichever is named first; one alone opens nothing."""
    with page_at(fixtures + "compare.html") as page:
        page.get_by_label("Model 0").select_option("two")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("main > [role=status]")).to_have_text("Choose two different models.")
        page.get_by_label("Model 1").select_option("one")
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url(fixtures + "c/one~two.html")


def test_three_models_show_each_pairs_summary(fixtures: str, page_at: PageAt) -> None:
    """The servers' summaries stand below one another as they are, without scripts, with links that still lead right."""
    with page_at(fixtures + "compare.html?model=one&model=two&model=three") as page:
        expect(page.locator("main > [role=status]")).to_have_text("3 of 3 pairs shown.")
        sections = page.locator("section.summary")
        assert sections.locator("h2").all_inner_texts() == ["one against two", "one against three", "three against two"]
        assert sections.locator("p").all_inner_texts() == ["+1.0 ± 0.4", "+1.1 ± 0.4", "+1.2 ± 0.4"]
        assert page.locator("section.summary script").count() == 0
        assert page.evaluate("window.ran") is None
        assert sections.locator("a").first.get_attribute("href") == fixtures + "items.html"
        assert page.get_by_role("region", name="three against two").count() == 1


def test_a_handler_in_a_summary_never_runs(fixtures: str, page_at: PageAt) -> None:
    """What a hostile page could plant is taken out, and the page's policy forbids it besides."""
    address = fixtures + "compare.html?model=one&model=two&model=planted"
    # The page's own policy writes the error, so the watch must have seen it.
    with pytest.raises(AssertionError, match="inline event handler"), page_at(address) as page:  # noqa: PT012
        expect(page.locator("main > [role=status]")).to_contain_text("2 of 3 pairs shown.")
        assert page.locator("section.summary img").count() == 1
        assert page.locator("[onerror]").count() == 0
        assert page.evaluate("window.hurt") is None


def test_a_pair_without_a_page_is_named(fixtures: str, page_at: PageAt) -> None:
    """What cannot be shown is said by name, and the rest is shown."""
    with page_at(fixtures + "compare.html?model=one&model=two&model=lonely") as page:
        expect(page.locator("main > [role=status]")).to_have_text(
            "1 of 3 pairs shown. No page compares Model one and Model lonely; Model two and Model lonely."
        )
        assert page.locator("section.summary").count() == 1
