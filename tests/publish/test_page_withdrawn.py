"""What was taken down keeps its address, and says who took it down, when and why, without the data."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from commons.publish.build import build

from .reading import read_page, read_site
from .synthetic import Pool, items, model, rows

REASON = "The items were copied from a book without leave."


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sites before and after a task with two results was taken down, and a model left ``models.yaml``."""
    root = tmp_path_factory.mktemp("withdrawn")
    pool = Pool(root / "pool")
    pool.models(model("alpha"), model("beta"))
    for task in ("kept", "gone"):
        pool.task(task, title=f"Task {task}")
        pool.rendered(task, items(3, f"PROMPT of {task} {{n}}"))
        for name in ("alpha", "beta"):
            pool.cell(task, name, rows([1.0, 0.0, 1.0]))
    pool.cell("gone", "alpha", rows([1.0, 0.0]), variant="format-1")
    build(pool.repository, root / "before")
    _take_down(pool)
    build(pool.repository, root / "after")
    return root / "before", root / "after"


def _take_down(pool: Pool) -> None:
    for folder in ("tasks/gone", "results/cells/gone"):
        for path in sorted((pool.root / folder).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (pool.root / folder).rmdir()
    (pool.root / "results/rendered/gone.jsonl").unlink()
    stone = {"schema_version": 1, "task": "gone", "title": "Task gone", "date": "2026-11-22", "by": "grace-h",
             "reason": REASON, "owners": ["ada"], "successor": "kept",
             "results": ["alpha", "alpha@format-1", "beta"]}
    (pool.root / "results/withdrawn").mkdir()
    (pool.root / "results/withdrawn/gone.json").write_text(json.dumps(stone))
    line = {"date": "2026-11-22", "kind": "withdrawn", "task": "gone", "reason": REASON, "by": "grace-h"}
    (pool.root / "results/amendments.jsonl").write_text(json.dumps(line) + "\n")


def test_every_address_of_a_task_that_was_taken_down_stays(sites: tuple[Path, Path]) -> None:
    """The task's page, those of its results and of its items are there, each with the day, the hand, the reason and the successor."""
    before, after = sites
    addresses = [path.relative_to(before) for path in before.rglob("*.html")
                 if path.relative_to(before).as_posix().startswith(("t/gone", "r/gone/", "i/gone"))]
    assert len(addresses) == 5
    for address in addresses:
        page = read_page(after / address)
        for words in ("withheld", "22 November 2026", "@grace-h", REASON, "Who answered for it: @ada"):
            assert words in page.text, (address, words)
        assert [one for one in page.all("a") if one.attributes["href"].endswith("t/kept.html")], address
        assert not page.all("data"), address
        assert not page.all("table"), address


def test_its_data_is_nowhere(sites: tuple[Path, Path]) -> None:
    """No file holds an item of it any more; the task that stays keeps its own."""
    _, after = sites
    files = [path for path in after.rglob("*") if path.is_file()]
    assert not [path for path in files if b"PROMPT of gone" in path.read_bytes()]
    assert [path for path in files if b"PROMPT of kept" in path.read_bytes()]
    assert "Here stood the items of gone." in read_page(after / "i/gone~1.html").text


def test_the_removal_is_told_where_people_look(sites: tuple[Path, Path]) -> None:
    """Coverage, changes, the first page and the feed of amendments name it."""
    _, after = sites
    coverage = read_page(after / "coverage.html")
    assert f"Task gone (gone), 22 November 2026: {REASON}" in coverage.text
    assert "Task gone" in read_page(after / "changes.html").text
    assert "Taken down: Task gone" in read_page(after / "index.html").text
    assert "gone" in (after / "feeds/amendments.atom").read_text()


def test_no_page_counts_it_and_every_link_still_resolves(sites: tuple[Path, Path]) -> None:
    """Only the pages about removals link to it, and no relative link leads nowhere."""
    _, after = sites
    pages = read_site(after)
    assert "measured on 1 task," in pages["index.html"].text
    for path, page in pages.items():
        for element in page.all("a"):
            target = element.attributes["href"]
            if target.startswith(("https://", "#")):
                continue
            there = (after / path).parent / unquote(target.partition("#")[0])
            assert there.resolve().is_file(), (path, target)
            if "gone" in target:
                assert path.startswith(("t/gone", "r/gone", "i/gone", "coverage", "changes", "index")), (path, target)
