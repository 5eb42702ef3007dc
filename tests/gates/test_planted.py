"""Every planted defect is caught by the gate that should catch it, and good tasks of every kind pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.gates.base import GateState
from tests.builders import TaskSpec, four_tasks, write_task
from tests.gates.more_tasks import GOOD as MORE_GOOD
from tests.gates.more_tasks import MORE_PLANTED
from tests.gates.sessions import states, try_folder
from tests.gates.tasks import PLANTED, Planted, choosing, counting, own_grader, word_rows, write_planted, writing

GOOD = [choosing(), writing(), counting(), own_grader(), *four_tasks()]


@pytest.mark.parametrize("planted", [*PLANTED, *MORE_PLANTED], ids=lambda one: one.name)
def test_a_planted_defect_fails_its_gate(planted: Planted, tmp_path: Path) -> None:
    """The gate fails with a mend, and no gate fails that should not."""
    trials = try_folder(write_planted(tmp_path, planted))
    failed = {gate.name: gate for gate in trials.gates if gate.state is GateState.FAILED}

    assert planted.gate in failed, states(trials)
    assert set(failed) <= {planted.gate, *planted.also}
    assert failed[planted.gate].mend.endswith(".")
    assert failed[planted.gate].sentence.endswith(".")


@pytest.mark.parametrize("planted", [one for one in (*PLANTED, *MORE_PLANTED) if one.line], ids=lambda one: one.name)
def test_a_wrong_item_is_named_by_its_line(planted: Planted, tmp_path: Path) -> None:
    """The first item named is the one on the planted line of the data file."""
    trials = try_folder(write_planted(tmp_path, planted))
    found = next(gate for gate in trials.gates if gate.name == planted.gate)

    assert (found.places[0].where.path.name, found.places[0].where.line) == ("test.jsonl", planted.line)


@pytest.mark.parametrize(
    ("spec", "card"), [*((spec, {}) for spec in GOOD), *MORE_GOOD.values()],
    ids=[*(spec.name for spec in GOOD), *MORE_GOOD],
)
def test_a_good_task_passes_every_gate(spec: TaskSpec, card: dict[str, str], tmp_path: Path) -> None:
    """Every gate passes or does not apply, and each that does not apply says why."""
    trials = try_folder(write_planted(tmp_path, Planted(spec.name, spec, "none", card=card)))

    assert {gate.state for gate in trials.gates} <= {GateState.PASSED, GateState.NOT_APPLICABLE}
    assert all(gate.sentence.endswith(".") for gate in trials.gates)


def test_a_known_broken_item_does_not_fail_the_task(tmp_path: Path) -> None:
    """What the card says is wrong is left aside, and counted."""
    rows = word_rows()
    rows[3] = {**rows[3], "a": "two\nlines"}
    folder = write_task(tmp_path, writing(rows=rows))
    assert states(try_folder(folder))["oracle"] == "failed"

    card = folder / "card.yaml"
    text = card.read_text(encoding="utf-8") + "known_broken:\n  - {item: t3, reason: it has two lines}\n"
    card.write_text(text, encoding="utf-8")
    oracle = next(gate for gate in try_folder(folder).gates if gate.name == "oracle")

    assert oracle.state is GateState.PASSED
    assert "known to be broken" in oracle.sentence


def test_a_small_task_says_what_it_could_not_have_shown(tmp_path: Path) -> None:
    """Four items pass with a sentence that names the score that would have failed."""
    trials = try_folder(write_task(tmp_path, four_tasks()[0]))
    position = next(gate for gate in trials.gates if gate.name == "position")

    assert position.state is GateState.PASSED
    assert "4 items" in position.sentence


def test_only_the_drawn_items_are_tried(tmp_path: Path) -> None:
    """A cap keeps so many items, the same ones every time."""
    folder = write_task(tmp_path, choosing())
    first, second = try_folder(folder, most=10), try_folder(folder, most=10)

    assert first.trial is not None
    assert second.trial is not None
    assert [item.id for item in first.trial.material.items] == [item.id for item in second.trial.material.items]
    assert len(first.trial.material.items) == 10
    assert "drawn by the seed" in first.gates[0].sentence
