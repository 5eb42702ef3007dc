"""The pages of a task's items: all models on one item, as far as the card's publish level allows, with the canary."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commons.pool.rendered import RenderedItem
from commons.publish.build import build

from .committed import Committed
from .conftest import SECRETS, Told
from .reading import Element, Page, read_site
from .synthetic import CANARY, Pool, model, rows
from .test_page_cell import headline_choice
from .test_page_numbers import rounds_to

_MARKS = {1.0: "right", 0.0: "wrong"}


def articles(told: Told, task: str) -> list[tuple[str, Element]]:
    """The items on all pages of a task, each with the page it is on."""
    paths = sorted((path for path in told.pages if path.startswith(f"i/{task}~")),
                   key=lambda path: int(path.partition("~")[2].removesuffix(".html")))
    return [(path, one) for path in paths for one in told.pages[path].all("article")]


def entering(told: Told, task: str) -> dict[str, dict[str, float]]:
    """The scores of each model whose fresh measured cell enters, by the model's name."""
    return {told.files.models[name]["name"]: told.files.cells[task, name].scores for name in told.files.models
            if told.files.states[task, name] == "measured" and not told.files.cells[task, name].stale}


def test_every_item_stands_once_and_in_order(told: Told) -> None:
    """Twenty on a page, numbered through, and as many as the cells asked."""
    for task, card in told.files.cards.items():
        shown = articles(told, task)
        asked = {item for name in told.files.models if told.files.states[task, name] == "measured"
                 and not told.files.cells[task, name].stale for item in told.files.cells[task, name].items}
        if card.content.get("publish") == "none" or not asked:
            assert not shown, task
            continue
        assert [int(one.all("h2")[0].all("a")[0].text) for _, one in shown] == list(range(1, len(asked) + 1)), task
        assert {one.all("h2")[0].all("span")[0].text for _, one in shown} == asked, task
        assert all(len(told.pages[path].all("article")) <= 20 for path, _ in shown)


def test_every_model_stands_on_every_item_with_what_its_row_says(told: Told) -> None:
    """Right, wrong or partly right as the row's score is, with a link to that row, and no share of so few models."""
    for task in (task for task, card in told.files.cards.items() if card.judged):
        scores = entering(told, task)
        for path, article in articles(told, task):
            item = article.all("h2")[0].all("span")[0].text
            wanted = {(name, _MARKS.get(found[item], "partly right")) for name, found in scores.items()}
            assert verdicts(article) == wanted, (path, item)
            for link in (one for one in article.all("a") if "/r/" in one.attributes["href"]):
                target, _, anchor = link.attributes["href"].removeprefix("../").partition("#")
                assert anchor in told.pages[target].ids, (path, item)
            # The share is said of five models that do not descend from each other, and here there are fewer.
            assert "of models right" not in article.text, (path, item)


def verdicts(article: Element) -> set[tuple[str, str]]:
    """Each model's name with the word that stands for its answer."""
    beside = {(one.all("dt")[0].text, one.all("span", class_="tag")[0].text) for one in article.all("div")}
    grouped = {(link.text, line.all("b")[0].text.partition(" ")[2]) for line in article.all("p", class_="by")
               for link in line.all("a")}
    for line in article.all("p", class_="by"):
        assert line.all("b")[0].text.startswith(f"{len(line.all('a'))} ")
    return beside | grouped


def test_answers_stand_beside_each_other_as_they_were_given(own: Told) -> None:
    """Each model's whole answer to an item is on the item's page, beside the other's."""
    for path, article in articles(own, "workshop_arithmetic"):
        item = article.all("h2")[0].all("span")[0].text
        shown = {one.all("dt")[0].text: one.all("span", class_="said")[0].raw for one in article.all("div")}
        wanted = {}
        for name in own.files.run():
            row = next(row for row in own.files.cells["workshop_arithmetic", name].rows if row["item"] == item)
            wanted[own.files.models[name]["name"]] = row["answer"]
        assert shown == wanted, (path, item)


def test_who_chose_which_option_is_said(own: Told) -> None:
    """Under each option stand the models that chose it as the headline has it, and no others."""
    for path, article in articles(own, "everyday_physics"):
        item = article.all("h2")[0].all("span")[0].text
        for option in article.all("li"):
            note = option.all("span", class_="note")
            chosen = {own.files.models[name]["name"] for name in own.files.run()
                      for row in own.files.cells["everyday_physics", name].rows
                      if row["item"] == item and headline_choice(own, own.files.cells["everyday_physics", name], row)
                      == int(option.attributes["value"]) - 1}
            said = note[0].text.partition(": ")[2] if note else ""
            assert {one for one in chosen if one in said} == chosen, (path, item)
            assert bool(note) == bool(chosen), (path, item)


