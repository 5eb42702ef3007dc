"""Every headline that a page shows is made again from the committed files, with its interval and its n."""

from __future__ import annotations

import math
import re

import pytest

from .committed import File
from .conftest import Told
from .reading import Element, Page, Table
from .synthetic import CANARY

MINUS = "\N{MINUS SIGN}"
#: The pages that show pairs of a task and a model.
KINDS = ("t/", "m/", "c/", "d/", "l/", "index.html", "matrix-")
_NUMBER = r"[−\d][\d,]*(?:\.\d+)?"
_PAIR = re.compile(rf"(?P<value>{_NUMBER})(?: ± (?P<both>{_NUMBER})| \+(?P<up>{_NUMBER}) −(?P<down>{_NUMBER}))")


def number(text: str) -> float:
    """A printed number."""
    return float(text.replace(MINUS, "-").replace(",", ""))


def rounds_to(value: float, printed: str) -> bool:
    """Whether a number, rounded to the digits that are printed, is the printed one."""
    digits = len(printed.partition(".")[2])
    return math.isclose(number(printed), value, abs_tol=0.5 * 10.0**-digits + 1e-9)


def target(link: Element, page: str) -> tuple[str, str]:
    """The task and the file that a pair's link leads to: a cell's page, or a row of the task's page."""
    found = re.search(r"r/(\w+)/([\w.@-]+)\.html|t/(\w+)\.html#m-([\w.@-]+)", link.attributes["href"])
    assert found, (page, link.attributes["href"])
    return found[1] or found[3], found[2] or found[4]


def assert_number(text: str, cell: File, where: str) -> None:
    """A text holds a cell's score, rounded, and both arms of its interval; the digits suit the interval."""
    column, factor = cell.card.column, cell.card.factor
    said = cell.content["metrics"][column]
    made = cell.task == "prose" and cell.card.content["canary"] == CANARY  # its rows are made up
    value = factor * (said["value"] if made else cell.value(column))
    low, high = (factor * end for end in (said["interval"] if made else cell.interval(column)))
    assert math.isclose(value, factor * said["value"], abs_tol=1e-6), where
    printed = _PAIR.search(text)
    assert printed, (where, text)
    assert rounds_to(value, printed["value"]), (where, text)
    if printed["both"]:
        assert rounds_to((high - low) / 2, printed["both"]), (where, text)
    else:
        assert rounds_to(high - value, printed["up"]), (where, text)
        assert rounds_to(value - low, printed["down"]), (where, text)
    step = 10.0 ** -len(printed["value"].partition(".")[2])
    assert step <= max(1.0, (high - low) / 2), (where, text)
    if ends := re.search(rf"95% interval ({_NUMBER}) to ({_NUMBER})", text):
        assert rounds_to(low, ends[1]), (where, text)
        assert rounds_to(high, ends[2]), (where, text)


def assert_pair(link: Element, told: Told, where: str) -> bool:
    """What stands for a pair is its number, or its state in words and no number; True where it is a number."""
    task, name = target(link, where)
    state = told.files.state(task, name)
    if state != "measured":
        assert state in link.text, (where, task, name, link.text)
        assert not link.all("data"), (where, task, name)
        return False
    cell = told.files.cells[task, name]
    assert_number(link.text, cell, f"{where}: {task} {name}")
    data = link.all("data")[0].attributes["value"]
    assert float(data) == cell.content["metrics"][cell.card.column]["value"], (where, task, name)
    if not where.startswith("c/"):
        assert ("stale" in link.text) == cell.stale, (where, task, name)
    return True


def pairs(page: Page, path: str) -> list[tuple[Element, tuple[str, str]]]:
    """The links of a page that stand for a pair."""
    return [(link, target(link, path)) for link in page.all("a", class_="pair") if "href" in link.attributes]


def test_every_pair_on_every_page_is_what_its_file_says(told: Told) -> None:
    """Scores, margins and interval ends round from what the rows give; a pair without a score shows none."""
    numbers = sum(
        assert_pair(link, told, path)
        for path, page in told.pages.items() if path.startswith(KINDS) for link, _ in pairs(page, path)
    )
    measured = [one for one in told.files.cells.values() if told.files.state(one.task, one.name) == "measured"]
    assert numbers >= 4 * len({(one.task, one.name) for one in measured if "@" not in one.name})


def test_no_pair_is_left_out_of_the_pages_that_hold_all(told: Told) -> None:
    """A task's page has every model and variant, a model's every task, the first page whatever was run, each once."""
    files = told.files
    for task in files.cards:
        shown = [place for _, place in pairs(told.pages[f"t/{task}.html"], task) if place[0] == task]
        variants = [name for other, name in files.cells if other == task and "@" in name]
        assert sorted(shown) == sorted((task, name) for name in (*files.models, *variants)), task
    for model in files.models:
        shown = [place for _, place in pairs(told.pages[f"m/{model}.html"], model)]
        variants = [place for place in files.cells if place[1].startswith(f"{model}@")]
        assert sorted(shown) == sorted([*((task, model) for task in files.cards), *variants]), model
    shown = [place for _, place in pairs(told.pages["index.html"], "index.html")]
    assert sorted(shown) == sorted((task, model) for task in files.cards for model in files.run())


