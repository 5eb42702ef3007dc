"""The data files and the first page hold the cells' numbers and no others."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from commons.pool.standing import headline_name
from commons.publish.build import build
from commons.publish.numbers import show
from commons.publish.snapshot import take_snapshot
from commons.publish.states import State

from .reading import read_page
from .synthetic import Pool, accuracy, model, rows


def test_the_csv_holds_the_cells_numbers(pool: Pool, site: Path) -> None:
    """Every value, interval and n of the CSV equals the cell's, and every metric of every cell has a line."""
    lines = list(csv.DictReader((site / "data/cells.csv").open(newline="")))
    snapshot = take_snapshot(pool.repository)
    expected = {(state.task, state.model, state.variant, name): (state, cell)
                for state, cell in snapshot.with_cells() for name in cell.metric_names}
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


def test_the_json_holds_the_cells_and_what_has_none(pool: Pool, site: Path) -> None:
    """Metrics equal the cells', pairs without a cell have a state and a reason, broken files are named."""
    content = json.loads((site / "data/cells.json").read_text())
    snapshot = take_snapshot(pool.repository)
    assert content["as_of"] == "2026-11-20"
    assert len(content["cells"]) == len(snapshot.with_cells())
    for one, (state, cell) in zip(content["cells"], snapshot.with_cells(), strict=True):
        assert one["cell_key"] == cell.identity.cell_key
        measured = state.state is State.MEASURED
        assert one["metrics"] == (
            {name: metric.model_dump(mode="json") for name, metric in cell.metrics.items()} if measured else {}
        )
        assert (site / one["page"]).is_file()
    assert len(content["without_cell"]) + len(content["cells"]) == len(snapshot.states) + len(snapshot.others)
    assert all(one["reason"] for one in content["without_cell"])
    assert {one["path"] for one in content["broken"]} == {"results/cells/words/beta.json", "tasks/halfway"}


def test_every_number_of_the_first_page_is_a_cells(pool: Pool, site: Path) -> None:
    """The first page shows each measured headline once, with the digits its interval allows, and no other number."""
    page = read_page(site / "index.html")
    shown = {}
    for link in page.all("a", class_="pair"):
        if "±" in link.text or "+" in link.text:
            shown[link.attributes["href"]] = link.text
    values = sorted(float(one.attributes["value"]) for one in page.all("data"))
    snapshot = take_snapshot(pool.repository)
    measured = [state for state in snapshot.states.values() if state.headline]
    assert values == sorted(state.headline.value for state in measured if state.headline)
    assert len(shown) == len(measured)
    for state in measured:
        card = snapshot.task(state.task).card
        assert state.cell is not None
        assert state.headline == state.cell.metrics[headline_name(card)]
        assert shown[f"r/{state.task}/{state.model}.html"].startswith(str(show(state.headline, card.headline.unit)))


def test_the_whisker_stands_where_the_interval_is(site: Path) -> None:
    """The line of the first page's first number spans its cell's interval on the scale from 0 to 100."""
    page = read_page(site / "r/sums/alpha.html")
    drawn = page.all("path", class_="range")[0].attributes["d"]
    value = 30 / 45
    low, high = (float(part) for part in drawn.removeprefix("M").replace(" 7H", " ").split())
    assert low < 100 * value < high
    assert page.all("path", class_="point")[0].attributes["d"].startswith("M66.7 ")
    assert page.all("path", class_="chance")[0].attributes["d"].startswith("M25.0 ")


def test_text_cells_of_the_csv_are_no_formulas(tmp_path: Path) -> None:
    """A metric whose name begins with an equals sign is written so that a spreadsheet takes it for text."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]), {"=1+1,none": accuracy([1.0, 0.0])}, names=("=1+1,none",))
    build(pool.repository, tmp_path / "_site")
    lines = list(csv.DictReader((tmp_path / "_site/data/cells.csv").open(newline="")))
    assert [one["metric"] for one in lines] == ["'=1+1"]
