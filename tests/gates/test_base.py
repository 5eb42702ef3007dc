"""A gate cannot be registered without its page, and one broken gate hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import BrokenResult, CannotRun
from commons.gates import running
from commons.gates.acceptance import acceptance_text, pages
from commons.gates.base import (
    BadGateError,
    GateRegistry,
    GateState,
    checked_page,
    passed,
)
from commons.gates.catalogue import all_gates, explain_gate, model_gates
from commons.gates.policy import CRITERIA
from commons.harness.rendering import TaskRendering
from commons.pool.task import read_task
from tests.builders import write_task
from tests.gates.sessions import NearSession, states
from tests.gates.tasks import choosing

PAGE = """A title.

## What it asks
This.

## Why it matters
That.

## When it does not apply
Never.

## How to mend a failure
So.
"""


@pytest.mark.parametrize("missing", ["What it asks", "Why it matters", "When it does not apply",
                                     "How to mend a failure"])
def test_a_page_without_a_section_is_refused(missing: str) -> None:
    """Each of the four sections must be there and hold something."""
    with pytest.raises(BadGateError, match=missing):
        checked_page("x", PAGE.replace(f"## {missing}\n", ""))


def test_a_name_is_taken_once() -> None:
    """Two gates of one name would hide each other."""
    registry = GateRegistry()

    def judge(_: object) -> object:
        return passed("Good.")

    judge.__doc__ = PAGE
    registry.gate(name="one", order=1)(judge)  # type: ignore[arg-type]

    assert [gate.title for gate in registry.gates] == ["A title"]
    with pytest.raises(BadGateError):
        registry.gate(name="one", order=2)(judge)  # type: ignore[arg-type]


def test_a_gate_that_breaks_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program in one gate is that gate's `could not run`; the others report as ever."""
    import dataclasses

    def broken(_: object) -> None:
        raise ZeroDivisionError("oh")

    gates = [dataclasses.replace(gate, judge=broken) if gate.name == "null" else
             dataclasses.replace(gate, probes=broken) if gate.name == "length" else gate for gate in all_gates()]
    monkeypatch.setattr(running, "all_gates", lambda: tuple(gates))
    task = read_task(write_task(tmp_path, choosing()))
    found = states(running.run_gates(task, NearSession(task)))

    assert {name for name, state in found.items() if state == "could not run"} == {"null", "length"}
    assert found["oracle"] == found["position"] == "passed"


class _Deaf(NearSession):
    """A session in which nothing can be rendered, or nothing graded."""

    def __init__(self, task: object, error: Exception, *, renders: bool) -> None:
        super().__init__(task)  # type: ignore[arg-type]
        self._error, self._renders = error, renders

    def render(self, fewshot_order: int = 0) -> TaskRendering:
        if self._renders:
            return super().render(fewshot_order)
        raise self._error

    def trial(self, rendering: object, probes: object) -> tuple[()]:  # noqa: ARG002
        raise self._error


def test_a_missing_sandbox_is_no_failure_of_the_task(tmp_path: Path) -> None:
    """Where nothing can run, every gate says that it could not."""
    task = read_task(write_task(tmp_path, choosing()))
    trials = running.run_gates(task, _Deaf(task, CannotRun("No sandbox.", mend="Get one."), renders=False))

    assert set(states(trials).values()) == {"could not run"}
    assert (trials.gates[0].sentence, trials.gates[0].mend) == ("No sandbox.", "Get one.")


def test_a_worker_that_dies_while_grading_fails_one_gate(tmp_path: Path) -> None:
    """The first gate on grades says what happened, the others that they were not reached."""
    task = read_task(write_task(tmp_path, choosing()))
    found = states(running.run_gates(task, _Deaf(task, BrokenResult("It died."), renders=True)))

    assert found.pop("metrics") == "failed"
    assert set(found.values()) == {"could not run"}


def test_every_gate_has_a_page_and_stands_in_the_criteria() -> None:
    """ACCEPTANCE.md and the index name every gate, and every number of the program with its source."""
    text, found = acceptance_text(), pages()
    for gate in (*all_gates(), *model_gates()):
        assert f"docs/gates/{gate.name}.md" in text
        assert f"docs/gates/{gate.name}.md" in found
        assert gate.title in explain_gate(gate.name)
    for one in CRITERIA:
        assert f"| {one.name} | {one.value:.10g} | {one.meaning} | {one.source} |" in text
    assert not [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")]


def test_an_unknown_gate_is_said() -> None:
    """The error lists the gates that exist."""
    with pytest.raises(CannotRun, match="no gate"):
        explain_gate("nothing")


def test_states_are_the_four_words() -> None:
    """Each gate ends in one of four ways, in the words of the reports."""
    assert [state.value for state in GateState] == ["passed", "failed", "not applicable", "could not run"]
