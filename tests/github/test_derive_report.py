"""The report of a trial: made where contributed code runs, and read again as what a stranger wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from commons.errors import CannotRun, Where
from commons.gates.base import Evidence, GateReport, GateState, Place
from commons.gates.check import CheckReport
from commons.gates.worth import Difficulty, Overlap, Power, Worth
from commons.github.report import REPORT_FILE, TrialReport, read_report
from commons.github.report_make import changed_folders, make_report, plan_report
from commons.harness.rendering import TaskRendering
from commons.lint.findings import Report
from commons.plan.cells import Reason
from commons.plan.plan import Inapplicable, Plan, PlannedCell, Shard
from commons.pool.hashing import folder_digest
from commons.pool.repository import Repository
from commons.pool.task import Task
from tests.builders import choice_task, write_task
from tests.github.test_derive import Repo

PLAN = Plan("5" * 64, None, {"fresh": "6" * 64}, {"m": "7" * 64},
            (PlannedCell("fresh", "m", Reason.NEW, 4, 40, 2, 1.5, 0.25),
             PlannedCell("fresh", "k", Reason.PARTIAL, 1, 10, 0, 0.5, 0.0)),
            (Shard(1, (0, 1), 1, 2.0, 0.25),), (Inapplicable("fresh", "e", "it gives no likelihoods"),), kept=3)
LONG = "so long \u202e a sentence\n" * 400
CHECK = CheckReport(
    "fresh", Report((), ()),
    (GateReport("oracle", "Right answers", GateState.FAILED, LONG,
                (Evidence("the right answers", 0.5, (0.25, 0.75), 4, 1.0, "full marks", 0.01, alarm=True, note=LONG),),
                LONG, tuple(Place(f"q{number}", Where(Path("data/test.jsonl"), 3), LONG) for number in range(1_200))),),
    Worth(Difficulty(2, 0.5, 0.25, 0.75, 0), None, Power(4, 1.4, 0.9, 0.99), (Overlap("pick", 1.5, (LONG,)),), ()),
    items=4, tried=4, seconds=1.0, trusted=False,
)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A pool with a branch for work."""
    return Repo(tmp_path / "pool")


def broken(task: Task) -> TaskRendering:
    """Stands in for a renderer that cannot."""
    raise CannotRun(f"{task.name} cannot be rendered.")


def made(repo: Repo, folders: Sequence[Path], check: CheckReport | Exception) -> TrialReport:
    """A report whose checks end so."""

    def checked(folder: Path) -> CheckReport:
        if isinstance(check, Exception):
            raise check
        return check

    start = repo.git("rev-parse", "main")
    return make_report(Repository(repo.root), "1" * 40, start, folders, check=checked, render=broken,
                       plan=lambda _: PLAN)


def test_what_is_written_can_be_read(repo: Repo, tmp_path: Path) -> None:
    """Every text and list is cut at the limit that the reader has, and nothing else changes."""
    folder = write_task(repo.root, choice_task("fresh"))

    report = made(repo, [folder], CHECK)
    (tmp_path / REPORT_FILE).write_text(report.model_dump_json(indent=1), encoding="utf-8")

    assert read_report(tmp_path / REPORT_FILE) == report
    (one,) = report.tasks
    assert (one.task, one.folder, one.problem) == ("fresh", folder_digest(folder), "fresh cannot be rendered.")
    assert one.check is not None
    assert (len(one.check.gates[0].places), one.check.sandboxed) == (1_000, True)


@pytest.mark.parametrize("error", [CannotRun("No sandbox."), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"),
                                   RecursionError(), OSError(5, "disk")])
def test_one_broken_task_stops_no_other(repo: Repo, error: Exception) -> None:
    """Whatever a check meets is said of its task, and the report is made."""
    folders = [write_task(repo.root, choice_task(name)) for name in ("fresh", "ripe")]

    report = made(repo, folders, error)

    assert [bool(one.problem) and one.check is None for one in report.tasks] == [True, True]


def test_only_changed_folders_are_tried(repo: Repo) -> None:
    """Folders that the branch did not touch are not tried, nor those whose names are none."""
    write_task(repo.root, choice_task("fresh"))
    (repo.root / "tasks" / "a b").mkdir()
    (repo.root / "tasks" / "a b" / "card.yaml").write_text("", encoding="utf-8")
    repo.git("rm", "-q", "-r", "tasks/say")
    repo.commit("work")

    start, folders = changed_folders(Repository(repo.root), "main")
    report = made(repo, folders, CHECK)

    assert start == repo.git("rev-parse", "main")
    assert [one.name for one in folders] == ["a b", "fresh"]
    assert [one.task for one in report.tasks] == ["fresh"]
    assert "1 changed folder not tried" in report.problem


def test_a_plan_is_added_up() -> None:
    """New, stale, kept and impossible cells, with what they cost."""
    told = plan_report(PLAN)

    assert {one.reason: one.cells for one in told.reasons} == {Reason.NEW: 1, Reason.PARTIAL: 1}
    assert (told.new, told.cells, told.kept, told.tokens_in, told.dollars) == (1, 2, 3, 50, 0.25)
    assert [(one.cells, one.why) for one in told.inapplicable] == [(1, "it gives no likelihoods")]
