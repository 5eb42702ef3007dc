"""The page of two models: their difference, who is ahead, and the items on which they differ, made from the rows."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import binomtest

from commons.pool.cell import Metric
from commons.publish.build import build

from .committed import Committed, File
from .conftest import Told
from .reading import Element, Page, Table, read_site
from .synthetic import Pool, accuracy, model, rows
from .test_page_numbers import number, rounds_to

ITEMS = 60


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Two models with a task on which each is clearly ahead, one where less is better, one nearly even, one hidden."""
    root = tmp_path_factory.mktemp("apart")
    pool = Pool(root / "pool")
    pool.models(model("zeta"), model("alpha"))
    error = {"metric": "error", "direction": "lower", "unit": "points", "chance": None}
    levels = {"first": "samples", "second": "samples", "even": "aggregate", "lower": "samples", "hidden": "none"}
    for task, level in levels.items():
        pool.task(task, title=f"Task {task}", publish=level, **({"headline": error} if task == "lower" else {}))
    scores = {
        "first": ([1.0] * 50 + [0.0] * 10, [1.0] * 10 + [0.0] * 50),
        "second": ([0.0] * 45 + [1.0] * 15, [1.0] * 60),
        "even": ([1.0, 0.0] * 30, [1.0, 0.0] * 28 + [0.0, 1.0] * 2),
        "lower": ([3.0] * 20 + [1.5] * 20, [0.5] * 20 + [1.0] * 20),
        "hidden": ([1.0] * 60, [0.0] * 60),
    }
    for task, both in scores.items():
        for name, given in zip(("zeta", "alpha"), both, strict=True):
            made = [replace(row, item=f"salted{n}") for n, row in enumerate(rows(given))]
            column, metric = ("error,none", errors(given)) if task == "lower" else ("acc,none", accuracy(given))
            pool.cell(task, name, made, {column: metric}, names=(column,), publish=levels[task])
    build(pool.repository, root / "_site")
    return Told(root / "_site", read_site(root / "_site"), Committed(pool.root))


def errors(given: list[float]) -> Metric:
    """A mean of which less is better."""
    return Metric(value=sum(given) / len(given), stderr=None, interval=(0.5, 3.5), method="BCa bootstrap",
                  n=len(given), aggregation="mean", higher_is_better=False)


def both(told: Told, page: Page, task: str) -> tuple[File, File]:
    """The cells of the two models that a page compares, in its order."""
    links = page.all("section", class_="summary")[0].all("h2")[0].all("a")
    first, second = (link.attributes["href"].removeprefix("../m/").removesuffix(".html") for link in links)
    return told.files.cells[task, first], told.files.cells[task, second]


def lines(page: Page) -> dict[str, dict[str, Element]]:
    """The lines of the table of differences, by task."""
    if not page.all("table"):
        return {}
    links = [(one["Task"].all("a")[0].attributes["href"], one) for one in Table.of(page.all("table")[0]).lines]
    return {href.removeprefix("../t/").removesuffix(".html"): one for href, one in links}


def flips(page: Page) -> list[dict[str, Element]]:
    """The lines of all tables of items on which the two differ."""
    tables = [Table.of(one) for one in page.all("table") if one.text.startswith("Item ")]
    return [line for one in tables for line in one.lines]


