"""Each rule finds the defect that it is for, at its line, with its mend, and nothing else is found."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import tests.lint
from commons.lint.registry import all_rules
from commons.lint.runner import lint_task
from tests.lint.builders import NAMES, Edit, line_of
from tests.lint.defects import DEFECTS as FIRST
from tests.lint.defects import Defect

#: Every family's table: `defects.py` and each `defects_<family>.py` beside it.
DEFECTS = [
    *FIRST,
    *(defect for module in pkgutil.iter_modules(tests.lint.__path__) if module.name.startswith("defects_")
      for defect in importlib.import_module(f"tests.lint.{module.name}").DEFECTS),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_correct_task_has_no_finding(pool: Path, name: str) -> None:
    """On a correct task of each output type nothing is found, not even a hint."""
    report = lint_task(pool / "tasks" / name)

    assert report.findings == ()
    assert report.checked[0].size == "6 items"


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_defect_gives_its_code_alone(pool: Path, defect: Defect) -> None:
    """A planted defect gives its own code once, at its line, with a mend, and no other code."""
    folder = pool / "tasks" / defect.task
    Edit(defect.file, defect.old, defect.new).apply(folder)

    findings = lint_task(folder).findings

    assert {finding.code for finding in findings} == {defect.code}, findings
    reported = folder / (defect.reported_in or defect.file)
    first = findings[0]
    assert first.where.path == reported.relative_to(pool)
    assert first.where.line == (line_of(reported, defect.at) if defect.at else 0)
    assert defect.mend in first.mend
    assert first.sentence.endswith(".")


def test_every_rule_has_a_planted_defect() -> None:
    """No rule is registered without a test that shows it finding something."""
    elsewhere = {
        "C005", "C012", "C013", "D011", "D012", "D013", "N001", "R000", "R001", "R002", "R003", "R007", "R008",
        "R009", "S002", "S005", "S006", "S007", "S008", "C023", "D034", "D036", "D039", "P014", "D041", "D046",
        "D047", "D049", "S010", "S012", "T009",
    }  # fmt: skip

    assert {rule.code for rule in all_rules()} == {defect.code for defect in DEFECTS} | elsewhere
