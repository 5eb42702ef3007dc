"""``commons withdraw``: nothing of the task stays but who took it down, when and why; its addresses live on."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from commons.analyse.placing import placed
from commons.evaluate.amending import Decision
from commons.evaluate.verify import verify_cells
from commons.evaluate.withdrawing import plan_takedown, take_down
from commons.pool.amendments import read_amendments
from commons.pool.tombstone import read_tombstones
from commons.pool.whole import write_whole
from commons.publish.build import build
from tests.cli.running import commons
from tests.publish.reading import read_page
from tests.publish.synthetic import Pool, items, model, rows

ASKED = ("withdraw", "sums", "--reason", "The publisher asked for it.", "--by", "ada", "--date", "2026-11-23")
SECRET = "SECRET-ITEM"


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Two tasks with results, one of which is to go, and a suite of both."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", title="Sums & more")
    pool.task("words", lifecycle={"state": "retired", "since": "2026-01-01", "reason": "Old.", "successor": "sums"})
    pool.cell("sums", "alpha", rows([1.0, 0.0], cluster=SECRET))
    pool.cell("sums", "alpha", rows([1.0, 0.0]), variant="options-reversed")
    pool.cell("words", "alpha", rows([1.0, 1.0]))
    pool.rendered("sums", items(2), header=SECRET)
    (pool.root / "tasks/sums/data/test.jsonl").write_text(json.dumps({"id": "s0", "question": SECRET}) + "\n")
    suites = pool.root / "tasks/_suites"
    suites.mkdir()
    (suites / "both.yaml").write_text("# Both.\ngroup: both\ntask:\n  - sums\n  - words\n"
                                      "aggregate_metric_list:\n  - {metric: acc}\n")
    (suites / "one.yaml").write_text("group: one\ntask:\n  - sums\naggregate_metric_list:\n  - {metric: acc}\n")
    return pool


def texts(root: Path) -> str:
    """Everything that the pool holds, without what this machine keeps for itself."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*"))
                   if path.is_file() and ".commons" not in path.parts)


def test_it_is_shown_first_and_nothing_changes(pool: Pool) -> None:
    """Without --yes: every file that would go, the diff of what would be written, and the pool as it was."""
    before = texts(pool.root)

    ran = commons(*ASKED, cwd=pool.root)

    assert ran.code == 0, ran.err
    assert texts(pool.root) == before
    for line in ("- tasks/sums/data/test.jsonl", "- results/cells/sums/alpha.json", "- results/rendered/sums.jsonl",
                 "+++ b/results/withdrawn/sums.json", "+++ b/results/amendments.jsonl", "-  - sums",
                 "- tasks/_suites/one.yaml", "with the same command and --yes"):
        assert line in ran.out, line
    assert SECRET not in ran.out
    assert "still stands in: tasks/words/card.yaml" in ran.out


def test_nothing_of_the_task_stays_but_its_tombstone(pool: Pool) -> None:
    """With --yes: no item, answer, row or id; a tombstone, an amendment with the numbers, and suites without it."""
    ran = commons(*ASKED, "--yes", cwd=pool.root)

    (stone,), (line,) = read_tombstones(pool.root / "results"), read_amendments(pool.root / "results/amendments.jsonl")
    assert ran.code == 0, ran.err
    assert SECRET not in texts(pool.root)
    assert not (pool.root / "tasks/sums").exists()
    assert not (pool.root / "results/cells/sums").exists()
    assert (stone.title, stone.by, stone.results) == ("Sums & more", "ada", ("alpha", "alpha@options-reversed"))
    assert (line.kind, line.task, line.model) == ("withdrawn", "sums", None)
    first = line.effects[0]
    assert (first.model, first.variant, first.before, first.after) == ("alpha", "canonical", 0.5, None)
    assert (pool.root / "tasks/_suites/both.yaml").read_text().startswith("# Both.\ngroup: both\ntask:\n  - words\n")
    assert not (pool.root / "tasks/_suites/one.yaml").exists()
    assert "docs/withdrawing.md" in ran.out


def test_the_addresses_live_on_with_the_reason_and_other_tasks_stand_as_before(pool: Pool, tmp_path: Path) -> None:
    """Every page that the task had is there and says why it is empty; nothing else is lost; the ledger still holds."""
    build(pool.repository, tmp_path / "before")
    commons(*ASKED, "--yes", cwd=pool.root)
    build(pool.repository, tmp_path / "after")

    pages = {path.relative_to(tmp_path / "before") for path in (tmp_path / "before").rglob("*.html")}
    assert {path for path in pages if not (tmp_path / "after" / path).is_file()} == set()
    for path in ("t/sums.html", "i/sums~1.html", "s/one.html", "r/sums/alpha.html",
                 "r/sums/alpha@options-reversed.html"):
        text = read_page(tmp_path / "after" / path).text
        assert "The publisher asked for it." in text
        assert "taken down on 23 November 2026" in text
    assert "Here stood the suite one." in read_page(tmp_path / "after/s/one.html").text
    assert "Sums & more" in read_page(tmp_path / "after/coverage.html").text
    assert read_page(tmp_path / "after/t/sums.html").text.count("alpha: 0.5") == 1
    assert verify_cells(pool.repository.ledger.cell_paths(), {}).cells == 1


def test_a_takedown_that_was_stopped_goes_on(pool: Pool) -> None:
    """Killed after the tombstone, it deletes the rest when it is asked again, and amends once."""
    decision = Decision("withdrawn", "sums", None, None, "Asked.", "ada", datetime.date(2026, 11, 23))
    takedown = plan_takedown(pool.repository, decision, placed)
    for one in takedown.written[:2]:
        write_whole(pool.root / one.path, one.after)
    (pool.root / "tasks/sums/card.yaml").unlink()

    take_down(pool.repository, plan_takedown(pool.repository, decision, placed))

    assert not (pool.root / "tasks/sums").exists()
    assert len(read_amendments(pool.root / "results/amendments.jsonl")) == 1
    assert read_tombstones(pool.root / "results")[0].title == "Sums & more"


def test_what_is_not_there_is_refused_and_so_are_names_that_lead_elsewhere(pool: Pool, tmp_path: Path) -> None:
    """An unknown task, one that is gone already, a path, and a link are not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (pool.root / "tasks" / "linked").symlink_to(outside, target_is_directory=True)
    rest = ASKED[2:]

    codes = [commons("withdraw", name, *rest, "--yes", cwd=pool.root).code
             for name in ("ghost", "../outside", "..", "linked")]
    commons(*ASKED, "--yes", cwd=pool.root)
    again = commons(*ASKED, "--yes", cwd=pool.root)

    assert codes == [2, 2, 2, 2]
    assert (outside / "kept").read_text() == "kept"
    assert again.code == 2
    assert "taken down already" in again.err


def test_a_task_that_cannot_be_read_can_be_taken_down(pool: Pool) -> None:
    """A broken card is no reason to keep items."""
    (pool.root / "tasks/sums/card.yaml").write_text("{")

    ran = commons(*ASKED, "--yes", cwd=pool.root)

    assert ran.code == 0, ran.err
    assert SECRET not in texts(pool.root)
    assert read_tombstones(pool.root / "results")[0].title == "sums"
