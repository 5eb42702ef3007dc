"""The zoo: every planted defect is found where a person would point, no good task is blamed, and nothing ever runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from commons.lint.examine import Order, examine
from commons.lint.findings import Finding
from commons.lint.runner import lint_paths, lint_task
from commons.pool.repository import Repository
from tests.zoo.build import GOOD_NAMES, build_defect, build_good, build_pool, trace_of
from tests.zoo.defect import Defect
from tests.zoo.defects import DEFECTS, LINT_DEFECTS


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Load what lint loads late (tables, the model of languages) once: the processes forked for each task inherit it.

    Only good tasks are looked at here, which are our own. What lint keeps between runs goes to a folder of the test's.
    """
    root = build_pool(tmp_path_factory.mktemp("good"))
    for name in GOOD_NAMES:
        examine(Order(root / "tasks" / name, root), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMONS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def _said(findings: list[Finding]) -> str:
    lines = [f"  {one.code} {one.level} {one.file}:{one.where.line or '-'} {one.sentence}" for one in findings]
    return "\n".join(lines) or "  nothing"


@cache
def _of_the_good_one(name: str) -> frozenset[tuple[str, str, int | None]]:
    """What lint says about the good task that a defect was planted in: code, file and line."""
    with TemporaryDirectory() as scratch:
        folder = build_good(build_pool(Path(scratch), ()), name)
        found = lint_task(folder, root=folder.parent.parent).findings
        return frozenset((one.code, _inside(one, name), one.where.line) for one in found)


def _inside(finding: Finding, folder_name: str) -> str:
    """The finding's file as seen from its task folder."""
    start = Path("tasks", folder_name)
    path = finding.where.path
    return path.relative_to(start).as_posix() if path == start or start in path.parents else path.as_posix()


def _new(defect: Defect, folder: Path) -> list[Finding]:
    """What lint finds in the broken task and not in the good one; beside others, as in a pull request to their pool."""
    known = _of_the_good_one(defect.base)
    root = folder.parent.parent
    report = lint_paths(Repository(root), [folder]) if defect.others else lint_task(folder, root=root)
    found = report.findings
    return [one for one in found if (one.code, _inside(one, folder.name), one.where.line) not in known]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_good_task_is_not_blamed(tmp_path: Path, name: str) -> None:
    """A task that a careful expert would contribute has no finding that blocks; hints may stand."""
    folder = build_good(build_pool(tmp_path, ()), name)
    found = list(lint_task(folder, root=tmp_path).findings)

    assert not [one for one in found if one.level == "lint"], f"false alarms:\n{_said(found)}"


def test_good_tasks_do_not_collide(tmp_path: Path) -> None:
    """All good tasks together in one pool are as good as each by itself."""
    root = build_pool(tmp_path)
    found = [one for name in GOOD_NAMES for one in lint_task(root / "tasks" / name, root=root).findings]

    assert not [one for one in found if one.level == "lint"], f"false alarms:\n{_said(found)}"


@pytest.mark.parametrize("defect", LINT_DEFECTS, ids=lambda defect: defect.id)
def test_a_planted_defect_is_found(tmp_path: Path, defect: Defect) -> None:
    """Lint says something new about the file (and the line) where the defect was planted, and runs nothing."""
    folder = build_defect(tmp_path, defect)
    file, line = defect.expected_file(), defect.expected_line(folder)
    found = _new(defect, folder)
    assert not trace_of(tmp_path).exists(), f"{defect.id}: contributed content was executed"

    exact = [one for one in found if defect.accepts(folder, _inside(one, folder.name), one.where.line)]
    coded = [one for one in exact if defect.code is None or one.code == defect.code]
    place = f"{file or 'the folder'}:{line or '-'}" + (f" with {defect.code}" if defect.code else "")
    assert coded, f"{defect.id}: {defect.wrong}\nexpected at {place}; found instead:\n{_said(found)}"
    assert not any(one.code == "R000" for one in coded), f"{defect.id}: a rule failed:\n{_said(coded)}"


@pytest.mark.parametrize(
    "defect", [one for one in DEFECTS if one.shows == "gate"], ids=lambda defect: defect.id
)
def test_a_defect_for_the_gates_does_not_stop_lint(tmp_path: Path, defect: Defect) -> None:
    """What only a trial run can show is planted where it says, and lint comes to its end without running it."""
    folder = build_defect(tmp_path, defect)
    defect.expected_line(folder)

    assert not [one for one in lint_task(folder, root=tmp_path).findings if one.code == "R000"]
    assert not trace_of(tmp_path).exists()


def test_the_zoo_is_as_large_as_promised() -> None:
    """At least 110 defects and 12 good tasks; each id is there once, and each sentence says something."""
    assert len(DEFECTS) >= 110
    assert len(GOOD_NAMES) >= 12
    assert len({defect.id for defect in DEFECTS}) == len(DEFECTS)
    assert all(defect.wrong.endswith(".") and defect.base in GOOD_NAMES for defect in DEFECTS)
