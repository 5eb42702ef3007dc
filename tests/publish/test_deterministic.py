"""One pool gives one site, wherever it stands and however often it is built."""

from __future__ import annotations

from pathlib import Path

from commons.publish.build import Wishes, build
from commons.publish.frame import Place

from .conftest import every_state
from .synthetic import Pool
from .trees import tree


def test_two_builds_of_one_pool_have_the_same_bytes(pool: Pool, site: Path, tmp_path: Path) -> None:
    """A second build, elsewhere and anew, writes the same files with the same bytes."""
    build(pool.repository, tmp_path / "again", Wishes(fresh=True))
    assert tree(tmp_path / "again") == tree(site)


def test_a_pool_at_another_place_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """Nothing of a site tells where on a disk the pool stood."""
    build(every_state(tmp_path / "elsewhere").repository, tmp_path / "_site")
    assert tree(tmp_path / "_site") == tree(site)


def test_another_address_changes_pages_and_building_back_gives_the_first_bytes(pool: Pool, tmp_path: Path) -> None:
    """Where the site stands is part of what its pages are made of; nothing of another address stays behind."""
    out, elsewhere = tmp_path / "_site", Place("https://example.org/evals", "https://example.org/ada/evals")
    build(pool.repository, out)
    before = tree(out)
    build(pool.repository, out, Wishes(elsewhere))
    build(pool.repository, out)
    assert tree(out) == before
