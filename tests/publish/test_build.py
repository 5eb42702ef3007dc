"""Building: deterministic, whole or not at all, and careful with what stands in its way."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.publish import build as building
from commons.publish.build import build

from .conftest import every_state
from .synthetic import Pool, model, rows


def tree(folder: Path) -> dict[str, str]:
    """The digest of every file of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_builds_of_one_pool_have_the_same_bytes(pool: Pool, site: Path, tmp_path: Path) -> None:
    """A second build, elsewhere, writes the same files with the same bytes."""
    build(pool.repository, tmp_path / "again")
    assert tree(tmp_path / "again") == tree(site)


def test_a_pool_at_another_place_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """Nothing of a site tells where on a disk the pool stood."""
    build(every_state(tmp_path / "elsewhere").repository, tmp_path / "_site")
    assert tree(tmp_path / "_site") == tree(site)


def test_a_build_takes_away_pages_of_what_is_gone(tmp_path: Path) -> None:
    """A cell that was removed leaves no page behind."""
    pool = every_state(tmp_path / "pool")
    out = tmp_path / "_site"
    build(pool.repository, out)
    assert (out / "r/sums/alpha.html").is_file()
    pool.repository.ledger.cell_path("sums", "alpha").unlink()
    build(pool.repository, out)
    assert not (out / "r/sums/alpha.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_site", "pool"]


def test_a_build_that_fails_leaves_the_old_site(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in the middle of a build changes nothing and leaves no part of itself."""
    out = tmp_path / "_site"
    build(pool.repository, out)
    before = tree(out)

    def fail(*_: object) -> str:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(building, "render", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        build(pool.repository, out)
    assert tree(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_build_never_replaces_a_folder_that_is_no_site(pool: Pool, tmp_path: Path) -> None:
    """Neither the pool itself, nor a folder above it, nor a folder with other files can be the target."""
    (tmp_path / "notes.txt").write_text("mine")
    for out in (pool.root, pool.root.parent, pool.root / "tasks", tmp_path):
        with pytest.raises(CannotRun, match="something else than a site"):
            build(pool.repository, out)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_progress_hears_every_output_once(pool: Pool, tmp_path: Path) -> None:
    """The callback counts from one to all."""
    heard: list[tuple[int, int]] = []
    report = build(pool.repository, tmp_path / "_site", lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == list(range(1, len(heard) + 1))
    assert {total for _, total in heard} == {len(heard)}
    assert report.pages == len(list((tmp_path / "_site").rglob("*.html")))
    assert report.bytes == sum(path.stat().st_size for path in (tmp_path / "_site").rglob("*") if path.is_file())


def test_a_pool_without_cells_still_has_a_site(tmp_path: Path) -> None:
    """Before anything was measured, the first page says so and lists tasks and models."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    build(pool.repository, tmp_path / "_site")
    home = (tmp_path / "_site/index.html").read_text()
    assert "No cell has been measured yet." in home
    assert "Made-up sums" in home
    assert "Alpha" in home


def test_the_site_needs_no_numeric_library(tmp_path: Path) -> None:
    """Cells carry their numbers, so the base install builds the site."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    script = (
        "import sys\n"
        "for name in ('numpy', 'scipy', 'sklearn', 'sacrebleu', 'lm_eval', 'torch'): sys.modules[name] = None\n"
        "from commons.cli import main\n"
        f"main(['site', 'build', '--root', {str(pool.root)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (pool.root / "_site/index.html").is_file()
