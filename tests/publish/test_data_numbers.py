"""Every number of the data files follows from the committed cell files: computed again here from their JSON alone."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import bootstrap
from statsmodels.stats.proportion import proportion_confint

from .committed import SCORED, File
from .conftest import Told
from .data_site import read_csv, read_json
from .synthetic import CANARY

#: Files keep numbers with ten digits.
CLOSE = 1e-9
#: The ends of two bootstraps with different draws lie within this share of the interval's width.
DRAWS = 0.1
#: How each aggregation makes a number of what the rows contribute; the last axis runs over the rows.
AGGREGATIONS: dict[str, Callable[..., Any]] = {
    "mean": lambda scores, axis=-1: np.mean(scores, axis=axis),
    "perplexity": lambda scores, axis=-1: np.exp(-np.mean(scores, axis=axis)),
    "weighted_perplexity": lambda scores, sizes, axis=-1: np.exp(-scores.sum(axis=axis) / sizes.sum(axis=axis)),
    "bits_per_byte": lambda scores, sizes, axis=-1: -scores.sum(axis=axis) / sizes.sum(axis=axis) / math.log(2),
}
#: What is said of a metric beside its value.
SAID = ("value", "interval", "n", "n_effective", "method", "confidence", "higher_is_better")


def metric_names(cell: File) -> list[str]:
    """The columns of scores, which stand between the outcome and the chosen option."""
    columns: list[str] = cell.content["columns"]
    return columns[3 : columns.index("chosen")]


def made_up(cell: File) -> bool:
    """Whether a test wrote the cell's metrics by hand, and not from its rows."""
    return cell.task in {"prose", "words"} and cell.card.content["canary"] == CANARY


def samples(cell: File, name: str) -> tuple[np.ndarray, ...]:
    """What the rows contribute to a metric: an array for each number of a row."""
    values = np.array([row[name] for row in cell.rows], float)
    return (values,) if values.ndim == 1 else tuple(values.T)


def recompute(cell: File, name: str) -> tuple[float, tuple[float, float]]:
    """A metric and its interval from the rows alone, by other people's code."""
    metric, found = cell.content["metrics"][name], samples(cell, name)
    formula = AGGREGATIONS[metric["aggregation"]]
    if metric["method"] == "Wilson":
        ends = proportion_confint(found[0].sum(), len(found[0]), 1 - metric["confidence"], "wilson")
    else:
        drawn = bootstrap(found, formula, paired=True, n_resamples=2000, method="BCa", rng=np.random.default_rng(5))
        ends = drawn.confidence_interval
    return float(formula(*found)), (ends[0], ends[1])


def assert_metric(cell: File, name: str, given: dict[str, Any]) -> None:
    """What a data file says of a metric is what the cell's file says, and follows from the rows."""
    metric = cell.content["metrics"][name]
    assert given == {key: metric[key] for key in SAID if metric[key] is not None}, (cell.task, cell.name, name)
    if made_up(cell):
        return
    value, (low, high) = recompute(cell, name)
    near = CLOSE if metric["method"] == "Wilson" else DRAWS * (high - low)
    assert given["value"] == pytest.approx(value, rel=CLOSE, abs=CLOSE)
    assert given["interval"] == pytest.approx([low, high], abs=near), (cell.task, cell.name, name)
    assert given["n"] == len({row["item"] for row in cell.rows})


def state_of(told: Told, cell: File) -> str:
    """What a cell of any variant counts as; withdrawals are of the canonical one here."""
    if (cell.task, cell.name) in told.files.withdrawn:
        return "withheld"
    return "measured" if set(cell.outcomes) <= SCORED else "partial"


def optional(text: str) -> float | None:
    """A number of a CSV field, which may be empty."""
    return float(text) if text else None


