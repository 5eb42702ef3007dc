"""Numbers and links made to do harm: what holds them is named, and the rest of the site stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from commons.errors import CannotRun
from commons.pool import cellfile
from commons.publish.build import build
from commons.publish.environment import make_environment

from .data_site import read_csv, read_json
from .reading import read_page
from .synthetic import SITE, Pool, accuracy, items, model, rows


def small(root: Path, **card: Any) -> Pool:
    """A pool with a good task that was measured, and a second task with a card of the test's choice."""
    pool = Pool(root / "pool")
    pool.models(model("alpha"))
    pool.task("good", title="The good one")
    pool.cell("good", "alpha", rows([1.0, 0.0]))
    pool.task("sums", **card)
    return pool


def broken(pool: Pool) -> list[tuple[str, str]]:
    """Build the site; give what it calls broken, after a look that the good task's number stands."""
    out = pool.root.parent / "_site"
    report = build(pool.repository, out)
    assert "50" in read_page(out / "r/good/alpha.html").text
    coverage = read_page(out / "coverage.html").text
    assert all(one.path in coverage for one in report.broken)
    named = read_json(out / "data/site.json")["broken"]
    assert [(one["kind"], one["path"]) for one in named] == [(one.kind, one.path) for one in report.broken]
    assert read_json(out / "api/v1/tasks/good.json")["cells"][0]["metrics"]["acc,none"]["value"] == 0.5
    for path in (path for folder in ("api", "data", "feeds", "badges") for path in (out / folder).rglob("*.*")):
        assert str(pool.root.parent).encode() not in path.read_bytes()
        if path.suffix == ".json":
            read_json(path)
    assert str(pool.root.parent) not in (out / "coverage.html").read_text()
    return [(one.kind, one.path) for one in report.broken]


HEADLINE = {"metric": "acc", "direction": "higher", "chance": 0.25, "unit": "points"}


@pytest.mark.parametrize("card", [
    {"headline": {**HEADLINE, "chance": float("inf")}},
    {"headline": {**HEADLINE, "chance": float("nan"), "unit": "proportion"}},
    {"headline": {**HEADLINE, "ceiling": -1e308}},
    {"headline": {**HEADLINE, "ceiling": 1e308}},
    {"comparability_version": 10**30},
    {"human_baseline": {"score": 0.5, "n": 10**4000, "source": "Us."}},
    {"claims": {"smallest_difference": float("inf")}},
], ids=["inf", "nan", "low", "high", "version", "people", "claims"])
def test_a_card_with_a_wild_number_breaks_its_task_alone(tmp_path: Path, card: dict[str, Any]) -> None:
    """The task is named on the coverage page and left out, of the data too."""
    assert broken(small(tmp_path, **card)) == [("task", "tasks/sums")]
    assert [one["task"] for one in read_json(tmp_path / "_site/api/v1/tasks.json")["tasks"]] == ["good"]
    assert not (tmp_path / "_site/api/v1/tasks/sums.json").exists()


def test_a_number_that_python_will_not_write_breaks_its_task_alone(tmp_path: Path) -> None:
    """A hexadecimal number of thousands of digits is read, but cannot be written in tens."""
    pool = small(tmp_path)
    path = pool.root / "tasks/sums/card.yaml"
    path.write_text(path.read_text() + f"comparability_version: 0x{'f' * 9000}\n")
    assert broken(pool) == [("task", "tasks/sums")]


@pytest.mark.parametrize("value", [10**30, float("inf"), float("nan"), 1e308])
def test_a_model_with_a_wild_argument_is_left_out(tmp_path: Path, value: float) -> None:
    """The model is named, the others keep their pages, and its cells have no model."""
    pool = small(tmp_path)
    entries = [model("alpha"), model("beta", arguments={"scale": value})]
    (pool.root / "models.yaml").write_text(yaml.safe_dump({"models": entries}))
    assert broken(pool) == [("model", "models.yaml")]
    assert not (tmp_path / "_site/m/beta.html").exists()
    assert not (tmp_path / "_site/api/v1/models/beta.json").exists()


