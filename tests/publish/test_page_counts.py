"""Every count that a page shows is counted again in the committed files."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean

import pytest

from .conftest import Told
from .reading import Element, Page, Table
from .test_page_numbers import rounds_to

STATES = ("measured", "partial", "not run", "inapplicable", "broken file", "withheld")
#: In the order of a bar, with stale numbers apart from those that count.
KINDS = ("measured", "stale", "partial", "broken file", "withheld", "not run", "inapplicable")


def table(page: Page, label: str) -> Table:
    """The table inside the scrolling box of a label."""
    box = next(one for one in page.all("div", class_="scroll") if one.attributes["aria-label"] == label)
    return Table.of(box.all("table")[0])


def kinds(told: Told, **wanted: str) -> str:
    """How many pairs are of which kind, in words; of one task or model where one is named."""
    found: Counter[str] = Counter()
    for (task, model), state in told.files.states.items():
        if wanted.get("task", task) == task and wanted.get("model", model) == model:
            fresh = state != "measured" or not told.files.cells[task, model].stale
            found[state if fresh else "stale"] += 1
    return ", ".join(f"{found[kind]} {kind}" for kind in KINDS if found[kind])


def times(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def test_the_coverage_page_counts_every_pair_once(told: Told) -> None:
    """The counts of states, the bar of all pairs, and those of each task and model are the files' own."""
    page, states = told.pages["coverage.html"], told.files.states
    counts = Counter(states.values())
    lines = {line["State"].text: int(line["Pairs"].text) for line in table(page, "States and what they mean").lines}
    stale = sum(cell.stale for (_, name), cell in told.files.cells.items() if "@" not in name)
    assert lines == {**{state: counts[state] for state in STATES}, "stale": stale}
    assert f"All {len(states)} pairs, each counted once: {kinds(told)}." in page.text
    tasks = table(page, "How much is known of each: Tasks").lines
    assert [line["Pairs by state"].text for line in tasks] == [kinds(told, task=name) for name in told.files.cards]
    models = table(page, "How much is known of each: Models").lines
    assert [line["Pairs by state"].text for line in models] == [kinds(told, model=name) for name in told.files.models]


def test_the_coverage_page_names_every_pair(told: Told) -> None:
    """Each pair has a row with its state, and whatever has no fresh number has its reason beside it."""
    page = told.pages["coverage.html"]
    rows = {row.attributes["id"]: row for row in page.all("tr") if row.attributes.get("id", "").startswith("c-")}
    assert len(rows) == len(told.files.states)
    for (task, model), state in told.files.states.items():
        name, tags, reason = [one for one in rows[f"c-{task}-{model}"].inside if one.tag in {"th", "td"}]
        assert name.text == told.files.models[model]["name"]
        assert tags.text.startswith(state), (task, model)
        if state == "measured":
            cell = told.files.cells[task, model]
            assert ("stale" in tags.text) == cell.stale
            if not cell.stale:
                assert reason.text == f"n = {len(cell.items)}", (task, model)
        if state not in {"measured", "broken file"}:
            assert len(reason.text) > 20, (task, model)
            assert reason.text.endswith("."), (task, model)


def test_the_coverage_page_groups_reasons_and_loses_none(told: Told) -> None:
    """The sections of missing, partial, stale and so on count what the table counts, and their groups add up to it."""
    page = told.pages["coverage.html"]
    source = (told.site / "coverage.html").read_text()
    counts = Counter(told.files.states.values())
    others = [cell for (_, name), cell in told.files.cells.items() if "@" in name]
    stale = sum(cell.stale for cell in told.files.cells.values())
    failed = sum("instrument_fault" in cell.outcomes for cell in told.files.cells.values())
    wanted = {"missing": counts["not run"], "partial": counts["partial"], "stale": stale, "failed": failed,
              "inapplicable": counts["inapplicable"], "withheld": counts["withheld"]}
    assert all(set(cell.outcomes) == {"scored"} for cell in others)
    without = {one.attributes["id"] for one in page.all("p", id="without")[0].all("span")}
    assert {anchor for anchor, pairs in wanted.items() if not pairs} == without & set(wanted)
    for anchor, pairs in ((anchor, pairs) for anchor, pairs in wanted.items() if pairs):
        head = next(one for one in page.all("h2") if one.attributes.get("id") == anchor)
        assert head.text.endswith(f" {pairs}"), anchor
        section = Page(source[source.index(f'<h2 id="{anchor}">'):].partition("<h2")[2].partition("<h2")[0])
        groups = [int(one.text) for one in section.all("strong")]
        assert sum(groups) == pairs, anchor
        assert len(section.all("details")) == len(groups)


def test_the_first_page_counts_the_pool(told: Told) -> None:
    """Models, tasks, measured cells, domains and languages, and how many models were never run."""
    files, page = told.files, told.pages["index.html"]
    run, tasks = len(files.run()), len(files.cards)
    assert f"Of {times(run, 'model', 'models')} measured on {times(tasks, 'task', 'tasks')}," in page.text
    applicable = sum(state != "inapplicable" for state in files.states.values())
    assert f"{files.counting()} of {applicable} applicable cells are measured" in page.text
    unrun = len(files.models) - run
    assert f"{run} run, {unrun} registered and not yet run" in page.text
    assert len(table(page, "Models that were not run yet").lines) == unrun
    facts = {one.text.partition(" ")[0]: one.text for one in page.all("dl", class_="state")[0].all("div")}
    for name, number in Counter(card.content["domain"] for card in files.cards.values()).items():
        assert f"{name} {number}" in facts["Domains"]
    languages = Counter(tag for card in files.cards.values() for tag in card.content["languages"])
    assert sorted(map(int, re.findall(r" (\d+)", facts["Languages"]))) == sorted(languages.values())
    assert facts["Tasks"].startswith(f"Tasks {tasks} in all: ")
    assert sum(map(int, re.findall(r"(\d+) [a-z]", facts["Tasks"].partition(":")[2]))) == tasks


