"""A task that never ends, takes all memory or breaks its process is a finding, and the others are checked."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.errors import Where
from commons.lint import isolation, runner
from commons.lint.isolation import Stopped, each
from commons.lint.registry import Fault, Rule
from commons.lint.runner import lint_repository, lint_task
from commons.lint.subject import TaskSubject
from commons.pool.repository import Repository
from tests.lint.builders import MULTIPLE_CHOICE as MC

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rules of a test can be given to forked processes only")


def rule(check: object) -> Rule:
    """A rule with this check."""
    return Rule("T900", "lint", "task", "t", "p", check)  # type: ignore[arg-type]


def endless(_: TaskSubject) -> Iterator[Fault]:
    """Never end, and take every ordinary exception for a fault of its own."""
    while True:
        with contextlib.suppress(Exception):
            sum(range(100))
    yield


def backtracking(_: TaskSubject) -> Iterator[Fault]:
    """Stay inside C code, where no signal handler of Python is called."""
    re.match(r"(a+)+$", "a" * 60 + "b")
    yield


def greedy(_: TaskSubject) -> Iterator[Fault]:
    """Ask for more memory than a task may have."""
    held = ["x" * 10_000_000 + str(number) for number in range(10_000)]
    yield Fault(str(len(held)), Where(Path()), "")


def dying(_: TaskSubject) -> Iterator[Fault]:
    """End the process."""
    os.kill(os.getpid(), signal.SIGKILL)
    yield


@pytest.mark.parametrize("check", [endless, backtracking])
def test_a_rule_without_end_is_stopped(pool: Path, monkeypatch: pytest.MonkeyPatch, check: object) -> None:
    """A loop becomes a finding, in Python as inside C code."""
    monkeypatch.setattr(runner, "BASE_SECONDS", 0.2)

    findings = lint_task(pool / "tasks" / MC, rules=[rule(check)]).findings

    assert [finding.code for finding in findings] == ["R000"]
    assert "took longer than 0.2 s and was stopped" in findings[0].sentence


@pytest.mark.parametrize("check", [greedy, dying])
def test_too_much_memory_is_a_finding(pool: Path, monkeypatch: pytest.MonkeyPatch, check: object) -> None:
    """A rule that takes all memory, or whose process dies of it, becomes a finding."""
    monkeypatch.setattr(isolation, "MEMORY_BYTES", 200_000_000)

    findings = lint_task(pool / "tasks" / MC, rules=[rule(check)]).findings

    assert [(finding.code, "memory" in finding.sentence.lower()) for finding in findings] == [
        ("R000", True)
    ]


def test_the_other_tasks_are_checked(pool: Path) -> None:
    """One task that breaks its process leaves every other task's findings as they are."""

    def breaks_one(subject: TaskSubject) -> Iterator[Fault]:
        if subject.folder.name == MC:
            os.kill(os.getpid(), signal.SIGKILL)
        yield Fault(f"Seen {subject.folder.name}.", Where(subject.folder), "Nothing.")

    report = lint_repository(Repository(pool), rules=[rule(breaks_one)])

    assert sorted((one.code, one.file) for one in report.findings) == [
        ("R000", "tasks/dose_check"), ("T900", "tasks/dose_words"), ("T900", "tasks/next_word"),
        ("T900", "tasks/plain_prose"),
    ]  # fmt: skip


def test_results_come_with_their_places_and_from_several_processes() -> None:
    """Every job gives one outcome under its place, whoever did it, and a failing job fails alone."""

    def work(job: int) -> tuple[int, int]:
        if job == 3:
            raise ValueError("three")
        # Long enough that one process cannot take every job before the other has begun.
        time.sleep(0.02)
        return job * job, os.getpid()

    outcomes = dict(each(list(range(8)), work, lambda _: 5.0, workers=2))

    assert sorted(outcomes) == list(range(8))
    assert isinstance(outcomes[3], Stopped)
    assert outcomes[3].reason == "failed (ValueError: three): report this"
    squares = [outcome for outcome in outcomes.values() if not isinstance(outcome, Stopped)]
    assert sorted(square for square, _ in squares) == [0, 1, 4, 16, 25, 36, 49]
    assert len({process for _, process in squares}) == 2
    assert os.getpid() not in {process for _, process in squares}