def test_levels_hold_on_the_pages_of_items(made_up: Told) -> None:
    """Scores alone where the card publishes no text, no page where it publishes no items, and no secret anywhere."""
    assert not [path for path in made_up.pages if path.startswith("i/hidden")]
    shown = articles(made_up, "prose")
    assert len(shown) == 25
    for path, article in shown:
        assert not article.all("pre"), path
        assert not article.all("span", class_="said"), path
    assert "The card publishes scores without text" in made_up.pages["i/prose~1.html"].text
    for path in (path for path in made_up.site.rglob("*.html") if path.parent.name in {"i", "c"}):
        assert not [secret for secret in SECRETS if secret in path.read_text()], path


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A pool in which every text of every item carries a mark, so that each page that shows one is found."""
    root = tmp_path_factory.mktemp("marked")
    pool = Pool(root / "pool")
    pool.models(model("alpha"), model("beta"))
    for task, level in (("open", "samples"), ("told", "aggregate"), ("shut", "none")):
        pool.task(task, publish=level)
        pool.rendered(task, [RenderedItem(item=f"salted{n}", prompt=f"QZMARK prompt {n}",
                                          choices=(f"QZMARK one {n}", f"QZMARK two {n}"), gold=0) for n in range(25)],
                      header="QZMARK header\n")
        for name, right in (("alpha", 20), ("beta", 5)):
            given = [replace(row, item=f"salted{n}", answer=f"QZMARK answer {n}", detail="QZMARK detail")
                     for n, row in enumerate(rows([1.0] * right + [0.0] * (25 - right)))]
            pool.cell(task, name, given, publish=level)
    build(pool.repository, root / "_site")
    return Told(root / "_site", read_site(root / "_site"), None)  # type: ignore[arg-type]


def test_a_page_shows_the_canary_exactly_where_it_shows_items(marked: Told) -> None:
    """Every page with a text of an item names the canary in its footer and asks crawlers away; no other page does."""
    showing = {path for path, page in marked.pages.items() if "QZMARK" in page.text}
    assert {path.partition("/")[0] for path in showing} == {"t", "i", "r"}
    assert all("open" in path for path in showing)
    for path, page in marked.pages.items():
        robots = [one.attributes["content"] for one in page.all("meta") if one.attributes.get("name") == "robots"]
        footer = page.all("footer")[0].text
        assert (f"Canary {CANARY}" in footer) == (path in showing), path
        assert robots == (["noai, noimageai"] if path in showing else []), path


def test_rows_in_the_data_carry_the_canary_with_their_text(marked: Told) -> None:
    """No file of the site holds an item's text without the canary in the same file."""
    found = 0
    for path in (path for path in marked.site.rglob("*") if path.is_file() and path.suffix != ".html"):
        content = path.read_bytes()
        if b"QZMARK" in content:
            assert CANARY.encode() in content or _named_beside(path), path.relative_to(marked.site)
            assert path.stem.partition(".")[0] == "open", path.relative_to(marked.site)
            found += 1
    assert found


def _named_beside(path: Path) -> bool:
    """Whether the file that says what a CSV file's columns mean names the canary."""
    beside = path.with_name(f"{path.name}-metadata.json")
    return beside.is_file() and CANARY in json.dumps(json.loads(beside.read_text()))


def test_own_items_are_found_by_their_canaries(own: Told) -> None:
    """On this pool's own site each page of rows or items names its task's canary."""
    pages: dict[str, Page] = own.pages
    for task, card in own.files.cards.items():
        for path in (path for path in pages if path.startswith((f"i/{task}~", f"r/{task}/", f"t/{task}."))):
            assert card.content["canary"] in pages[path].all("footer")[0].text, path


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Five models of five families on one task; on 62 of its items, and by luck a few more, all are alike."""
    root = tmp_path_factory.mktemp("families")
    pool = Pool(root / "pool")
    names = ["alpha", "beta", "gamma", "delta", "omega"]
    pool.models(*(model(name, family=f"family {name}") for name in names))
    pool.task("sums", title="Sums")
    for seed, name in enumerate(names):
        # Models that are right on the same items would count once, so these guess, each on its own.
        guesses = np.random.default_rng(seed).integers(0, 2, 60)
        pool.cell("sums", name, rows([1.0] * 62 + list(map(float, guesses))))
    build(pool.repository, root / "_site")
    return Told(root / "_site", read_site(root / "_site"), Committed(pool.root))


def test_how_hard_an_item_is_is_said_of_five_families(families: Told) -> None:
    """With five families each item has its share of right models, as the rows have it."""
    scores = entering(families, "sums")
    for path, article in articles(families, "sums"):
        item = article.all("h2")[0].all("span")[0].text
        share = re.search(r"([\d.]+)% of models right", article.text)
        assert share, (path, item)
        assert rounds_to(100 * sum(found[item] for found in scores.values()) / len(scores), share[1]), (path, item)


def test_a_long_list_of_items_can_be_opened(families: Told) -> None:
    """Items beyond the sixtieth of a list are links too, folded away: no list ends in a number alone."""
    page = families.pages["i/sums~1.html"]
    folded = next(one for one in page.all("details") if re.fullmatch(r"\d+ more", one.all("summary")[0].text))
    for link in folded.all("a"):
        target, _, anchor = link.attributes["href"].removeprefix("../").partition("#")
        assert anchor in families.pages[target].ids
    alike = [one for _, one in articles(families, "sums") if "all models alike" in one.text]
    assert len(folded.all("a")) == len(alike) - 60 >= 2
