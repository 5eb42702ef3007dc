"""A task that takes too long is stopped and said, and never hangs lint."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.lint import runner
from commons.lint.registry import Fault, Rule
from commons.lint.runner import lint_task
from commons.lint.subject import TaskSubject
from tests.lint.builders import MULTIPLE_CHOICE as MC

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer to interrupt with")


def endless(_: TaskSubject) -> Iterator[Fault]:
    """Never end, and take every ordinary exception for a fault of its own."""
    while True:
        with contextlib.suppress(Exception):
            sum(range(100))
    yield


def test_a_rule_without_end_is_stopped(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that loops for ever becomes a finding, and the old handler stands again."""
    monkeypatch.setattr(runner, "MAX_SECONDS", 0.2)
    before = signal.getsignal(signal.SIGALRM)

    findings = lint_task(pool / "tasks" / MC, rules=[Rule("T900", "lint", "task", "t", "p", endless)]).findings

    assert [finding.code for finding in findings] == ["R000"]
    assert "took longer than 0.2 s and was stopped" in findings[0].sentence
    assert signal.getsignal(signal.SIGALRM) is before


def test_too_little_memory_is_a_finding(pool: Path) -> None:
    """A rule for which the memory does not suffice becomes a finding."""

    def greedy(_: TaskSubject) -> Iterator[Fault]:
        raise MemoryError
        yield

    findings = lint_task(pool / "tasks" / MC, rules=[Rule("T900", "lint", "task", "t", "p", greedy)]).findings

    assert [(finding.code, "MemoryError" in finding.sentence) for finding in findings] == [("R000", True)]
