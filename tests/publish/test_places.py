"""A task's page shows each model's place as a range, and never an order without one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from commons.publish.build import build
from tests.publish.reading import Table, read_page
from tests.publish.synthetic import Pool, model, rows


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Two models that differ by one item, one far behind, and one whose cell was imported."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"), model("delta"))
    pool.task("sums")
    for name, right in (("alpha", 20), ("beta", 80), ("gamma", 81)):
        pool.cell("sums", name, rows([1.0] * right + [0.0] * (100 - right)))
    pool.cell("sums", "delta", rows([1.0] * 100), origin="external")
    return pool


def test_the_place_is_a_range_and_only_for_what_is_compared(pool: Pool, tmp_path: Path) -> None:
    """Two share a range, one is settled, and the imported one has none; the sentence says what that promises."""
    build(pool.repository, tmp_path / "_site")
    page = read_page(tmp_path / "_site/t/sums.html")
    lines = Table.of(page.all("table", id="results")[0]).lines

    places = {line["Model"].text: line["Place"].text for line in lines}
    assert places == {"Gamma": "1 to 2", "Beta": "1 to 2", "Alpha": "3", "Delta": "none"}
    assert [line["Place"].raw for line in lines].count("1\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}2") == 2
    assert "All 3 pairs of 3 models were compared together on the same items" in page.text


def test_a_task_without_a_cell_says_why_there_are_no_places(pool: Pool, tmp_path: Path) -> None:
    """No place is shown, and no empty column goes without its reason."""
    pool.task("words")
    build(pool.repository, tmp_path / "_site")

    assert "There are no places. No cell enters the comparison." in read_page(tmp_path / "_site/t/words.html").text


def test_a_build_without_numeric_packages_says_what_to_install(pool: Pool) -> None:
    """Where numpy is missing no site is half made: the build stops, names the package, and says how to get it."""
    script = (
        "import sys\nfor name in ('numpy', 'scipy'): sys.modules[name] = None\n"
        f"from commons.cli import main\nmain(['site', 'build', '--root', {str(pool.root)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "error: This needs the full install: the package `numpy` is missing." in done.stderr
    assert re.search(r"mend: .*pip install .*'\.\[[\w,]*site[\w,]*\]'", done.stderr)
    assert "Traceback" not in done.stderr
    assert not (pool.root / "_site").exists()
