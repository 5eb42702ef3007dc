"""Folders that are no plain folders of files: endless ones, and those that give git orders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commons.lint.runner import MOST_MEGABYTES, SECONDS_PER_MEGABYTE, _seconds, lint_repository, lint_task
from commons.pool.repository import Repository
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import nested


def codes(pool: Path) -> list[tuple[str, str]]:
    """The code and place of each finding in the pool."""
    report = lint_repository(Repository(pool))
    return [(one.code, one.where.path.as_posix()) for one in report.findings]


@pytest.mark.parametrize("place", [f"tasks/{MC}", f"tasks/{MC}/data/inner", "tasks", "tasks/_suites"])
@pytest.mark.parametrize("name", [".gitattributes", ".gitignore", ".gitmodules", ".lfsconfig", ".GitAttributes"])
def test_orders_to_git_are_refused(pool: Path, place: str, name: str) -> None:
    """A file that git obeys is refused in a task, inside a folder of one, and beside the tasks."""
    (pool / place).mkdir(exist_ok=True)
    (pool / place / name).write_text("* export-ignore\n")

    assert codes(pool) == [("R008", f"{place}/{name}")]


@pytest.mark.parametrize("place", [f"tasks/{MC}", f"tasks/{MC}/inner", "tasks/_suites"])
def test_a_folder_that_git_takes_for_a_repository_is_refused(pool: Path, place: str) -> None:
    """A bare repository in a folder is found, whose settings git would obey in it."""
    subprocess.run(["git", "init", "-q", "--bare", pool / place], check=True, capture_output=True)

    assert ("R008", place) in codes(pool)


@pytest.mark.parametrize("place", [f"tasks/{MC}", f"tasks/{MC}/inner", "tasks/_suites"])
def test_a_repository_within_a_task_is_refused(pool: Path, place: str) -> None:
    """A `.git` is one finding, whatever it holds."""
    subprocess.run(["git", "init", "-q", pool / place], check=True, capture_output=True)

    assert [one for one in codes(pool) if one[0] in {"R008", "T008"}] == [("R008", f"{place}/.git")]


def test_folders_without_end_are_one_finding(pool: Path) -> None:
    """Folders nested deeper than any path may be long stop no rule, and what lies before them is still checked."""
    folder = pool / "tasks" / MC
    (folder / "setup.sh").write_text("echo\n")

    with nested(folder, 1_200):
        assert sorted(codes(pool)) == [("R007", f"tasks/{MC}/d"), ("S011", f"tasks/{MC}/setup.sh")]


def test_too_many_files_are_one_finding(pool: Path) -> None:
    """More files than a task can need are said once."""
    folder = pool / "tasks" / MC / "notes"
    folder.mkdir()
    for number in range(5_001):
        (folder / f"{number}.txt").touch()

    assert {finding.code for finding in lint_task(folder.parent).findings} == {"R007"}


def test_padding_gives_no_more_time(pool: Path) -> None:
    """Only files that rules read as a whole give a task more time, up to a limit."""
    folder = pool / "tasks" / MC
    least = _seconds(folder)
    for name in ("video.mp4", "notes.txt"):
        with (folder / name).open("wb") as file:
            file.truncate(40_000_000)
    assert _seconds(folder) == least

    with (folder / "data" / "more.jsonl").open("wb") as file:
        file.truncate(40_000_000)
    assert _seconds(folder) == least + SECONDS_PER_MEGABYTE * MOST_MEGABYTES