def test_the_first_page_says_on_how_many_tasks_the_best_is_settled(told: Told) -> None:
    """Settled, tied and unordered tasks are those whose own pages say so."""
    settled = tied = 0
    for task in told.files.cards:
        claim = told.pages[f"t/{task}.html"].all("p", class_="claim")[0].text
        settled += "clearly ahead" in claim
        tied += "cannot be told apart" in claim
    said = told.pages["index.html"].all("p", class_="claim")[0].text
    assert (f"one is clearly the best on {settled}" in said) == bool(settled)
    assert (f"on {tied} the best cannot be told apart" in said) == bool(tied)
    rest = len(told.files.cards) - settled - tied
    assert (f"on {rest} nothing is ordered" in said) == bool(rest)


def test_a_models_page_counts_its_own_cells(told: Told) -> None:
    """Measured and applicable tasks, tasks by domain, and what all cells took together."""
    files = told.files
    for model in files.models:
        page = told.pages[f"m/{model}.html"]
        own = {task: state for (task, name), state in files.states.items() if name == model}
        applicable = {task for task, state in own.items() if state != "inapplicable"}
        lead = page.all("p", class_="lead")[0].text
        assert lead.startswith(f"{files.counting(model=model)} of {len(applicable)} applicable tasks measured"), model
        cells = [cell for (_, name), cell in files.cells.items() if name.partition("@")[0] == model]
        stale = sum(cell.stale for cell in cells)
        assert (f", {stale} stale." in lead) == bool(stale)
        if cells:
            cost = {one.all("dt")[0].text: one.all("dd")[0].text for one in page.all("dl")[0].all("div")}
            assert cost["Cells"] == str(len(cells))
            tokens = [sum(cell.total(f"tokens_{way}") for cell in cells) for way in ("in", "out")]
            assert cost["Tokens"] == f"{tokens[0]:,} in, {tokens[1]:,} out"
        if not files.counting(model=model):
            continue
        for line in table(page, "What this model did in each domain").lines:
            mine = [task for task, card in files.cards.items() if card.content["domain"] == line["Domain"].text]
            counted = sum(own[task] == "measured" and not files.cells[task, model].stale for task in mine)
            assert line["Measured"].text == f"{counted} of {len(applicable & set(mine))}", model


def test_the_matrix_and_the_groups_count_their_models_and_tasks(told: Told) -> None:
    """The matrix names its size, and each domain and language how many models were run."""
    files = told.files
    run = len(files.run())
    models = f"{times(len(files.models), 'model', 'models')}, of which {run} {'was' if run == 1 else 'were'} run"
    assert f"{models}, on {times(len(files.cards), 'task', 'tasks')}." in told.pages["matrix.html"].text
    measured = sum(state == "measured" for state in files.states.values())
    table_size = len(files.run()) * len(files.cards)
    assert f"{measured} of {table_size} cells have a number" in told.pages["matrix.html"].text
    for path, wanted in [*((f"d/{card.content['domain']}.html", {"domain": card.content["domain"]})
                           for card in files.cards.values())]:
        tasks = [name for name, card in files.cards.items() if card.content["domain"] == wanted["domain"]]
        run = {path.stem.partition("@")[0] for task in tasks
               for path in (files.root / "results/cells" / task).glob("*.json")}
        assert f"{times(len(run), 'model was', 'models were')} run on " in told.pages[path].text
        assert len(told.pages[path].all("article", class_="card")) == len(tasks)


@pytest.mark.parametrize("where", ["s/everyday_choice.html", "index.html"])
def test_a_suites_mean_is_the_mean_of_its_tasks(own: Told, where: str) -> None:
    """Each task counts once, by the metric that the suite names; the best comes first."""
    members = ("everyday_physics", "turkish_vowel_harmony", "last_word")
    means = {}
    for model in own.files.run():
        cells = [own.files.cells[task, model] for task in members]
        means[own.files.models[model]["name"]] = 100 * mean(cell.value("acc,none") for cell in cells)
    label = "Each model's number in this suite" if where.startswith("s/") else "Ranking: Everyday choice"
    lines = table(own.pages[where], label).lines
    assert [line["Model"].text for line in lines] == sorted(means, key=lambda name: -means[name])
    for line in lines:
        cell: Element = line["Mean in %"]
        assert rounds_to(means[line["Model"].text], cell.all("data")[0].text)
        ends = re.search(r"95% interval (\d+) to (\d+)", cell.text)
        assert ends
        assert int(ends[1]) < means[line["Model"].text] < int(ends[2])
        if where.startswith("s/"):
            assert line["Tasks"].text == "3 of 3"


def test_a_suites_parts_are_the_cells_it_averages(own: Told) -> None:
    """Each part of a mean is the named metric of the cell that it leads to, and together they give the mean."""
    page = own.pages["s/everyday_choice.html"]
    table = next(Table.of(one) for one in page.all("table") if "acc in %" in one.text)
    assert table.lines
    for line in table.lines:
        model, *parts, mean = line.values()
        values = []
        for part in parts:
            task, name = part.all("a")[0].attributes["href"].removeprefix("../r/").removesuffix(".html").split("/")
            assert name == model.all("a")[0].attributes["href"].removeprefix("../m/").removesuffix(".html")
            values.append(100 * own.files.cells[task, name].content["metrics"]["acc,none"]["value"])
            assert rounds_to(values[-1], part.all("data")[0].text), (task, name)
        assert rounds_to(sum(values) / len(values), mean.all("data")[0].text)