def test_a_pool_whose_only_model_is_wild_still_has_a_site(tmp_path: Path) -> None:
    """Pages of tasks stand without any model."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha", arguments={"scale": float("inf")}))
    pool.task("sums")
    build(pool.repository, tmp_path / "_site")
    assert "commons run sums" in read_page(tmp_path / "_site/t/sums.html").text


WILD = {
    "tokens": lambda cell: replace(cell, rows=tuple(replace(row, tokens_in=10**4000) for row in cell.rows)),
    "negative tokens": lambda cell: replace(cell, rows=tuple(replace(row, tokens_out=-1) for row in cell.rows)),
    "repeat": lambda cell: replace(cell, rows=tuple(replace(row, repeat=10**4000) for row in cell.rows)),
    "score": lambda cell: replace(cell, rows=tuple(replace(row, scores=(1e200,)) for row in cell.rows)),
    "chosen": lambda cell: replace(cell, rows=tuple(replace(row, chosen=2) for row in cell.rows)),
    "chosen below": lambda cell: replace(cell, rows=tuple(replace(row, chosen=-1) for row in cell.rows)),
    "interval": lambda cell: with_metric(cell, interval=(-1e308, 1e308)),
    "backwards": lambda cell: with_metric(cell, interval=(0.9, 0.1)),
    "n": lambda cell: with_metric(cell, n=len(cell.rows) + 1),
    "above one": lambda cell: with_metric(cell, value=1.5, interval=None),
    "below zero": lambda cell: with_metric(cell, value=-0.5, interval=None),
}


def with_metric(cell: Any, **changes: Any) -> Any:
    """The cell with another headline."""
    return replace(cell, metrics={"acc,none": cell.metrics["acc,none"].model_copy(update=changes)})


@pytest.mark.parametrize("change", WILD.values(), ids=WILD.keys())
def test_a_cell_with_wild_or_contradictory_numbers_shows_none(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    """The cell is a broken file on the coverage page, and has no page of its own."""
    pool = small(tmp_path)
    pool.rendered("sums", items(2))
    path = pool.cell("sums", "alpha", rows([1.0, 0.0]), {"acc,none": accuracy([1.0, 0.0])})
    path.write_text(cellfile.to_text(change(cellfile.read_cell(path))))
    assert broken(pool) == [("cell", "results/cells/sums/alpha.json")]
    assert not (tmp_path / "_site/r/sums/alpha.html").exists()
    assert "broken file" in read_page(tmp_path / "_site/t/sums.html").text
    file = read_json(tmp_path / "_site/api/v1/tasks/sums.json")
    assert file["cells"] == []
    assert [(one["model"], one["state"]) for one in file["without_cell"]] == [("alpha", "broken file")]
    assert {one["task"] for one in read_csv(tmp_path / "_site/data/cells.csv")} == {"good"}
    assert not (tmp_path / "_site/data/rows/sums.parquet").exists()


@pytest.mark.parametrize(("key", "value"), [
    ('"seconds": 61.5', '"seconds": 1e999'), ('"seconds": 61.5', '"seconds": -1'), ('"n": 2', '"n": 1e12'),
    ('["s0", 0,', '["s0", 1e999,'), ('["s0", 0,', f'["s0", {"9" * 5000},'), ('"confidence": 0.95', '"confidence": 7'),
    ('"generation": null', '"generation": ' + '{"a": ' * 200 + "1" + "}" * 200), ('"fewshot": 1234', '"f": 1e300'),
])
def test_a_cell_file_with_an_odd_number_is_broken(tmp_path: Path, key: str, value: str) -> None:
    """Whatever JSON can hold, the build names the file and goes on."""
    pool = small(tmp_path)
    path = pool.cell("sums", "alpha", rows([1.0, 0.0]))
    text = path.read_text()
    assert key in text
    path.write_text(text.replace(key, value))
    assert broken(pool) == [("cell", "results/cells/sums/alpha.json")]


def test_a_linked_task_is_named_without_its_target(tmp_path: Path) -> None:
    """The page names the link's own place; what it leads to stands nowhere."""
    pool = small(tmp_path)
    (pool.root / "tasks/stolen").symlink_to(pool.root / "tasks/sums", target_is_directory=True)
    assert broken(pool) == [("task", "tasks/stolen")]


@pytest.mark.parametrize("place", ["static/leak.txt", "static/deep/leak.txt", "templates/leak.html", "static/folder"])
def test_a_link_in_the_site_folder_is_refused(tmp_path: Path, place: str) -> None:
    """Nothing outside the pool is published through a link."""
    import shutil

    pool = small(tmp_path)
    shutil.copytree(SITE, pool.root / "site")
    secret = tmp_path / "secret"
    if place.endswith("folder"):
        secret.mkdir()
    else:
        secret.write_text("SECRET")
    (pool.root / "site" / place).parent.mkdir(exist_ok=True)
    (pool.root / "site" / place).symlink_to(secret)
    with pytest.raises(CannotRun, match="link"):
        build(pool.repository, tmp_path / "_site")
    assert not (tmp_path / "_site").exists()


def test_templates_cannot_reach_the_program(tmp_path: Path) -> None:
    """A stranger's template that reaches for Python's insides is stopped with a clear error."""
    import shutil

    environment = make_environment(SITE / "templates")
    with pytest.raises(jinja2.exceptions.SecurityError):
        environment.from_string("{{ clip.__class__.__mro__[1].__subclasses__() }}").render(clip=print)
    pool = small(tmp_path)
    shutil.copytree(SITE, pool.root / "site")
    (pool.root / "site/templates/home.html").write_text("{{ page.__class__.__init__.__globals__ }}")
    with pytest.raises(CannotRun, match=r"The template home\.html fails"):
        build(pool.repository, tmp_path / "_site")
