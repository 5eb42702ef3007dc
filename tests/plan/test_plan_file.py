"""The plan file: what is written is read back, and a file that contradicts itself is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commons.errors import BadFile
from commons.plan.cells import Reason
from commons.plan.plan import Inapplicable, LeftOut, Plan, PlannedCell, Shard
from commons.plan.planfile import read_plan, to_text, write_plan
from tests.evaluate.planning import FACTS
from tests.running import NOON

PLAN = Plan(
    protocol_hash="c" * 64, commit="d" * 40, tasks={"sums": "a" * 64, "say": "e" * 64}, models={"small": "b" * 64},
    cells=(PlannedCell("sums", "small", Reason.NEW, 40, 1_000, 0, 61.5, 0.0),
           PlannedCell("say", "small", Reason.TASK_CHANGED, 10, 250, 80, 30.0, 0.000125, most_dollars=0.0005)),
    shards=(Shard(1, (0,), 1, 70.0, 0.0), Shard(2, (1,), 1, 38.5, 0.000125, 0.0005)),
    inapplicable=(Inapplicable("sums", "served", "the task needs log-likelihoods"),),
    left_out=(LeftOut("late", "small", Reason.PARTIAL, 10.0, 1.0, "the cap of $1 a run"),), kept=7,
    basis={"small": "A guess."}, facts={"sums": FACTS, "say": FACTS.model_copy(update={"items": 7})}, made=NOON,
    drifted={"small": NOON},
)


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Round trip: the same plan, and the same bytes."""
    write_plan(PLAN, tmp_path / "plan.json")

    plan = read_plan(tmp_path / "plan.json")

    assert plan == PLAN
    assert to_text(plan) == (tmp_path / "plan.json").read_text()
    assert plan.cells_of(plan.shard(2)) == (PLAN.cells[1],)
    assert plan.key(plan.cells[1]).task_hash == "e" * 64
    with pytest.raises(KeyError):
        plan.shard(3)


def test_each_cell_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """A reviewer sees a planned cell as one line of a diff."""
    lines = [line for line in to_text(PLAN).splitlines() if '"sums", "small"' in line]

    assert lines == ['  ["sums", "small", "new", 40, 1000, 0, 61.5, 0.0, "canonical", 0.0],']


VARIED = dataclasses.replace(
    PLAN, tasks={**PLAN.tasks, "say@format-1": "f" * 64},
    facts={**PLAN.facts, "say@format-1": FACTS.model_copy(update={"items": 7})},
    cells=(PLAN.cells[0], dataclasses.replace(PLAN.cells[1], variant="format-1")),
    inapplicable=(*PLAN.inapplicable, Inapplicable("sums", "small", "It changes nothing.", "format-1")),
    left_out=(*PLAN.left_out, LeftOut("say", "small", Reason.NEW, 1.0, 0.0, "the budget", "format-2")),
)


def test_a_planned_variant_is_read_back_and_has_a_key_of_its_own(tmp_path: Path) -> None:
    """Round trip; its task hash and facts stand beside those of the canonical form, by task and variant."""
    write_plan(VARIED, tmp_path / "plan.json")

    plan = read_plan(tmp_path / "plan.json")

    assert plan == VARIED
    assert to_text(plan) == (tmp_path / "plan.json").read_text()
    assert plan.key(plan.cells[1]).task_hash == "f" * 64
    assert plan.varied_of("say", "format-1").of == "e" * 64
    assert plan.varied_of("say", "canonical") is None


def test_a_plan_without_variants_says_nothing_of_them() -> None:
    """Its file has the keys and the columns that plans had before there were any, and such a plan is read."""
    content = json.loads(to_text(PLAN))

    assert set(content) == {"schema_version", "protocol_hash", "commit", "made", "tasks", "models", "drifted", "kept",
                            "basis", "columns", "facts", "cells", "shards", "left_out", "inapplicable"}
    assert content["inapplicable"] == [["sums", "served", "the task needs log-likelihoods"]]
    assert content["left_out"] == [["late", "small", "partial", 10.0, 1.0, "the cap of $1 a run"]]
    assert "@" not in to_text(PLAN)


