"""The rule on suites: members that the harness has built in are known by name, and by the pinned version."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_repository
from commons.pool.repository import Repository

from .builders import Edit

BOARD = """\
group: ward_round
task:
  - dose_check
  - hellaswag
metadata:
  commons:
    rule: macro mean
    harness: 0.4.13
    built_in:
      - board: HellaSwag
        metrics: [acc_norm]
        shots: 10
        tasks:
          hellaswag: 4
"""


@pytest.fixture
def mixed(pool: Path) -> Path:
    """A correct pool whose suite names a task of its own and one of the harness; its suite's folder."""
    suites = pool / "tasks" / "_suites"
    (suites / "ward_round.yaml").write_text(BOARD, encoding="utf-8")
    return suites


def found(pool: Path) -> list[tuple[str, int | None, str, str]]:
    """Every finding: code, line, sentence, mend."""
    return [(one.code, one.where.line, one.sentence, one.mend) for one in lint_repository(Repository(pool)).findings]


def test_a_suite_with_a_built_in_task_is_in_order(mixed: Path) -> None:
    """A member that is described and that the pinned harness has gives no finding."""
    assert found(mixed.parents[1]) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("hellaswag", "hellaswga", 14, "Did you mean `hellaswag`"),
        ("harness: 0.4.13", "harness: 0.4.9", 8, "write `harness: 0.4.13`"),
        ("hellaswag: 4", "hellaswag: 4\n          next_word: 2", 15, "Add it to `task:`"),
    ],
)
def test_a_fault_of_a_built_in_member(mixed: Path, old: str, new: str, line: int, words: str) -> None:
    """A name that the harness does not have, another version, or an undeclared member is found at its line."""
    path = mixed / "ward_round.yaml"
    path.write_text(BOARD.replace(old, new), encoding="utf-8")
    findings = found(mixed.parents[1])

    assert [(code, at) for code, at, _, mend in findings if words in mend] == [("R002", line)], findings


def test_a_task_of_the_pool_is_no_built_in(mixed: Path) -> None:
    """A task with a folder has a card, which describes it."""
    Edit("ward_round.yaml", "hellaswag: 4", "hellaswag: 4\n          dose_check: 2").apply(mixed)

    assert [sentence for _, _, sentence, _ in found(mixed.parents[1])] == ["`dose_check` is a task of the pool."]


def test_an_undescribed_built_in_is_told_how(mixed: Path) -> None:
    """Who names a task of the harness alone is told where to describe it."""
    Edit("ward_round.yaml", "  - hellaswag", "  - hellaswag\n  - boolq").apply(mixed)
    ((code, line, _, mend),) = found(mixed.parents[1])

    assert (code, line) == ("R002", 5)
    assert "`built_in:`" in mend
