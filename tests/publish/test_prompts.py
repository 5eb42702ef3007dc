"""A headline says that it is over one prompt, and leads to the other formats that were measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.publish.build import build
from tests.publish.reading import read_page
from tests.publish.synthetic import Pool, model, rows


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """One model, measured in the canonical format and in one other."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0] * 60 + [0.0] * 40))
    pool.cell("sums", "alpha", rows([1.0] * 30 + [0.0] * 70), variant="format-1")
    pool.cell("sums", "beta", rows([1.0] * 50 + [0.0] * 50))
    return pool


def test_a_headline_names_its_prompts(pool: Pool, tmp_path: Path) -> None:
    """Every headline is over one prompt; where another format was measured, its number stands beside it."""
    build(pool.repository, tmp_path / "_site")

    varied = read_page(tmp_path / "_site/r/sums/alpha.html").text
    alone = read_page(tmp_path / "_site/r/sums/beta.html").text
    assert "n = 100 items, over one prompt" in varied
    assert "n = 100 items, over one prompt" in alone
    assert "in other formats of the prompt: format-1 30" in varied
    assert "in other formats" not in alone


def test_the_page_of_a_format_names_no_others(pool: Pool, tmp_path: Path) -> None:
    """The other formats stand beside the canonical number alone, and the link leads to a page that is there."""
    build(pool.repository, tmp_path / "_site")

    page = tmp_path / "_site/r/sums/alpha@format-1.html"
    assert "in other formats" not in read_page(page).text
    assert 'href="../../r/sums/alpha@format-1.html"' in (tmp_path / "_site/r/sums/alpha.html").read_text()
