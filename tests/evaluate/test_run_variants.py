"""Variants as runs of their own: cells beside the canonical ones, from varied folders, real rendering and grading."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.evaluate.progress import Silent
from commons.evaluate.run import Run, RunReport, RunRequest
from commons.evaluate.verify import verify_cells
from commons.harness.store import ResponseStore
from commons.pool.repository import Repository
from commons.variants.registry import chosen
from tests.builders import write_pool, write_task
from tests.running import RuleEngine, still
from tests.variants.tasks import QUESTIONS, labelled, lettered

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"


def run(pool: Repository, *variants: str) -> RunReport:
    """Put every task in these ways to one model."""
    tasks, _ = pool.tasks()
    models = [one for one in pool.models() if one.id == MODEL]
    with ResponseStore(pool.work / "responses.sqlite") as store:
        return Run(pool, store, Silent(), still()).run(RunRequest(tasks, models, variants=chosen(variants)))


def states(report: RunReport) -> list[tuple[str, str]]:
    """Each cell's variant and what became of it."""
    assert report.errors == []
    return [(one.variant, one.state) for one in report.cells]


def test_a_variant_is_a_cell_beside_the_canonical_one(pool_folder: Path, engine: RuleEngine) -> None:
    """Its own file and key, rows of the same items, verified; an item that did not change keeps its digest."""
    pool = write_pool(pool_folder, [labelled()])
    assert states(run(pool, "canonical", "robustness-contraction")) == [
        ("canonical", "measured"), ("robustness-contraction", "measured")]
    rendered = pool.ledger.rendered_path("pick").read_bytes()
    canonical, varied = (pool.ledger.cell("pick", MODEL, name) for name in ("canonical", "robustness-contraction"))
    inputs = [{row.item: row.input for row in cell.rows} for cell in (canonical, varied)]

    assert (varied.identity.variant, varied.identity.task) == ("robustness-contraction", "pick")
    assert varied.identity.cell_key != canonical.identity.cell_key
    assert varied.inputs["variant"] == {"canonical form": canonical.identity.task_hash[:12]}
    assert inputs[0].keys() == inputs[1].keys()
    # Only the first question holds a pair that contracts.
    assert [inputs[0][item] == inputs[1][item] for item in ("t0", "t1", "t2")] == [False, False, True]
    assert verify_cells(pool.ledger.cell_paths(), {"pick": pool.ledger.rendered("pick")}).problems == []
    assert pool.ledger.rendered_path("pick").read_bytes() == rendered


def test_a_variant_alone_writes_no_rendered_items(pool_folder: Path, engine: RuleEngine) -> None:
    """What readers see of the items is the canonical form, whichever was run first; items that stayed ask nothing."""
    pool = write_pool(pool_folder, [labelled()])
    run(pool, "robustness-contraction")

    assert not pool.ledger.rendered_path("pick").exists()
    engine.asked.clear()
    run(pool, "canonical")
    assert "Question: Is it true" in pool.ledger.rendered_path("pick").read_text()
    assert not any("12 + 12" in one.prompt_text for one in engine.asked)


def test_fresh_and_stale_are_decided_by_the_variants_own_cell(pool_folder: Path, engine: RuleEngine) -> None:
    """A second run asks nothing; an edited item makes the canonical cell and the variant's stale alike."""
    pool = write_pool(pool_folder, [labelled()])
    run(pool, "canonical", "format-1")
    asked = len(engine.asked)
    assert states(run(pool, "format-1")) == [("format-1", "fresh")]
    assert len(engine.asked) == asked
    write_task(pool_folder, labelled(rows=[*QUESTIONS[:2], {**QUESTIONS[2], "q": "13 + 12"}]))
    report = run(pool, "format-1")

    assert [(one.state, one.reason) for one in report.cells] == [("measured", "task changed")]
    assert report.counts.sent == 3
    assert "12 + 12" in pool.ledger.rendered_path("pick").read_text()


def test_moved_options_are_graded_by_the_moved_gold(pool_folder: Path, engine: RuleEngine) -> None:
    """All nine formats are measured in one run, and the options that a prompt shows move with their gold."""
    pool = write_pool(pool_folder, [lettered()])
    assert states(run(pool, "canonical", "format")) == [
        ("canonical", "measured"), *((f"format-{number}", "measured") for number in range(1, 10))]
    keys = {pool.ledger.cell("pick", MODEL, name).identity.task_hash
            for name in ("canonical", *(f"format-{number}" for number in range(1, 10)))}

    assert len(keys) == 10
    prompts = {one.prompt_text for one in engine.asked}
    assert any("c\nB" in one or "c\n(B)" in one or "c\nB)" in one for one in prompts if "friend" in one)


def test_what_cannot_be_varied_is_a_cell_that_cannot_exist(pool_folder: Path, engine: RuleEngine) -> None:
    """Its reason stands in the report, the others are measured, and nothing is written for it."""
    pool = write_pool(pool_folder, [labelled()])
    report = run(pool, "fairness-names", "robustness-spaces")

    assert states(report) == [("fairness-names", "inapplicable"), ("robustness-spaces", "measured")]
    assert report.cells[0].reason == "It changes nothing in any item."
    assert [path.name for path in pool.ledger.cell_paths()] == [f"{MODEL}@robustness-spaces.json"]


def test_a_question_that_the_prompt_does_not_show_is_no_variant(pool_folder: Path, engine: RuleEngine) -> None:
    """Where nothing that is sent changes there is no cell that would pass for one."""
    settings = labelled().settings.replace("{{q}}", "{{id}}")
    pool = write_pool(pool_folder, [labelled(settings=settings)])
    report = run(pool, "robustness-spaces")

    assert [(one.state, one.reason) for one in report.cells] == [
        ("inapplicable", "It changes nothing that is sent.")]
