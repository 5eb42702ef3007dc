"""What every page has: words in its head, one heading, named tables, pictures with their numbers, marked languages."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from commons.pool.rendered import RenderedItem
from commons.publish.build import build

from .conftest import Told
from .reading import Element, Page, Table, read_page, read_site
from .synthetic import Pool, items, model, rows

ARABIC, CHINESE, HEBREW = "ما عاصمة فرنسا؟", "法国的首都是哪里?", "תשובה"


def test_every_page_says_what_it_is(told: Told) -> None:
    """A title and a description of its own kind, a language, one first heading, one main part."""
    titles: dict[str, list[str]] = {}
    for path, page in told.pages.items():
        assert page.elements[0].attributes == {"lang": "en"}, path
        title = page.all("title")[0].text
        titles.setdefault(title, []).append(path)
        assert re.fullmatch(r".+ · Eval Commons", title), path
        meta = {one.attributes.get("name"): one.attributes.get("content", "") for one in page.all("meta")}
        assert len(meta["description"]) >= 20, path
        assert [len(page.all(tag)) for tag in ("h1", "main", "header", "footer")] == [1, 1, 1, 1], path
        assert page.all("h1")[0].text, path
        assert page.all("main")[0].all("h1"), path
    own = {title: paths for title, paths in titles.items() if len(paths) > 1 and "Made-up sums" not in title}
    assert not own


def test_headings_step_down_one_by_one(told: Told) -> None:
    """No level of heading is left out on the way down."""
    for path, page in told.pages.items():
        levels = [int(one.tag[1]) for one in page.elements if re.fullmatch(r"h[1-6]", one.tag)]
        assert levels[0] == 1, path
        for before, after in pairwise(levels):
            assert after <= before + 1, (path, levels)


def test_every_table_is_named_and_its_heads_say_what_they_head(told: Told) -> None:
    """A caption or a label, a head over each column, and a head at the start of each row."""
    for path, page in told.pages.items():
        boxes = [box for box in page.all("div", class_="scroll") if box.attributes.get("aria-label")]
        labelled = {id(one) for box in boxes for one in box.inside}
        for table in page.all("table"):
            named = table.all("caption") or table.attributes.get("aria-label") or id(table) in labelled
            assert named, (path, table.text[:60])
            assert all(one.attributes.get("scope") in {"col", "row"} for one in table.all("th")), path
            assert len(set(Table.of(table).heads)) == len(Table.of(table).heads) or path.startswith("matrix"), path
            for row in table.all("tbody")[0].all("tr"):
                cells = [one for one in row.inside if one.tag in {"th", "td"}]
                assert (cells[0].tag, cells[0].attributes.get("scope")) == ("th", "row"), (path, row.text[:60])


def pictures(page: Page) -> list[Element]:
    """The drawings of plots: those that are named by words inside them."""
    return [one for one in page.all("svg") if "aria-labelledby" in one.attributes]


def test_every_plot_has_a_title_and_its_numbers_as_a_table(told: Told) -> None:
    """A drawing is named and described by its own words, and a table of its numbers is on the page or linked."""
    drawn = 0
    for path, page in told.pages.items():
        plots = pictures(page)
        for one in plots:
            assert one.attributes["role"] == "img", path
            names = {inside.attributes.get("id"): inside for inside in one.all("title") + one.all("desc")}
            assert [names[name].text for name in one.attributes["aria-labelledby"].split()], path
            assert all(names[name].text for name in one.attributes["aria-labelledby"].split()), path
        tables = [one for one in page.all("details", class_="numbers") if one.all("table")[0].all("tr")[1:]]
        linked = [one for one in page.all("p", class_="note") if one.text.startswith("The numbers as a table:")]
        assert len(tables) + len([one for one in linked if one.all("a") or one.all("span")]) >= len(plots), path
        drawn += len(plots)
    assert drawn >= 5


def test_every_other_drawing_has_words_or_is_only_decoration(told: Told) -> None:
    """An svg is a named picture, a part of one, a group of links, or hidden from readers of the text."""
    for path, page in told.pages.items():
        parts = {id(inside) for one in page.all("svg") for inside in one.inside}
        for one in page.all("svg"):
            said = one.attributes
            known = said.get("aria-hidden") == "true" or said.get("role") in {"img", "group"} or id(one) in parts
            hidden = any(id(one) in {id(inside) for inside in outer.inside} for outer in page.elements
                         if outer.attributes.get("aria-hidden") == "true" and outer.tag != "svg")
            assert known or hidden, (path, said)
            if said.get("role") == "img":
                assert said.get("aria-label") or said.get("aria-labelledby"), path


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of tasks in Arabic and in Chinese, with a model that answers in Hebrew."""
    root = tmp_path_factory.mktemp("scripts")
    pool = Pool(root / "pool")
    pool.models(model("alpha", name=HEBREW), model("beta"))
    for task, tag, text in (("arabic", "ar", ARABIC), ("chinese", "zh", CHINESE)):
        pool.task(task, title=text, summary=text, languages=[tag])
        pool.rendered(task, [RenderedItem(item=one.item, prompt=text, choices=(text, HEBREW), gold=0)
                             for one in items(3)], header=text + "\n")
        pool.cell(task, "alpha", rows([1.0, 0.0, 1.0], detail=HEBREW))
        pool.cell(task, "beta", rows([0.0, 0.0, 1.0]))
    build(pool.repository, root / "_site")
    return root / "_site"


def holders(page: Page, text: str) -> list[Element]:
    """The innermost elements that hold a text."""
    found = [one for one in page.all("body")[0].inside if text in one.raw]
    return [one for one in found if not any(text in inside.raw for inside in one.inside)]


@pytest.mark.parametrize(("task", "tag", "text"), [("arabic", "ar", ARABIC), ("chinese", "zh", CHINESE)])
def test_contributed_text_has_a_direction_and_items_their_language(
    scripts: Path, task: str, tag: str, text: str
) -> None:
    """Every text that somebody wrote says its own direction, and items, choices and headers their language too."""
    site = read_site(scripts)
    checked = 0
    for path, page in site.items():
        for said in (text, HEBREW):
            for one in holders(page, said):
                apart = one.tag in {"bdi", "option", "title", "text"} or "dir" in one.attributes
                outer = any("dir" in two.attributes and one in two.inside for two in page.all("p") + page.all("li")
                            + page.all("td") + page.all("dd") + page.all("span") + page.all("a") + page.all("th"))
                assert apart or outer, (path, one.tag, one.text[:60])
                checked += 1
    assert checked > 50
    for path in (f"i/{task}~1.html", f"r/{task}/alpha.html", f"t/{task}.html"):
        prompts = [one for one in site[path].all("pre") if one.raw.strip() == text]
        assert prompts, path
        assert {(one.attributes["lang"], one.attributes["dir"]) for one in prompts} == {(tag, "auto")}, path
    page = read_page(scripts / f"l/{tag}.html")
    named = page.all("h1")[0].all("span", class_="own")[0].attributes
    assert (named["lang"], named["dir"]) == (tag, "rtl" if tag == "ar" else "ltr")
