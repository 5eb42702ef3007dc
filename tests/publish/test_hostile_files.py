"""Files, links and commits made to do harm: the site is built without them, and tells nothing that it must not."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.pool.cell import Metric
from commons.pool.cellfile import MAX_CELL_BYTES
from commons.pool.git import contents, git
from commons.pool.secret import Seal
from commons.publish import history
from commons.publish.added import days_added
from commons.publish.build import BuildReport, build
from commons.publish.commits import read_commits
from commons.publish.snapshot import take_snapshot

from .reading import read_page
from .synthetic import Pool, accuracy, items, model, rows

FORGED = "d" * 40
ALPHA = "results/cells/sums/alpha.json"


def small(root: Path) -> Pool:
    """A pool with two models, and one task that the first was measured on."""
    pool = Pool(root / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    pool.rendered("sums", items(3))
    pool.cell("sums", "alpha", rows([1.0, 0.0, 1.0]))
    return pool


def commit(pool: Pool, date: str = "2026-11-20T12:00:00+00:00") -> str:
    """Commit all that stands there, what git is told to ignore too; give the commit's digest."""
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", date))}
    for words in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *words], cwd=pool.root, check=True, capture_output=True,
                       env={**who, "PATH": os.environ["PATH"], "HOME": str(pool.root)})
    return git(pool.root, "rev-parse", "HEAD").decode().strip()


def put(path: Path, text: str = "x") -> None:
    """Write a file, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_names_of_files_give_no_commits(tmp_path: Path) -> None:
    """A name may hold what looks like a commit and a new line: the true file keeps its own commit and day."""
    pool = small(tmp_path)
    first = commit(pool)
    put(pool.root / f"results/x\x01{FORGED} 2020-01-01\nresults/cells/sums/alpha.json")
    put(pool.root / f"results/{FORGED} 2020-01-01\nresults/cells/sums/alpha.json")
    put(pool.root / "results/x\x01y")
    put(pool.root / "tasks/a\x012020-01-01\nsums/card.yaml")
    put(pool.root / "tasks/a\x01q\nsums/card.yaml")
    second = commit(pool, "2026-11-21T12:00:00+00:00")

    found = read_commits(pool.root)
    assert {one.sha for held in found.by_path.values() for one in held} == {first, second}
    assert [one.sha for one in found.by_path[ALPHA]] == [first]
    assert found.last("results/x\x01y") == second
    assert days_added(pool.repository)["sums"] == datetime.date(2026, 11, 20)


def test_a_commit_whose_day_no_calendar_holds_is_left_out(tmp_path: Path) -> None:
    """Neither reading stops; the file it changed has no commit, because an older one holds other bytes."""
    pool = small(tmp_path)
    first = commit(pool)
    put(pool.root / ALPHA, "{}")
    pool.task("later")
    commit(pool, "@253402300800 +0000")

    found = read_commits(pool.root)
    assert (found.head, found.last(ALPHA), found.last("results/rendered/sums.jsonl")) == (None, None, first)
    assert days_added(pool.repository) == {"sums": datetime.date(2026, 11, 20)}


@pytest.mark.parametrize("leads_to", ["/proc/self/mem", "/dev/zero", "nowhere"])
def test_a_cell_that_is_a_link_is_named_and_not_read(tmp_path: Path, leads_to: str) -> None:
    """The first cell of a task is read to count its rows; a link may lead to what never ends or cannot be read."""
    pool = small(tmp_path)
    (pool.root / "results/cells/sums/aa.json").symlink_to(leads_to)
    found = take_snapshot(pool.repository)
    assert [(one.path, "link" in one.faults[0]) for one in found.broken] == [("results/cells/sums/aa.json", True)]
    assert found.states["sums", "alpha"].headline is not None


BLEU = tuple(float(part) for part in range(10))


def metric(aggregation: str) -> dict[str, Metric]:
    """The headline of three answers, put together in some way."""
    return {"acc,none": accuracy([1.0, 0.0, 1.0], aggregation=aggregation)}


@pytest.mark.parametrize(("aggregation", "score"), [
    ("zz", 1.0), ("__class__", 1.0), ("bleu", 1.0), ("f1", 1.0), ("bleu", (1.0, 2.0)), ("mean", (1.0, 2.0)),
])
def test_rows_that_a_metric_cannot_be_made_of_break_the_cell(
    tmp_path: Path, aggregation: str, score: float | tuple[float, ...]
) -> None:
    """An aggregation that is not known, or of other numbers than the rows hold, is named; the other cell stands."""
    pool = small(tmp_path)
    wrong = [replace(row, scores=(score,)) for row in rows([1.0, 0.0, 1.0])]
    pool.cell("sums", "beta", wrong, metric(aggregation))
    found = take_snapshot(pool.repository)
    assert [one.path for one in found.broken] == ["results/cells/sums/beta.json"]
    assert "The metric `acc,none` is " in found.broken[0].faults[0]


def test_two_cells_of_different_aggregations_are_not_compared(tmp_path: Path) -> None:
    """Each is sound alone; what cannot be computed of both is said, and the pages stand."""
    pool = small(tmp_path)
    counts = [replace(row, scores=(BLEU,)) for row in rows([1.0, 0.0, 1.0])]
    pool.cell("sums", "alpha", counts, metric("bleu"))
    pool.cell("sums", "beta", rows([1.0, 0.0, 1.0]), metric("mean"))
    assert build(pool.repository, tmp_path / "_site").broken == ()
    assert "The places cannot be computed (TypeError)" in read_page(tmp_path / "_site/t/sums.html").text


def withheld(root: Path) -> tuple[Path, BuildReport]:
    """The site of tasks that publish nothing of their items: one cannot be read, one is gone, one names bad items."""
    pool = small(root)
    for name in ("unread", "gone", "typed"):
        pool.task(name, publish="none")
        wild = [replace(row, item="HIDDEN-ID", answer="HIDDEN-ANSWER", tokens_in=10**30) for row in rows([1.0])]
        path = pool.cell(name, "beta", wild, publish="none")
        if name == "typed":
            path.write_text(path.read_text().replace('["HIDDEN-ID", 0,', '["HIDDEN-ID", "HIDDEN-REPEAT",'))
    for name in ("unread", "typed"):
        card = pool.root / f"tasks/{name}/card.yaml"
        card.write_text(card.read_text() + "nonsense_key: 1\n")
    shutil.rmtree(pool.root / "tasks/gone")
    pool.task("listed", publish="none", known_broken=[{"item": "HIDDEN-ID", "reason": "HIDDEN-REASON"}])
    pool.task("told", known_broken=[{"item": "s0", "reason": "Two right answers."}])
    return root / "_site", build(pool.repository, root / "_site")


def test_of_a_task_that_publishes_nothing_no_item_is_named(tmp_path: Path) -> None:
    """Neither a broken cell whose card cannot be asked, nor the card's own list, tells an id, an answer or a reason."""
    site, report = withheld(tmp_path)
    files = [path for path in site.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"HIDDEN" in path.read_bytes()] == []
    named = {one.path for one in report.broken}
    assert {f"results/cells/{name}/beta.json" for name in ("unread", "gone", "typed")} <= named
    assert "1 item; the card publishes no items" in read_page(site / "t/listed.html").text
    assert "s0: Two right answers." in read_page(site / "t/told.html").text
    queue = read_page(site / "queue.html").text
    assert "1 item; the card publishes no items." in queue
    assert "1 item, for example s0: Two right answers." in queue
    assert json.loads((site / "data/site.json").read_text())["broken"]


