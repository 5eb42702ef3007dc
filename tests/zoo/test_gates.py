"""The zoo on trial: what no reader of the files can know, the gates find in a real sandboxed run; good tasks pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.gates.base import GateState
from commons.gates.check import Settings, Verdict, check
from commons.harness import sandbox
from commons.pool.repository import Repository
from tests.gates.sessions import try_folder
from tests.zoo.build import GOOD_NAMES, build_defect, build_good, build_pool, trace_of
from tests.zoo.defect import Defect
from tests.zoo.defects import ONLY_GATE_DEFECTS

needs_sandbox = pytest.mark.skipif(sandbox.fault() is not None, reason="this machine cannot have a sandbox")


@needs_sandbox
@pytest.mark.parametrize("defect", ONLY_GATE_DEFECTS, ids=lambda defect: defect.id)
def test_a_gate_finds_what_lint_cannot(tmp_path: Path, defect: Defect) -> None:
    """The task is not ready, a gate says so, and its code left no trace outside the sandbox."""
    folder = build_defect(tmp_path, defect)

    report = check(folder, Repository(tmp_path), Settings())

    said = [f"{gate.name}: {gate.state.value}: {gate.sentence}" for gate in report.gates]
    assert report.with_state(GateState.FAILED), f"{defect.id}: {defect.wrong}\n" + "\n".join(said)
    assert report.verdict is Verdict.NOT_READY
    assert not trace_of(tmp_path).exists()


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_good_task_passes_every_gate(tmp_path: Path, name: str) -> None:
    """No gate fails or cannot run on a task that a careful expert would contribute."""
    trials = try_folder(build_good(build_pool(tmp_path, ()), name))

    wrong = [gate for gate in trials.gates if gate.state not in {GateState.PASSED, GateState.NOT_APPLICABLE}]
    assert not wrong, [f"{gate.name}: {gate.sentence}" for gate in wrong]