@pytest.mark.parametrize("lost", ["say", "say@format-1"])
@pytest.mark.parametrize("part", ["tasks", "facts"])
def test_a_variant_of_which_something_is_not_known_is_refused(tmp_path: Path, part: str, lost: str) -> None:
    """Hash and facts of the variant and of the form that it stands beside: without one of them nothing can be held."""
    content = json.loads(to_text(VARIED))
    del content[part][lost]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content))

    with pytest.raises(BadFile, match="It plans say@format-1"):
        read_plan(path)


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    """A change of one value of the file."""

    def change(content: dict[str, Any]) -> None:
        target: Any = content
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value

    return change


HOSTILE = {
    "a cell of no shard": put("shards", value=[]),
    "a cell in two shards": put("shards", 1, "cells", value=[0, 1]),
    "a place that is not there": put("shards", 1, "cells", value=[2]),
    "a negative place": put("shards", 1, "cells", value=[-1]),
    "one number twice": put("shards", 1, "number", value=1),
    "shard zero": put("shards", 1, "number", value=0),
    "a cell twice": put("cells", 1, value=["sums", "small", "new", 1, 1, 1, 1.0, 1.0, "canonical", 1.0]),
    "a task without a hash": put("tasks", value={"sums": "a" * 64}),
    "a model without a hash": put("models", value={}),
    "a hash that is none": put("models", "small", value="b" * 63),
    "a name that leaves the folder": put("cells", 1, 0, value="../../etc"),
    "a hidden name": put("cells", 1, 1, value=".ssh"),
    "a reason that is none": put("cells", 1, 2, value="because"),
    "a variant that nobody knows": put("cells", 1, 8, value="format-1"),
    "a variant that leaves the folder": put("cells", 1, 8, value="../x"),
    "a task of two variants": put("tasks", value={"sums": "a" * 64, "say": "e" * 64, "say@a@b": "f" * 64}),
    "a negative cost": put("cells", 1, 7, value=-1.0),
    "an endless cost": put("cells", 1, 7, value=float("inf")),
    "a count that is text": put("cells", 1, 3, value="many"),
    "other columns": put("columns", value=["task", "model"]),
    "another version": put("schema_version", value=1),
    "a task of which nothing is known": put("facts", value={}),
    "a task without items": put("facts", "sums", "items", value=0),
    "a digest that is none": put("facts", "sums", "shown", value="short"),
    "a time without a zone": put("made", value="2026-11-23T12:00:00"),
    "a time that is none": put("made", value="soon"),
    "an endless share of a cap": put("shards", 1, "most_dollars", value=float("inf")),
    "a drift without a zone": put("drifted", "small", value="2026-11-23T12:00:00"),
    "a key that nobody knows": put("run", value="rm -rf"),
    "no protocol": put("protocol_hash", value=None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_plan_that_contradicts_itself_is_refused(tmp_path: Path, name: str) -> None:
    """Each fault is one clear error with the mend, and nothing of the plan is used."""
    content = json.loads(to_text(PLAN))
    HOSTILE[name](content)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content))

    with pytest.raises(BadFile) as caught:
        read_plan(path)

    assert caught.value.where is not None
    assert caught.value.where.path == path
    assert "commons plan" in caught.value.mend


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 50_000, '{"schema_version": 1}', "\x00"])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever it holds, it is no plan, and no traceback."""
    path = tmp_path / "plan.json"
    path.write_text(text)

    with pytest.raises(BadFile):
        read_plan(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A plan is text."""
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadFile):
        read_plan(path)


def test_a_cut_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    """No empty place stands before the reason."""
    path = tmp_path / "plan.json"
    path.write_text(to_text(PLAN)[:200])

    with pytest.raises(BadFile, match="can read: Invalid JSON"):
        read_plan(path)