def test_each_line_of_the_csv_follows_from_the_rows(told: Told) -> None:
    """Every metric of every cell has one line; a measured one holds the file's numbers, any other holds none."""
    lines = read_csv(told.site / "data/cells.csv")
    named = {(one["task"], one["file"], f"{one['metric']},{one['filter']}"): one for one in lines}
    expected = {(cell.task, f"results/cells/{cell.task}/{cell.name}.json", name): cell
                for cell in told.files.cells.values() for name in metric_names(cell)}
    assert len(named) == len(lines)
    assert named.keys() == expected.keys()
    for key, line in named.items():
        cell, name = expected[key], key[2]
        assert line["state"] == state_of(told, cell)
        assert line["cell_key"] == cell.content["identity"]["cell_key"]
        assert line["started"] == cell.content["provenance"]["started"]
        assert line["headline"] == ("yes" if name == cell.card.column else "no")
        assert line["licence"] == cell.card.content["licence"]
        assert bool(line["stale"]) is cell.stale
        if line["state"] != "measured":
            assert not any(line[column] for column in ("value", "low", "high", "n", "method", "place_best"))
            continue
        given = {"value": optional(line["value"]), "interval": [optional(line["low"]), optional(line["high"])],
                 "n": int(line["n"]), "n_effective": optional(line["n_effective"]), "method": line["method"],
                 "confidence": optional(line["confidence"]), "higher_is_better": line["higher_is_better"] == "true"}
        assert_metric(cell, name, {key: value for key, value in given.items() if value is not None})


def test_each_pair_of_the_parquet_follows_from_its_file(told: Told) -> None:
    """Every task on every model has a row, with its state, and the headline and counts of its cell or a reason."""
    rows = pq.read_table(told.site / "data/cells.parquet").to_pylist()
    named = {(row["task"], row["model"] if row["variant"] == "canonical" else f"{row['model']}@{row['variant']}"): row
             for row in rows}
    assert len(named) == len(rows)
    assert named.keys() == told.files.states.keys() | told.files.cells.keys()
    for key, row in named.items():
        assert row["metric"] == told.files.cards[key[0]].column
        cell = told.files.cells.get(key)
        assert row["state"] == (state_of(told, cell) if cell else told.files.state(*key))
        assert bool(row["reason"]) is (row["state"] != "measured")
        assert (row["value"] is not None) is (row["state"] == "measured")
        if cell is None:
            assert row["rows"] is row["cell_key"] is row["started"] is None
            continue
        if row["value"] is not None:
            given = {**row, "interval": [row["low"], row["high"]]}
            assert_metric(cell, cell.card.column, {key: given[key] for key in SAID if given[key] is not None})
        made = cell.content["provenance"]
        assert (row["rows"], row["items"]) == (len(cell.rows), len({one["item"] for one in cell.rows}))
        assert row["scored"] == sum(one["outcome"] in SCORED for one in cell.rows)
        assert (row["tokens_in"], row["tokens_out"]) == (cell.total("tokens_in"), cell.total("tokens_out"))
        assert (row["seconds"], row["cost_usd"], row["started"]) == (made["seconds"], made["cost_usd"], made["started"])


def test_each_cell_of_the_api_follows_from_its_file(told: Told) -> None:
    """A task's file holds each of its cells with every metric, and each pair without a cell with a reason."""
    for task in told.files.cards:
        content = read_json(told.site / f"api/v1/tasks/{task}.json")
        mine = {name: cell for (of, name), cell in told.files.cells.items() if of == task}
        assert {Path(one["file"]).stem for one in content["cells"]} == mine.keys()
        assert {(one["model"], one["state"]) for one in content["without_cell"]} == {
            (model, state) for (of, model), state in told.files.states.items() if of == task and model not in mine}
        assert all(one["reason"] for one in content["without_cell"])
        for one in content["cells"]:
            cell = mine[Path(one["file"]).stem]
            assert one["state"] == state_of(told, cell)
            assert one["outcomes"] == dict(cell.outcomes) == dict(Counter(row["outcome"] for row in cell.rows))
            assert one["tokens"] == {"in": cell.total("tokens_in"), "out": cell.total("tokens_out")}
            assert one["cell_key"] == cell.content["identity"]["cell_key"]
            assert (told.site / one["page"]).is_file()
            assert one.get("metrics", {}).keys() == (cell.content["metrics"].keys() if one["state"] == "measured"
                                                     else set())
            for name, given in one.get("metrics", {}).items():
                assert_metric(cell, name, given)