def assert_line(told: Told, page: Page, task: str, line: dict[str, Element]) -> None:
    """A task's difference is that of the rows, and whoever is called ahead is the better of the two."""
    first, second = both(told, page, task)
    shared = first.items.keys() & second.items.keys()
    card = first.card
    value = first.value(card.column) - second.value(card.column)
    if first.is_mean:
        value = sum(first.scores[item] - second.scores[item] for item in shared) / len(shared)
    shown = line["Difference"].all("b")[0].text
    assert rounds_to(card.factor * value, shown.removeprefix("+")), (task, shown)
    assert shown[:1] == ("+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "0"), (task, shown)
    assert line["Items"].text == str(len(shared))
    p = 0.0 if line["p"].text.startswith("<") else float(line["p"].text)
    if ends := re.fullmatch(r"(\S+) to (\S+)", line["Difference"].all("span", class_="note")[0].text):
        assert number(ends[1]) - 1 <= card.factor * value <= number(ends[2]) + 1
    names = [told.files.models[one.name]["name"] for one in (first, second)]
    ahead = names[0] if (value > 0) == card.higher else names[1]
    if p <= 0.05:
        assert line["Verdict"].text == f"{ahead} ahead", task
    else:
        assert line["Verdict"].text == (
            "no clear difference" if value or flipped(told, page, task) else f"same on all {len(shared)} items"), task


def flipped(told: Told, page: Page, task: str) -> dict[str, tuple[float, float]]:
    """The items whose scores differ, with both scores."""
    first, second = both(told, page, task)
    return {item: (score, second.scores[item]) for item, score in first.scores.items()
            if item in second.scores and score != second.scores[item]}


@pytest.fixture(params=["apart", "own", "made_up"])
def compared(request: pytest.FixtureRequest) -> Told:
    """Each site that has pages of pairs."""
    found: Told = request.getfixturevalue(request.param)
    return found


def test_a_difference_is_first_less_second_on_the_shared_items(compared: Told) -> None:
    """Value, sign and number of items are the rows' own; the better model is called ahead, and only where p allows."""
    checked = 0
    for path, page in compared.pages.items():
        for task, line in lines(page).items() if path.startswith("c/") else ():
            assert_line(compared, page, task, line)
            checked += 1
    assert checked


def test_the_sentence_counts_who_is_ahead(compared: Told) -> None:
    """The first sentence of a page and its line on the page of comparisons count the table's verdicts."""
    lists = Table.of(compared.pages["compare.html"].all("table")[0]).lines
    assert len(lists) == sum(path.startswith("c/") for path in compared.pages)
    for line in lists:
        link = line["Pair"].all("a")[0]
        page = compared.pages[link.attributes["href"]]
        verdicts = [one["Verdict"].text for one in lines(page).values()]
        names = [one.text for one in page.all("h2")[0].all("a")]
        counts = [verdicts.count(f"{name} ahead") for name in names]
        assert link.text == " and ".join(names)
        assert [line[head].text for head in ("First ahead", "Second ahead", "Not clear")] == [
            str(counts[0]), str(counts[1]), str(len(verdicts) - sum(counts))]
        assert line["In words"].text == page.all("p", class_="lead")[0].text
        for name, ahead in zip(names, counts, strict=True):
            if len(verdicts) > 1 and sum(counts):
                assert (f"{name} is clearly ahead on {ahead}" in line["In words"].text) == bool(ahead)


def test_flipped_items_are_exactly_those_whose_scores_differ(compared: Told) -> None:
    """Each listed item differs in its rows, both outcomes stand side by side, and none is left out."""
    for path, page in compared.pages.items():
        if not path.startswith("c/") or not lines(page):
            continue
        shown = sorted((line["Item"].text, *(cell.text for cell in list(line.values())[1:])) for line in flips(page))
        wanted = []
        for task in lines(page):
            first, _ = both(compared, page, task)
            if first.is_mean and first.card.content.get("publish") != "none":
                wanted += [(item, *(_word(score, first) for score in scores))
                           for item, scores in flipped(compared, page, task).items()]
        assert shown == sorted(wanted), path


def _word(score: float, cell: File) -> str:
    if cell.card.judged and score in {0.0, 1.0}:
        return "right" if score else "wrong"
    return f"{cell.card.factor * score:.1f}".removesuffix(".0") if cell.card.judged else f"{score:g}"


def test_each_side_of_a_flipped_item_leads_to_the_answer_behind_it(apart: Told) -> None:
    """Both cells of the line are links to the row on that model's page, where its answer stands in full."""
    page = apart.pages["c/alpha~zeta.html"]
    told = [line for line in flips(page) if all(cell.all("a") for cell in list(line.values())[1:])]
    assert len(told) == len(flips(page)) > ITEMS
    for line in told:
        for cell, name in zip(list(line.values())[1:], ("zeta", "alpha"), strict=True):
            target, _, anchor = cell.all("a")[0].attributes["href"].removeprefix("../").partition("#")
            assert f"/{name}" in target
            assert anchor in apart.pages[target].ids
            assert line["Item"].text in anchor


def test_the_p_value_of_right_and_wrong_is_the_exact_one(apart: Told) -> None:
    """Of the tasks that are right or wrong, p is McNemar's exact test, corrected for all tasks by Holm."""
    page = apart.pages["c/alpha~zeta.html"]
    told = lines(page)
    raw = {}
    for task in ("first", "second", "even", "hidden"):
        found = flipped(apart, page, task).values()
        raw[task] = binomtest(sum(one > other for one, other in found), len(found)).pvalue if found else 1.0
    assert told["even"]["p"].text == f"{min(1.0, raw['even']):.2f}"
    assert [told[task]["p"].text for task in ("first", "second", "hidden")] == ["< .001"] * 3
    assert max(raw[task] * len(told) for task in ("first", "second", "hidden")) < 0.001


def test_a_pair_keeps_what_cards_withhold(apart: Told) -> None:
    """Of a card that publishes no items the difference is said, and no item is named."""
    page = apart.pages["c/alpha~zeta.html"]
    assert lines(page)["hidden"]["Difference"].all("b")[0].text == "+100"
    assert "Task hidden: not listed, because its headline is no mean over items, or its card publishes no items." \
        in page.text
    assert not [one for one in page.all("summary") if "hidden" in one.text]


def test_a_pair_that_cannot_be_compared_says_why(made_up: Told, tmp_path: Path) -> None:
    """Withdrawn, partial, broken, stale and item-less tasks are each named with the reason."""
    page = made_up.pages["c/alpha~beta.html"]
    assert "Alpha and Beta could be compared on no task." in page.text
    for reason in ("share no item", "Measured under comparability version 1", "Withdrawn on 2026-11-21: Wrong data.",
                   "Partial: some items have no score.", "Its file is broken"):
        assert reason in page.text, reason
    left = [one.attributes["href"] for one in page.all("li") for one in one.all("a")]
    assert left == [f"../t/{task}.html" for task in ("hidden", "later", "prose", "sums", "words")]


def test_a_task_that_a_model_cannot_run_is_not_called_not_run(made_up: Told) -> None:
    """The reason of a missing cell is its state's, with the task first and the model's name."""
    page = made_up.pages["c/alpha~served.html"]
    name = made_up.files.models["served"]["name"]
    said = next(one.text for one in page.all("li") if "needs log-likelihoods" in one.text)
    assert said.startswith(f"Made-up sums, Sums & more. {name}: The output type multiple choice needs"), said
    assert f"{name}: Nobody has run it yet." not in page.text


def test_one_set_of_weights_is_called_so(own: Told, made_up: Told) -> None:
    """Where two entries have the same weights, each page that sets them beside each other says it; else none does."""
    first, second = sorted(own.files.run())
    for path in (f"c/{first}~{second}.html", f"c/{second}~{first}.html", "compare.html", "index.html"):
        if path in own.pages:
            assert re.search("The 2 models( with a mean)? are 1 set of weights, asked in 2 ways, with and without the "
                             "chat template[.]", own.pages[path].text), path
    assert not [path for path, page in made_up.pages.items() if "1 set of weights" in page.text]


def test_a_mean_over_tasks_says_what_it_ignores(compared: Told) -> None:
    """Wherever a mean of differences stands, so does what it takes for granted, and how many tasks it leaves out."""
    for path, page in compared.pages.items():
        lead = page.all("p", class_="lead")[0].text if path.startswith("c/") else ""
        if "each counting once" not in lead:
            continue
        assert "worth the same on every task, whatever guessing scores there." in lead, path
        over = int(re.search(r"Over (?:the )?(\d+) tasks", lead)[1])  # type: ignore[index]
        left = re.search(r"leaves out (\d+) task", lead)
        assert over + int(left[1] if left else 0) == len(lines(page)), path


def test_the_same_answers_are_no_proof_of_a_tie(own: Told) -> None:
    """Where every item has the same score in both, the largest difference that fits the items is said."""
    checked = 0
    for path, page in own.pages.items():
        for task, line in lines(page).items() if path.startswith("c/") else ():
            if line["Verdict"].text.startswith("same on all"):
                assert re.search(r"a difference up to \S+ \S+.* would fit|that does not prove", line[
                    "What these items can show"].text), task
                checked += 1
    assert checked