def test_a_working_folder_that_came_with_the_commit_is_refused(tmp_path: Path) -> None:
    """What lies in it could be anybody's; nothing is built and nothing is written."""
    pool = small(tmp_path)
    put(pool.root / ".commons/site/surveys.sqlite")
    commit(pool)
    with pytest.raises(CannotRun, match=r"holds `\.commons/`"):
        build(pool.repository, tmp_path / "_site")
    assert not (tmp_path / "_site").exists()


def test_no_secret_is_written_through_a_link(tmp_path: Path) -> None:
    """The seals of a working folder that leads elsewhere last as long as the process."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "work").symlink_to("outside")
    seal = Seal.of(tmp_path / "work")
    assert seal.is_on(seal.on("name", b""), "name", b"")
    assert list((tmp_path / "outside").iterdir()) == []


def test_versions_too_large_for_a_cell_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces pack into nothing in git and fill the memory when they are read: such a version is left out."""
    pool = small(tmp_path)
    (pool.root / ".gitignore").write_text(".gitignore\n")
    first = (pool.root / ALPHA).read_text()
    commit(pool)
    put(pool.root / ALPHA, "{" + " " * (MAX_CELL_BYTES + 1))
    commit(pool)
    pool.cell("sums", "alpha", rows([1.0, 1.0, 1.0]))
    commit(pool)
    sizes: list[int] = []
    head: Callable[[bytes], object] = history._head
    monkeypatch.setattr(history, "_head", lambda content: sizes.append(len(content)) or head(content))
    build(pool.repository, tmp_path / "_site")
    assert sorted(sizes) == sorted([len(first.encode()), (pool.root / ALPHA).stat().st_size])


def test_stored_files_are_asked_for_in_groups_of_few_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes back whole and in order, whatever the groups; what is larger than asked for does not."""
    pool = small(tmp_path)
    for size in (1, 60, 70, 500):
        put(pool.root / f"files/{size}", "y" * size)
    commit(pool)
    monkeypatch.setattr("commons.pool.git._BYTES_AT_ONCE", 100)
    digests = [git(pool.root, "rev-parse", f"HEAD:files/{size}").decode().strip() for size in (60, 500, 70, 1)]
    assert [len(content) for _, content in contents(pool.root, digests)] == [60, 500, 70, 1]
    assert [len(content) for _, content in contents(pool.root, digests, 100)] == [60, 70, 1]


def test_a_head_that_is_itself_huge_is_not_parsed() -> None:
    """What stands before the rows is a few kilobytes in a cell of ours."""
    rest = b',\n "rows": [\n ]\n}\n'
    assert history._head(b'{\n "a": 1' + rest) == {"a": 1}
    assert history._head(b'{\n "a": "' + b"x" * history._MOST_HEAD + b'"' + rest) is None
