"""Sorting, filtering and the query string never lose a row, and show what a plain model in Python says."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from tests.e2e.browser.pages import FAMILIES, HOSTILE, MODELS

PageAt = Callable[..., AbstractContextManager[Page]]
COLUMNS = ["Model", "Family", "Score", "Cost"]

#: What the table holds, in the server's order: the keys of each column (None: missing), the words, the row's name.
ROWS = [
    (
        (model, family, score, cost),
        f"{model} {family} {'not run' if score is None else f'{score} ± 2'} "
        f"{'' if cost is None else cost} note {i}{' sonderwort' if i == 3 else ''}".lower(),
    )
    for i, (model, family, score, cost) in enumerate(MODELS)
]
ROWS.insert(10, ((None, None, None, None), "model-98 does not fit this task why"))
ROWS.insert(20, (("model-99", "olmo", None, None), "model-99 olmo failed spans"))
NAMES = [words.split()[0] for _, words in ROWS]


@dataclass(frozen=True)
class View:
    """What a reader asked of the table."""

    sort: str = ""
    direction: str = ""
    query: str = ""
    family: str = ""

    def click(self, column: str) -> View:
        """The column's own direction, the other one, then none."""
        turns = ["descending", "ascending"] if column == "Score" else ["ascending", "descending"]
        if self.sort != column:
            return replace(self, sort=column, direction=turns[0])
        return replace(self, direction=turns[1]) if self.direction == turns[0] else replace(self, sort="", direction="")

    def order(self) -> list[int]:
        """All rows in order: missing last both ways, equal ones as the server had them."""
        if not self.sort:
            return list(range(len(ROWS)))
        column = COLUMNS.index(self.sort)
        there = [i for i, (keys, _) in enumerate(ROWS) if keys[column] is not None]
        missing = [i for i, (keys, _) in enumerate(ROWS) if keys[column] is None]
        down = self.direction == "descending"

        def key(i: int) -> str | int:
            # The browser ignores punctuation at the first glance: only the hostile family begins with any.
            value = ROWS[i][0][column]
            return "" if value == HOSTILE else value  # type: ignore[return-value]

        # A reversed sort keeps equal rows in their order only if it is told so.
        return sorted(there, key=key, reverse=down) + missing

    def shown(self) -> list[str]:
        """The names of the rows that can be seen, in order."""
        rows = [(i, *ROWS[i]) for i in self.order()]
        return [
            NAMES[i]
            for i, keys, words in rows
            if all(word in words for word in self.query.lower().split())
            and (not self.family or (keys[1] == self.family))
        ]


#: Every row by name, in the order of the document, and which of them can be seen.
STATE = """() => {
  const rows = [...document.querySelectorAll("table tbody tr")];
  const name = (row) => row.cells[0].textContent;
  return {all: rows.map(name), shown: rows.filter((row) => row.checkVisibility()).map(name), told:
    document.querySelector(".bar [role=status]").textContent};
}"""

#: One step, done as a reader's hand would do it; back waits until the page has heard of it.
ACT = """([what, value]) => {
  const say = (node, kind) => node.dispatchEvent(new Event(kind, {bubbles: true}));
  if (what === "sort") document.querySelectorAll("th .sort")[value].click();
  if (what === "filter") { const box = document.querySelector(".bar input"); box.value = value; say(box, "input"); }
  if (what === "facet") { const box = document.querySelector(".bar select"); box.value = value; say(box, "change"); }
  if (what === "clear") document.querySelector(".bar .clear").click();
  if (what === "back") return new Promise((done) => {
    addEventListener("popstate", () => done(), {once: true});
    history.back();
  });
}"""

STEPS = st.one_of(
    st.tuples(st.just("sort"), st.integers(0, 3)),
    st.tuples(
        st.just("filter"), st.sampled_from(["", "MODEL-1", "olmo", "sonderwort", "not  run", "zzz", "± 2 qwen", "a"])
    ),
    st.tuples(st.just("facet"), st.sampled_from(["", *FAMILIES])),
    st.tuples(st.just("clear"), st.none()),
    st.tuples(st.just("back"), st.none()),
)


def after(past: list[View], step: tuple[str, object]) -> list[View]:
    """The history after a step: typing changes its last entry, everything else adds one where anything changed."""
    what, value = step
    now = past[-1]
    if what == "back":
        return past[:-1]
    if what == "filter":
        return [*past[:-1], replace(now, query=str(value))]
    changed = (
        now.click(COLUMNS[value]) if what == "sort" else View() if what == "clear" else replace(now, family=str(value))
    )  # type: ignore[call-overload]
    return past if changed == now else [*past, changed]


def test_no_sequence_of_steps_loses_a_row(fixtures: str, page_at: PageAt) -> None:
    """After any sorting, filtering, clearing and going back, order and visible rows are as Python says."""
    with page_at(fixtures + "table.html") as page:

        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(STEPS, min_size=3, max_size=12))
        def walk(steps: list[tuple[str, object]]) -> None:
            page.goto(fixtures + "table.html")
            past = [View()]
            for step in steps:
                if step[0] == "back" and len(past) == 1:
                    continue
                page.evaluate(ACT, step)
                past = after(past, step)
                state = page.evaluate(STATE)
                assert state["all"] == [NAMES[i] for i in past[-1].order()], (step, past)
                assert state["shown"] == past[-1].shown(), (step, past)
            page.evaluate(ACT, ["clear", None])
            assert page.evaluate(STATE) == {"all": NAMES, "shown": NAMES, "told": ""}

        walk()


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_missing_values_are_last_both_ways(fixtures: str, page_at: PageAt, direction: str) -> None:
    """A cell without a value, one over two columns and a row that says why stand below every number."""
    with page_at(f"{fixtures}table.html?sort=Score&dir={direction}") as page:
        order = page.evaluate(STATE)["all"]
        missing = [name for (keys, _), name in zip(ROWS, NAMES, strict=True) if keys[2] is None]

        assert order[-len(missing) :] == missing
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == direction
        assert page.locator("th[aria-sort]").count() == 1


