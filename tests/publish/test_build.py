"""Building: deterministic, whole or not at all, and careful with what stands in its way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.publish import pages, writing
from commons.publish.build import Wishes, build
from tests.builders import REPOSITORY_ROOT

from .conftest import every_state
from .reading import Page
from .synthetic import SITE, Pool, model
from .trees import tree


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

    monkeypatch.setattr(writing, "render", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        build(pool.repository, out, Wishes(fresh=True))
    assert tree(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_build_never_replaces_a_folder_that_is_no_site(pool: Pool, tmp_path: Path) -> None:
    """Neither the pool itself, nor a folder above it, nor a folder with other files can be the target."""
    (tmp_path / "notes.txt").write_text("mine")
    for out in (pool.root, pool.root.parent, pool.root / "tasks", tmp_path):
        with pytest.raises(CannotRun, match="something else than a site"):
            build(pool.repository, out)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_progress_hears_every_stage_to_its_end(pool: Pool, tmp_path: Path) -> None:
    """Each stage counts upwards to all of it, one stage after the other; the report counts what stands there."""
    heard: list[tuple[str, int, int]] = []
    out = tmp_path / "_site"
    report = build(pool.repository, out, progress=lambda *told: heard.append(told))
    stages = list(dict.fromkeys(stage for stage, _, _ in heard))
    assert stages == ["Reading and writing tasks", "Writing the rest"]
    for stage in stages:
        counts = [(done, total) for name, done, total in heard if name == stage]
        assert [done for done, _ in counts] == list(range(1, counts[-1][1] + 1))
    assert report.pages == len(list(out.rglob("*.html")))
    files = [path for path in out.rglob("*") if path.is_file()]
    assert (report.files, report.bytes) == (len(files), sum(path.stat().st_size for path in files))


def test_a_build_that_is_interrupted_leaves_no_part(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle leaves neither half a site nor a folder of parts."""
    def stop(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "render", stop)
    with pytest.raises(KeyboardInterrupt):
        build(pool.repository, tmp_path / "_site", Wishes(fresh=True))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_cell_file_is_named_on_the_coverage_page(site: Path) -> None:
    """A file that cannot be read stops nothing and is named with its place."""
    assert "results/cells/words/beta.json" in (site / "coverage.html").read_text(encoding="utf-8")


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


def test_the_page_type_of_the_document_works_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class and the template in docs/site.md make a sound page."""
    text = (REPOSITORY_ROOT / "docs" / "site.md").read_text(encoding="utf-8")
    program, template = (re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
                         for kind in ("python", "html"))
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums", title="Sums & more")
    shutil.copytree(SITE, pool.root / "site")
    (pool.root / "site" / "templates" / "licences.html").write_text("".join(template), encoding="utf-8")
    monkeypatch.setattr(pages._KNOWN, "pool", {kind.name: kind for kind in pages.all_pool_pages()})
    exec("".join(program), {"__name__": "licences"})  # noqa: S102 - what the document says
    build(pool.repository, tmp_path / "_site")

    page = Page((tmp_path / "_site" / "licences.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert [link.text for link in page.all("a") if link.attributes["href"] == "t/sums.html"] == ["Sums & more"]
