"""Real published data: two BIG-Bench Hard files become task folders by ``commons new`` and are run on the real model.

The files (MIT) are read from a folder beside the repository and never copied into it; without them the test is skipped.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from commons.evaluate.verify import verify_cells
from commons.pool.task import read_task
from tests.builders import REPOSITORY_ROOT, write_pool
from tests.cli.running import commons

BBH = Path(os.environ.get("COMMONS_TEST_DATA", REPOSITORY_ROOT.parent / "shared" / "data")) / "bbh"
ITEMS = 10

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not BBH.is_dir(), reason="the BIG-Bench Hard files are not beside the repository"),
]


def examples(name: str) -> list[dict[str, str]]:
    """The first examples of a file, as published."""
    found: list[dict[str, str]] = json.loads((BBH / f"{name}.json").read_text(encoding="utf-8"))["examples"]
    return found[:ITEMS]


def with_choices(example: dict[str, str]) -> dict[str, object]:
    """A question whose options are printed in it, as a question with choices."""
    question, _, options = example["input"].partition("\nOptions:\n")
    choices = dict(re.findall(r"\(([A-Z])\) (.+)", options))
    return {"question": question, "choices": list(choices.values()), "answer": choices[example["target"].strip("()")]}


def test_two_published_files_become_tasks_and_run(tmp_path: Path) -> None:
    """One becomes a generation task, one a multiple-choice task; both pass lint, run, and verify, item for item."""
    pool = write_pool(tmp_path, [])
    booleans = [{"question": one["input"], "answer": one["target"]} for one in examples("boolean_expressions")]
    objects = [with_choices(one) for one in examples("logical_deduction_three_objects")]
    for name, rows in (("boolean_expressions", booleans), ("three_objects", objects)):
        source = tmp_path / f"{name}.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        made = commons("new", name, "--from", str(source), "--licence", "MIT", "--owner", "suzgunmirac", cwd=tmp_path)
        assert made.code == 0, made.err
        assert commons("lint", f"tasks/{name}", cwd=tmp_path).code == 0

    ran = commons("run", "--model", "smollm2-135m-instruct", cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert read_task(tmp_path / "tasks" / "boolean_expressions").config.output_type == "generate_until"
    for name, rows in (("boolean_expressions", booleans), ("three_objects", objects)):
        cell = pool.ledger.cell(name, "smollm2-135m-instruct")
        items = pool.ledger.rendered(name).items
        assert len(cell.rows) == ITEMS
        assert not cell.partial
        assert all(any(str(row["question"]) in item.prompt for item in items) for row in rows)
    golds = {row["question"]: row["answer"] for row in objects}
    for item in pool.ledger.rendered("three_objects").items:
        question = next(question for question in golds if question in item.prompt)
        assert item.choices[item.gold] == golds[question]
    assert verify_cells(pool.ledger.cell_paths(), {}).problems == []
