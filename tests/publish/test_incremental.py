"""A build after a change gives the bytes of a build from nothing, and does not do again what did not change."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from commons.pool.repository import Repository
from commons.publish.build import Wishes, build

from .conftest import every_state
from .synthetic import SITE, Pool, items, model, rows
from .trees import places, tree

#: Folders in which each task has its own files, by the beginning of their names.
TASK_FOLDERS = ("t/", "r/", "i/", "data/rows/", "api/v1/tasks/")
#: Folders of pages that are written again only where what they show changed.
KEYED_FOLDERS = (*TASK_FOLDERS, "m/", "c/", "d/", "l/", "s/", "rules/", "gates/", "method/")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pool that has templates of its own."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(SITE, every_state(folder / "pool").root / "site")
    return folder


@pytest.fixture
def old(first: Path, tmp_path: Path) -> Path:
    """A copy of it to change, with a site that was built there."""
    shutil.copytree(first / "pool", tmp_path / "pool", copy_function=_as_old)
    build(Repository(tmp_path / "pool"), tmp_path / "_site")
    return tmp_path


def _as_old(source: str, target: str) -> None:
    """A copy that has stood there for a while: what changed only just now is looked at with more care."""
    shutil.copyfile(source, target)
    os.utime(target, (time.time() - 60,) * 2)


def _not_again(*_: object) -> None:
    raise AssertionError("this was done before, and nothing has changed")


def opened(root: Path) -> Pool:
    """The pool that stands in ``root``, to write more of it."""
    pool = object.__new__(Pool)
    pool.root, pool.repository = root, Repository(root)
    return pool


def change_a_cell(pool: Pool) -> None:
    """One row of a cell is another."""
    pool.cell("later", "alpha", rows([1.0, 1.0, 1.0]))


def remove_a_cell(pool: Pool) -> None:
    """A number is gone, and with it the pages that showed its rows."""
    pool.repository.ledger.cell_path("sums", "alpha").unlink()


def change_a_card(pool: Pool) -> None:
    """A task gets another title."""
    path = pool.root / "tasks" / "sums" / "card.yaml"
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**card, "title": "Sums, renamed"}), encoding="utf-8")


def change_a_template(pool: Pool) -> None:
    """Every page gets another word."""
    path = pool.root / "site" / "templates" / "layout.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Skip to the content", "Go to the content"), encoding="utf-8")


def remove_a_task(pool: Pool) -> None:
    """A task goes, its cells stay."""
    shutil.rmtree(pool.root / "tasks" / "later")


def add_an_amendment(pool: Pool) -> None:
    """A cell is withdrawn."""
    entry = {"date": "2026-11-22", "kind": "withdrawn", "task": "sums", "model": "alpha", "reason": "A wrong seed.",
             "before": 0.5, "by": "ada"}
    with (pool.root / "results" / "amendments.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def change_a_prompt(pool: Pool) -> None:
    """The items of a task are put in other words."""
    pool.rendered("sums", items(45, "How much is {n} and {n}?"), header="Add the numbers.\n\n")


def add_a_model(pool: Pool) -> None:
    """A model is registered."""
    known = yaml.safe_load((pool.root / "models.yaml").read_text(encoding="utf-8"))["models"]
    pool.models(*known, model("newcomer"))


CHANGES = [change_a_card, remove_a_task, add_an_amendment, change_a_prompt, add_a_model]


def is_as_from_nothing(old: Path) -> bool:
    """Whether a build that has nothing to take over gives the same bytes."""
    shutil.rmtree(old / "pool" / ".commons")
    build(Repository(old / "pool"), old / "anew", Wishes(fresh=True))
    return tree(old / "_site") == tree(old / "anew")


@pytest.mark.parametrize("change", CHANGES)
def test_a_build_after_a_change_has_the_bytes_of_one_from_nothing(old: Path, change: Callable[[Pool], None]) -> None:
    """Whatever changed, what is taken over from the build before is what would have been written."""
    before, pool = tree(old / "_site"), opened(old / "pool")
    change(pool)
    build(pool.repository, old / "_site")
    assert tree(old / "_site") != before
    assert is_as_from_nothing(old)


def test_without_a_change_every_task_is_taken_over(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pool built again surveys no task, reads no cell and writes no page of a task."""
    before = places(old / "_site")
    monkeypatch.setattr("commons.publish.survey.many.take", _not_again)
    monkeypatch.setattr("commons.pool.cellfile.from_text", _not_again)
    report = build(Repository(old / "pool"), old / "_site")
    after = places(old / "_site")
    of_tasks = {path for path in after if path.startswith(TASK_FOLDERS)}
    assert of_tasks
    assert {path for path in of_tasks if after[path] != before[path]} == set()
    assert report.reused >= len(of_tasks)


