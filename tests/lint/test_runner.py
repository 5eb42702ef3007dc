"""What is checked for which paths, and that one faulty rule or task never hides the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.errors import CannotRun, Where
from commons.lint.registry import Fault, Rule, all_rules
from commons.lint.runner import MAX_FINDINGS, lint_paths, lint_repository, lint_task
from commons.lint.subject import TaskSubject
from commons.pool.repository import Repository
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import NAMES, Edit

TASKS = [f"tasks/{name}" for name in sorted(NAMES)]


def broken(subject: TaskSubject) -> Iterator[Fault]:
    """A rule that finds something and then fails."""
    yield Fault("Before the failure.", Where(subject.card_path, 1), "Mend it.")
    raise KeyError("lost\nkey")


def checked(pool: Path, *paths: str) -> list[str]:
    """The names of what lint looks at for these paths."""
    return [one.name for one in lint_paths(Repository(pool), [pool / path for path in paths]).checked]


def test_a_repository_is_checked_whole(pool: Path) -> None:
    """Without paths every task, the models and every suite are checked, and a correct pool has no finding."""
    report = lint_repository(Repository(pool))

    assert [one.name for one in report.checked] == ["models.yaml", "tasks/_suites/ward_round.yaml", *TASKS]
    assert report.findings == ()
    assert not report.blocking


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["tasks/dose_check"], ["tasks/dose_check"]),
        (["tasks/dose_check/data/test.jsonl", "tasks/dose_check/card.yaml"], ["tasks/dose_check"]),
        (["models.yaml"], ["models.yaml"]),
        (["tasks/_suites"], ["tasks/_suites/ward_round.yaml"]),
        (["tasks/_suites/ward_round.yaml", "tasks/next_word/"], ["tasks/_suites/ward_round.yaml", "tasks/next_word"]),
        (["tasks"], ["tasks/_suites/ward_round.yaml", *TASKS]),
        (["."], ["models.yaml", "tasks/_suites/ward_round.yaml", *TASKS]),
    ],
)
def test_paths_choose_what_is_checked(pool: Path, paths: list[str], expected: list[str]) -> None:
    """A path may be a task folder, a file in one, models.yaml, a suite, or a folder of these."""
    assert checked(pool, *paths) == expected


def test_paths_may_be_relative(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is taken from the working directory."""
    monkeypatch.chdir(pool / "tasks")

    report = lint_paths(Repository(pool), [Path("dose_check"), Path("../models.yaml")])

    assert [one.name for one in report.checked] == ["models.yaml", "tasks/dose_check"]


@pytest.mark.parametrize("path", ["tasks/no_such_task", "no_such_file"])
def test_a_path_that_does_not_exist_cannot_run(pool: Path, path: str) -> None:
    """A path that does not exist is refused with a sentence, not passed over."""
    with pytest.raises(CannotRun, match="does not exist"):
        lint_paths(Repository(pool), [pool / path])


def test_a_path_outside_the_pool_cannot_run(pool: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A path outside the pool is refused."""
    with pytest.raises(CannotRun, match="outside the pool"):
        lint_paths(Repository(pool), [tmp_path_factory.mktemp("elsewhere")])


def test_a_file_that_lint_does_not_know_cannot_run(pool: Path) -> None:
    """A file that is no task, models file or suite is refused, so that nobody takes silence for approval."""
    (pool / "notes.txt").write_text("x")
    (pool / "tasks" / "notes.txt").write_text("x")

    for path in ("notes.txt", "tasks/notes.txt"):
        with pytest.raises(CannotRun, match="nothing that lint knows"):
            lint_paths(Repository(pool), [pool / path])


def test_a_failing_rule_is_a_finding_and_hides_nothing(pool: Path) -> None:
    """A rule that raises becomes an R000 finding; what it found before, and what others find, stays."""
    rule = Rule("T999", "hint", "task", "Broken.", "", broken)
    Edit("README.md", None, "").apply(pool / "tasks" / MC)

    report = lint_task(pool / "tasks" / MC, rules=[rule, *all_rules()])

    assert [(one.code, one.level) for one in report.findings] == [
        ("R000", "lint"), ("T006", "lint"), ("T999", "hint"),
    ]  # fmt: skip
    assert "The rule T999 failed on this task (KeyError: 'lost\\nkey'): report this." in report.findings[0].sentence
    assert report.blocking


def test_many_findings_of_a_kind_are_counted(pool: Path) -> None:
    """Of very many findings of a kind the first are shown, and one says how many more there are."""
    rows = pool / "tasks" / MC / "data" / "test.jsonl"
    rows.write_text("not json\n" * 1000)

    findings = lint_task(pool / "tasks" / MC).findings

    assert len(findings) == MAX_FINDINGS + 1
    assert {one.code for one in findings} == {"D002"}
    assert findings[0].sentence == f"There are {1000 - MAX_FINDINGS:,} more findings of this kind."


def test_a_faulty_task_does_not_hide_the_others(pool: Path) -> None:
    """One unreadable task leaves the findings of all others as they are."""
    Edit(f"{MC}.yaml", None, "\x00").apply(pool / "tasks" / MC)
    Edit("card.yaml", "licence: CC-BY-4.0\n", "").apply(pool / "tasks" / "next_word")

    report = lint_repository(Repository(pool))

    assert [(one.code, one.file) for one in report.findings] == [
        ("T001", f"tasks/{MC}/{MC}.yaml"),
        ("C003", "tasks/next_word/card.yaml"),
    ]


def test_the_report_does_not_depend_on_the_order_of_rules(pool: Path) -> None:
    """Rules in the opposite order give the same report."""
    folder = pool / "tasks" / MC
    Edit("card.yaml", "domain: medicine", "domain: cooking").apply(folder)
    Edit("data/test.jsonl", '"answer": 1', '"answer": 9').apply(folder)

    assert lint_task(folder, rules=all_rules()[::-1]) == lint_task(folder)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no links")
def test_a_linked_task_folder_is_not_followed(pool: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A task folder that is a link is one finding; nothing behind the link is read."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (pool / "tasks" / "linked_task").symlink_to(elsewhere, target_is_directory=True)

    findings = lint_paths(Repository(pool), [pool / "tasks" / "linked_task"]).findings

    assert [(one.code, one.file) for one in findings] == [("R001", "tasks/linked_task")]
