"""The data files and the first page hold the cells' numbers and no others, as the program itself reads the pool."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.pool.cell import Cell
from commons.pool.standing import headline_name
from commons.publish.numbers import show
from commons.publish.snapshot import Snapshot, take_snapshot
from commons.publish.states import CellState, State

from .data_site import read_csv, read_json
from .reading import read_page
from .synthetic import Pool


@pytest.fixture(scope="module")
def snapshot(pool: Pool) -> Snapshot:
    """The pool as pages see it."""
    return take_snapshot(pool.repository)


def cell_of(snapshot: Snapshot, state: CellState) -> Cell:
    """The whole cell of a state."""
    cell = snapshot.pool.ledger.cell(state.task, state.model, state.variant)
    assert cell is not None
    return cell


def test_the_csv_holds_the_cells_numbers(snapshot: Snapshot, site: Path) -> None:
    """Every value, interval and n of the CSV equals the cell's, and every metric of every cell has a line."""
    lines = read_csv(site / "data/cells.csv")
    expected = {(state.task, state.model, state.variant, name): (state, cell_of(snapshot, state))
                for state in snapshot.with_cells() for name in cell_of(snapshot, state).metric_names}
    assert len(lines) == len(expected)
    for one in lines:
        state, cell = expected[one["task"], one["model"], one["variant"], f"{one['metric']},{one['filter']}"]
        assert one["cell_key"] == cell.identity.cell_key
        assert one["licence"] == "CC-BY-4.0"
        metric = cell.metrics.get(f"{one['metric']},{one['filter']}")
        if state.state is State.MEASURED and metric:
            assert float(one["value"]) == metric.value
            assert (float(one["low"]), float(one["high"])) == metric.interval
            assert int(one["n"]) == metric.n
        else:
            assert (one["value"], one["low"], one["high"], one["n"]) == ("", "", "", "")


def test_the_api_holds_the_cells_and_what_has_none(snapshot: Snapshot, site: Path) -> None:
    """Metrics equal the cells', pairs without a cell have a state and a reason, broken files are named."""
    files = [read_json(site / f"api/v1/tasks/{task.name}.json") for task in snapshot.tasks]
    assert max(one["as_of"] for one in files) == "2026-11-20"
    given = {(file["task"], one["model"], one["variant"]): one for file in files for one in file["cells"]}
    assert len(given) == sum(len(file["cells"]) for file in files) == len(snapshot.with_cells())
    for state in snapshot.with_cells():
        one, cell = given[state.task, state.model, state.variant], cell_of(snapshot, state)
        assert one["cell_key"] == cell.identity.cell_key
        assert one.get("metrics", {}).keys() == (cell.metrics.keys() if state.state is State.MEASURED else set())
        for name, metric in one.get("metrics", {}).items():
            assert metric.items() <= cell.metrics[name].model_dump(mode="json").items()
            assert {"value", "n", "method", "higher_is_better"} <= metric.keys()
        assert (site / one["page"]).is_file()
    without = [one for file in files for one in file["without_cell"]]
    assert len(without) + len(given) == len(snapshot.states) + len(snapshot.others)
    assert all(one["reason"] for one in without)
    broken = read_json(site / "data/site.json")["broken"]
    assert {one["path"] for one in broken} == {"results/cells/words/beta.json", "tasks/halfway"}
    assert all(one["faults"] for one in broken)


def test_every_number_of_the_first_page_is_a_cells(snapshot: Snapshot, site: Path) -> None:
    """The first page shows each measured headline once, with the digits its interval allows, and no other number."""
    page = read_page(site / "index.html")
    shown = {}
    for link in page.all("a", class_="pair"):
        if "±" in link.text or "+" in link.text:
            shown[link.attributes["href"]] = link.text
    values = sorted(float(one.attributes["value"]) for one in page.all("data"))
    measured = [state for state in snapshot.states.values() if state.headline]
    assert values == sorted(state.headline.value for state in measured if state.headline)
    assert len(shown) == len(measured)
    for state in measured:
        card = snapshot.task(state.task).card
        metric = cell_of(snapshot, state).metrics[headline_name(card)]
        assert shown[f"r/{state.task}/{state.model}.html"].startswith(str(show(metric, card.headline.unit)))


def test_the_whisker_stands_where_the_interval_is(site: Path) -> None:
    """The line of a cell's number spans its cell's interval on the scale from 0 to 100."""
    page = read_page(site / "r/sums/alpha.html")
    drawn = page.all("path", class_="range")[0].attributes["d"]
    value = 30 / 45
    low, high = (float(part) for part in drawn.removeprefix("M").replace(" 7H", " ").split())
    assert low < 100 * value < high
    assert page.all("path", class_="point")[0].attributes["d"].startswith("M66.7 ")
    assert page.all("path", class_="chance")[0].attributes["d"].startswith("M25.0 ")