def test_each_headline_of_a_models_file_is_its_cells(told: Told) -> None:
    """A model's file names every task once, with the headline where it is measured and its state where it is not."""
    for model in told.files.models:
        results = read_json(told.site / f"api/v1/models/{model}.json")["results"]
        mine = [one for one in results if "variant" not in one]
        assert [(one["task"], one["state"]) for one in mine] == sorted(
            (task, state) for (task, of), state in told.files.states.items() if of == model)
        for one in results:
            name = f"{model}@{one['variant']}" if "variant" in one else model
            assert ("value" in one) is (one["state"] == "measured")
            assert ("reason" in one) is (one["state"] != "measured")
            if "value" in one:
                cell = told.files.cells[one["task"], name]
                metric = cell.content["metrics"][cell.card.column]
                assert (one["value"], one["interval"], one["n"]) == (metric["value"], metric["interval"], metric["n"])


def test_the_counts_of_the_api_are_those_of_the_files(told: Told) -> None:
    """Tasks, models, cells, pairs by state, and how many models measured a task: counted again from the files."""
    files, counts = told.files, read_json(told.site / "api/v1/manifest.json")["counts"]
    assert (counts["tasks"], counts["models"]) == (len(files.cards), len(files.models))
    assert counts["cells"] == len(files.cells)
    assert {kind: pairs for kind, pairs in counts["pairs"].items() if pairs} == Counter(files.states.values())
    assert counts["pairs_stale"] == sum(cell.stale for key, cell in files.cells.items() if key in files.states)
    for one in read_json(told.site / "api/v1/tasks.json")["tasks"]:
        assert one["models_measured"] == files.counting(task=one["task"])
    for one in read_json(told.site / "api/v1/models.json")["models"]:
        assert one["tasks_measured"] == files.counting(model=one["model"])


def test_places_are_one_statement_in_every_file(told: Told) -> None:
    """CSV, Parquet and API give the same places; they are of canonical cells, and start at 1."""
    table = {(row["task"], row["model"]): (row["place_best"], row["place_worst"])
             for row in pq.read_table(told.site / "data/cells.parquet").to_pylist() if row["place_best"]}
    lines = {(one["task"], one["model"]): (int(one["place_best"]), int(one["place_worst"]))
             for one in read_csv(told.site / "data/cells.csv") if one["place_best"]}
    api = {(task, one["model"]): (one["place"]["best"], one["place"]["worst"]) for task in told.files.cards
           for one in read_json(told.site / f"api/v1/tasks/{task}.json")["cells"] if "place" in one}
    assert table == lines == api
    assert min(best for best, _ in table.values()) == 1
    assert all(best <= worst for best, worst in table.values())


def test_the_matrix_sorts_by_the_cells_values(told: Told) -> None:
    """Each cell of the big table is sorted by its headline and shows it rounded; one without it has no key."""
    content = read_json(told.site / "data/matrix.json")
    tasks, models = list(told.files.cards), list(told.files.models)
    for task, line in zip(tasks, content["cells"], strict=True):
        for model, place in zip(models, line, strict=True):
            text, key, cell = content["texts"][place], content["keys"][place], told.files.cells.get((task, model))
            if told.files.states[task, model] != "measured" or cell is None:
                assert (key, text) == (None, told.files.states[task, model])
                continue
            value = cell.content["metrics"][cell.card.column]["value"]
            assert key == pytest.approx(value, rel=1e-8)
            shown = re.match(r"[\d.,]+", text)
            assert shown
            digits = len(shown[0].partition(".")[2])
            assert float(shown[0].replace(",", "")) == pytest.approx(value * cell.card.factor, abs=0.5 * 10.0**-digits)
