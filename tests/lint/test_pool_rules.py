"""The rules on what surrounds the tasks: folder names, models.yaml, suites."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_repository, lint_task
from commons.pool.repository import Repository
from tests.lint.builders import Edit, line_of


@pytest.mark.parametrize(
    ("name", "proposed"), [("Dose-Check", "dose_check"), ("ab", "my_task"), ("DoseCheck", "dose_check")]
)
def test_a_folder_name_must_be_lower_snake_case(pool: Path, name: str, proposed: str) -> None:
    """A folder name with capitals or hyphens, or too short, is a finding with a better name."""
    (pool / "tasks" / name).mkdir()

    findings = lint_repository(Repository(pool)).findings

    first = next(finding for finding in findings if finding.code == "R001")
    assert first.where.path == Path("tasks") / name
    assert f"`{proposed}`" in first.mend


def test_folder_names_that_differ_by_capitals_collide(pool: Path) -> None:
    """A name that collides with another on some machines is a finding that names the other."""
    folder = pool / "tasks" / "Dose_Check"
    folder.mkdir()

    found = [finding for finding in lint_task(folder).findings if finding.code == "R001"]

    assert "collides with `dose_check`" in found[0].sentence


@pytest.mark.parametrize(
    ("old", "new", "at", "mend"),
    [
        ("revision: 0123456789abcdef0123456789abcdef01234567", "revision: main", "revision", "40-hex"),
        ("family: tiny", "familly: tiny", "familly", "`family`"),
        ("models:", "models:\n  - id: tiny", "id: tiny", "Add"),
        ("models:", "models: [", "id: tiny", "Check"),
    ],
)
def test_faults_of_the_models_file(pool: Path, old: str, new: str, at: str, mend: str) -> None:
    """A fault of models.yaml is reported under N001 at its line, and nothing else is."""
    Edit("models.yaml", old, new).apply(pool)

    findings = lint_repository(Repository(pool)).findings

    assert {finding.code for finding in findings} == {"N001"}
    assert any(
        finding.where.line == line_of(pool / "models.yaml", at) and mend in finding.mend for finding in findings
    ), findings


@pytest.mark.parametrize(
    ("old", "new", "at", "mend"),
    [
        ("- next_word", "- next_wrod", "next_wrod", "`next_word`"),
        ("- next_word", "- dose_check", "- dose_check", "Remove one"),
        ("group: ward_round", "group: ward", "group", "ward_round"),
        ("aggregate_metric_list", "agregate_metric_list", "agregate", "Did you mean"),
    ],
)
def test_faults_of_a_suite(pool: Path, old: str, new: str, at: str, mend: str) -> None:
    """A suite that names no task, names one twice, or does not fit its format is reported under R002."""
    path = "tasks/_suites/ward_round.yaml"
    Edit(path, old, new).apply(pool)

    findings = lint_repository(Repository(pool)).findings

    assert {finding.code for finding in findings} == {"R002"}
    assert any(mend in finding.mend and finding.where.path == Path(path) for finding in findings)
    assert any(finding.where.line >= line_of(pool / path, at) for finding in findings)


def test_a_device_of_windows_is_no_folder_name(pool: Path) -> None:
    """A folder called as Windows calls a device is a finding with another name."""
    (pool / "tasks" / "com1").mkdir()

    found = [finding for finding in lint_repository(Repository(pool)).findings if finding.code == "R001"]

    assert "`com1_task`" in found[0].mend