def test_the_address_holds_the_view(fixtures: str, page_at: PageAt) -> None:
    """A reload, and Back after a further step, show the same rows, controls and words."""
    with page_at(fixtures + "table.html") as page:
        page.get_by_role("button", name="Cost").click()
        page.get_by_role("button", name="Cost").click()
        page.get_by_label("Filter models").fill("model")
        page.get_by_label("Family").select_option("olmo")
        wanted = View("Cost", "descending", "model", "olmo")
        assert page.url == fixtures + "table.html?sort=Cost&dir=descending&q=model&family=olmo"
        state = page.evaluate(STATE)
        assert state["shown"] == wanted.shown()
        assert state["told"] == "“model” Family: olmo by Cost, descending 11 of 42 shown"

        page.reload()
        assert page.evaluate(STATE) == state
        page.get_by_role("button", name="Model").click()
        page.go_back()
        assert page.evaluate(STATE) == state
        assert page.get_by_label("Family").input_value() == "olmo"


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "Price", "dir": "descending"},
        {"sort": HOSTILE},
        {"sort": "Note"},
        {"dir": "descending"},
        {"family": HOSTILE + "x"},
        {"q": "x" * 5000},
        {"__proto__": "1", "constructor": "2", "family": "toString"},
        {"sort": "__proto__", "dir": "constructor"},
    ],
)
def test_a_hostile_address_changes_nothing(fixtures: str, page_at: PageAt, query: dict[str, str]) -> None:
    """Unknown columns, values and names in the query string leave the table as the server sent it."""
    with page_at(f"{fixtures}table.html?{urlencode(query)}") as page:
        assert page.evaluate(STATE) == {"all": NAMES, "shown": NAMES, "told": ""}


def test_a_hostile_filter_is_a_text(fixtures: str, page_at: PageAt) -> None:
    """Markup in the query string is searched for and shown as the text it is."""
    with page_at(f"{fixtures}table.html?{urlencode({'q': '<img src=x onerror=alert(1)>'})}") as page:
        assert page.locator(".chip").inner_text() == "“<img src=x onerror=alert(1)>”"
        assert page.locator(".bar img").count() == 0


def test_two_tables_keep_apart(fixtures: str, page_at: PageAt) -> None:
    """Where a page has two tables, each has its own part of the query string, and clearing one leaves the other."""
    with page_at(fixtures + "two.html") as page:
        page.locator("#small").get_by_role("button", name="Name").click()
        page.locator("#big").get_by_role("button", name="Model").click()
        assert page.url.endswith("?small-sort=Name&small-dir=ascending&big-sort=Model&big-dir=ascending")
        page.get_by_role("button", name="clear").first.click()
        assert page.url.endswith("?small-sort=Name&small-dir=ascending")
        page.reload()
        assert page.locator("#small td").all_inner_texts() == ["a", "b", "c"]


def test_a_list_is_filtered_like_a_table(fixtures: str, page_at: PageAt) -> None:
    """The search's own page filters its list by shown and unshown words, without regard to accents and case."""
    with page_at(f"{fixtures}find.html?q=EVIDENCE+entry") as page:
        assert page.locator("li:visible").all_inner_texts() == ["Entry items", "Entry two"]
        assert page.locator(".bar [role=status]").inner_text() == "“EVIDENCE entry” 2 of 16 shown"


def test_nothing_is_missing_without_javascript(fixtures: str, page_at: PageAt) -> None:
    """The same rows stand there in the server's order, and no control that would not work."""
    with page_at(fixtures + "table.html", javascript=False) as page:
        assert page.locator("tbody tr:visible th").all_inner_texts() == NAMES
        assert page.locator("main button, main input, main select").count() == 0
        page.get_by_role("searchbox", name="Search").fill("entry")
        page.keyboard.press("Enter")
        page.wait_for_url(fixtures + "find.html?q=entry")
        assert page.locator("li:visible").count() == 16


def test_the_keyboard_alone_will_do(fixtures: str, page_at: PageAt) -> None:
    """Tab reaches the filter, the facet and each head's button; Enter sorts, and the focus stays where it was."""
    with page_at(fixtures + "table.html") as page:
        page.get_by_label("Filter models").focus()
        page.keyboard.type("model-1")
        for _ in range(20):
            page.keyboard.press("Tab")
            if (
                "Score" in page.evaluate("document.activeElement.textContent")
                and page.evaluate("document.activeElement.className") == "sort"
            ):
                break
        page.keyboard.press("Enter")
        assert json.dumps(page.evaluate(STATE)["shown"]) == json.dumps(View("Score", "descending", "model-1").shown())
        assert page.evaluate("document.activeElement.className") == "sort"