def test_one_changed_cell_writes_its_pages_and_those_that_show_it(old: Path) -> None:
    """Its own, its task's, and those of its model, domain, language and pairs; all others are the very files before."""
    texts, before = tree(old / "_site"), places(old / "_site")
    change_a_cell(opened(old / "pool"))
    report = build(Repository(old / "pool"), old / "_site")
    after = places(old / "_site")
    written = {path for path in after if path.startswith(KEYED_FOLDERS) and after[path] != before.get(path)}
    changed = {path for path, text in tree(old / "_site").items() if text != texts.get(path)}
    shown = {"m/alpha.html", "d/mathematics.html", "l/en.html"}
    own = {"t/later.html", "r/later/alpha.html", "api/v1/tasks/later.json"}
    assert changed >= own | shown
    assert {path for path in changed if path.startswith(KEYED_FOLDERS)} <= written
    assert {path for path in written if not path.startswith("data/rows/later.")} - own - shown <= {
        "c/alpha~beta.html", "c/alpha~served.html"}
    assert report.reused >= len([path for path in after if path.startswith(TASK_FOLDERS) and "later" not in path])
    assert is_as_from_nothing(old)


def test_a_cell_that_is_gone_takes_its_pages_along(old: Path) -> None:
    """No page of its rows is left, and no other page is missing."""
    before = {*tree(old / "_site")}
    remove_a_cell(opened(old / "pool"))
    build(Repository(old / "pool"), old / "_site")
    gone = {"r/sums/alpha.html", "r/sums/alpha~2.html", "r/sums/alpha~3.html"}
    assert before - {*tree(old / "_site")} == gone
    assert is_as_from_nothing(old)


def test_a_changed_template_makes_every_page_again(old: Path) -> None:
    """No page says what an earlier template said; the data of tasks, which no template enters, are taken over."""
    before = tree(old / "_site")
    change_a_template(opened(old / "pool"))
    reused = build(Repository(old / "pool"), old / "_site").reused
    after = tree(old / "_site")
    assert reused == len([path for path in after if path.startswith(("api/v1/tasks/", "data/rows/", "badges/t/"))])
    assert {path for path in after if path.endswith(".html") and after[path] == before[path]} == set()
    assert is_as_from_nothing(old)


def test_a_file_that_somebody_changed_in_the_site_is_written_again(old: Path) -> None:
    """A page of the old site counts only as it was written: longer, of the same length, a link, or gone, it is made."""
    site = old / "_site"
    before = tree(site)
    (site / "t/sums.html").write_text("forged", encoding="utf-8")
    same_length = site / "t/words.html"
    same_length.write_bytes(b"x" * same_length.stat().st_size)
    (site / "t/prose.html").unlink()
    (site / "t/prose.html").symlink_to(old / "pool" / "models.yaml")
    (site / "r/sums/alpha.html").unlink()
    build(Repository(old / "pool"), site)
    assert tree(site) == before
    assert not (site / "t/prose.html").is_symlink()


def test_a_store_that_somebody_brings_along_is_not_believed(old: Path) -> None:
    """What carries another checkout's seal is made again, however well it fits otherwise."""
    site = old / "_site"
    before = tree(site)
    (old / "pool" / ".commons" / "secret").unlink()
    report = build(Repository(old / "pool"), site)
    assert tree(site) == before
    assert report.reused == 0


#: What stands under another name than it was sealed for.
FORGERIES = {
    "pages.sqlite": ["update made set content = (select content from made where name = 'task sums')"],
    "surveys.sqlite": ["update kept set survey = (select survey from kept where task = 'words')",
                       "update kept set items = (select items from kept where task = 'sums')"],
}


def test_a_forged_entry_of_the_store_is_not_believed(old: Path) -> None:
    """Pages and surveys that were put in the place of others are noticed and made again, every one."""
    site, store = old / "_site", old / "pool" / ".commons" / "site"
    before = tree(site)
    for file, statements in FORGERIES.items():
        with closing(sqlite3.connect(store / file)) as connection, connection:
            assert all(connection.execute(statement).rowcount > 1 for statement in statements)
    report = build(Repository(old / "pool"), site)
    assert tree(site) == before
    # The very entries that were copied from stand where they did, and are right.
    assert 0 < report.reused <= len([path for path in before if "sums" in path])


def test_a_damaged_store_costs_time_and_nothing_else(old: Path) -> None:
    """A store that is no store is thrown away."""
    site, store = old / "_site", old / "pool" / ".commons" / "site"
    before = tree(site)
    for path in store.iterdir():
        path.write_bytes(b"not a database, not at all" * 100)
    build(Repository(old / "pool"), site)
    assert tree(site) == before


def test_fresh_takes_nothing_over(old: Path) -> None:
    """With ``fresh`` every file is written again, with the same bytes."""
    site = old / "_site"
    before, stood = tree(site), places(site)
    report = build(Repository(old / "pool"), site, Wishes(fresh=True))
    assert report.reused == 0
    assert tree(site) == before
    assert {path for path, place in places(site).items() if place == stood[path]} == set()