def test_a_model_that_was_run_stands_on_every_page_of_its_tasks(told: Told) -> None:
    """The pages of domains and languages and the sheets of the matrix hold every pair of theirs."""
    files = told.files
    for task, card in files.cards.items():
        sheets = [path for path in told.pages if path.startswith("matrix-")
                  and any(place[0] == task for _, place in pairs(told.pages[path], path))]
        assert len(sheets) == 1, task
        run = [name for name in files.run() if (files.root / f"results/cells/{task}/{name}.json").is_file()]
        for path in (f"d/{card.content['domain']}.html", *(f"l/{tag}.html" for tag in card.content["languages"]),
                     sheets[0]):
            shown = [name for _, (other, name) in pairs(told.pages[path], path) if other == task]
            assert set(run) <= set(shown), (path, task)
            assert len(set(shown)) == len(shown), (path, task)


def test_a_tasks_table_counts_what_its_rows_hold(told: Told) -> None:
    """n, outcomes, tokens, seconds and the day of each line are those of the cell's rows."""
    for task in told.files.cards:
        element = told.pages[f"t/{task}.html"].all("table", id="results")[0]
        for row, line in zip(element.all("tr")[1:], Table.of(element).lines, strict=True):
            cell = told.files.cells.get((task, row.attributes["id"].removeprefix("m-")))
            if cell is None:
                assert len(line) == 2, (task, row.text)
                continue
            assert_counts(line, cell)
            assert line["Tokens in"].text == f"{cell.total('tokens_in'):,}", (task, row.text)
            assert line["Tokens out"].text == f"{cell.total('tokens_out'):,}", (task, row.text)
            assert line["Host"].text == cell.content["provenance"]["host"]


def assert_counts(line: dict[str, Element], cell: File) -> None:
    """n, outcomes and seconds of a table's line."""
    state = "partial" if "not_run" in cell.outcomes else "measured"
    scored = sum(rows for outcome, rows in cell.outcomes.items() if outcome in {"scored", "model_fault", "refused"})
    items = len(cell.items)
    shown = line["n"].text.partition("worth")[0].strip()
    withheld = "withheld" in list(line.values())[1].text
    assert shown == (f"{scored} of {len(cell.rows)}" if state == "partial" or withheld else str(items)), cell.name
    for outcome, rows in cell.outcomes.items():
        assert f"{rows} {outcome.replace('_', ' ')}" in line["Outcomes"].text, (cell.task, cell.name)
    assert float(line["Time"].attributes["data-v"]) == cell.content["provenance"]["seconds"]
    assert line["Measured"].attributes["data-v"] == cell.content["provenance"]["started"]


def test_places_hold_the_order_of_the_scores(told: Told) -> None:
    """Each place is a range that holds the place by score alone, and only fresh measured cells have one."""
    placed = 0
    for task, card in told.files.cards.items():
        element = told.pages[f"t/{task}.html"].all("table", id="results")[0]
        ranges = {}
        for row, line in zip(element.all("tr")[1:], Table.of(element).lines, strict=True):
            name = row.attributes["id"].removeprefix("m-")
            if "Place" in line and re.match(r"\d", text := line["Place"].text) and len(line) > 3:
                ranges[name] = [int(part) for part in text.split(" to ")]
                assert told.files.state(task, name) == "measured", (task, name)
                assert not told.files.cells[task, name].stale, (task, name)
        sign = -1 if card.higher else 1
        value = {name: sign * told.files.cells[task, name].content["metrics"][card.column]["value"] for name in ranges}
        for name, ends in ranges.items():
            best = 1 + sum(other < value[name] for other in value.values())
            worst = sum(other <= value[name] for other in value.values())
            assert ends[0] <= best, (task, name)
            assert worst <= ends[-1], (task, name)
            placed += 1
    assert placed >= 2


@pytest.mark.parametrize("kind", ["headline", "metrics"])
def test_a_cells_page_says_its_number_and_every_metric(told: Told, kind: str) -> None:
    """The headline with n and interval in words, and each metric with its unit, rounded from the file's."""
    for (task, name), cell in told.files.cells.items():
        page = told.pages[f"r/{task}/{name}.html"]
        if told.files.state(task, name) != "measured":
            assert not page.all("data"), (task, name)
            continue
        if kind == "headline":
            block = page.all("div", class_="headline")[0]
            assert_number(block.text, cell, f"r/{task}/{name}.html")
            assert f"n = {len(cell.items)} items" in block.text, (task, name)
            continue
        table = next(Table.of(one) for one in page.all("table") if "Aggregation and method" in one.text)
        metrics = {column.removesuffix(",none"): (column, said) for column, said in cell.content["metrics"].items()}
        assert {line["Metric, filter"].text for line in table.lines} == set(metrics)
        for line in table.lines:
            column, said = metrics[line["Metric, filter"].text]
            factor = 100.0 if line["Unit"].text == "%" else 1.0
            if column == cell.card.column:
                unit = cell.card.content["headline"].get("unit", "proportion")
                assert line["Unit"].text == ("%" if unit == "proportion" else unit), (task, name)
            for value, shown in zip((said["value"], *said["interval"]),
                                    (line["Value"].text, *line["Interval"].text.split(" to ")), strict=True):
                assert rounds_to(factor * value, shown), (task, name, column)
            assert line["n"].text == str(said["n"]), (task, name)
