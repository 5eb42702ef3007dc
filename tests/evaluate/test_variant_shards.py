"""Variants from plan to ledger: planned, run in a shard, collected, and refused where they are not what was planned."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from commons.evaluate.progress import Silent
from commons.evaluate.run import Run, RunReport, RunRequest
from commons.evaluate.verify import verify_cells
from commons.harness.store import ResponseStore
from commons.plan.plan import Plan
from commons.pool.cell import Cell
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.variants.registry import chosen
from tests.builders import write_pool, write_task
from tests.evaluate.sharding import Change, collected, contents, edited, identity, numbers, run_shard
from tests.plan.making import plan_in
from tests.running import RuleEngine, rule_kind, still
from tests.variants.tasks import QUESTIONS, labelled

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"
LOWER = "robustness-lowercase"
SPACES = "robustness-spaces"


@pytest.fixture
def pool(pool_folder: Path, engine: RuleEngine) -> Repository:
    """A pool of one task, whose models answer by rule."""
    return write_pool(pool_folder, [labelled()])


def models(pool: Repository) -> list[Model]:
    """One model."""
    return [one for one in pool.models() if one.id == MODEL]


def plan_of(pool: Repository, *names: str) -> Plan:
    """The task in these ways on one model."""
    planning = plan_in(pool, *names, models=models(pool))
    assert planning.broken_tasks == ()
    return planning.plan


def run(pool: Repository, *names: str) -> RunReport:
    """Run the task in these ways without a plan."""
    tasks, _ = pool.tasks()
    with ResponseStore(pool.work / "responses.sqlite") as store:
        return Run(pool, store, Silent(), still()).run(RunRequest(tasks, models(pool), variants=chosen(names)))


def delivered(pool: Repository, plan: Plan, name: str = "shards") -> Path:
    """The plan's shard, run into a folder."""
    report, _ = run_shard(pool, plan, 1, pool.root / name)
    assert report.whole, report.errors
    return pool.root / name


def beside(**form: str) -> Change:
    """A change of the canonical form that a variant's cell says it stands beside."""
    return lambda cell: dataclasses.replace(cell, inputs={**cell.inputs, "variant": form})


def test_a_planned_variant_goes_through_a_shard_to_the_ledger(pool: Repository) -> None:
    """The cells are those that a plain run writes; nothing of them is left to do, and every number recomputes."""
    plan = plan_of(pool, "canonical", LOWER, SPACES)
    folder = delivered(pool, plan)
    result = collected(pool, plan, folder, store=True)
    again = collected(pool, plan, folder)
    other = write_pool(pool.root / "other", [labelled()])
    run(other, "canonical", LOWER, SPACES)

    assert (result.refused, [(one.variant, one.state) for one in result.cells]) == (
        [], [("canonical", "written"), (LOWER, "written"), (SPACES, "written")])
    assert [one.state for one in again.cells] == ["unchanged"] * 3
    assert result.answers.added > 0
    assert numbers(pool.ledger) == numbers(other.ledger)
    assert verify_cells(pool.ledger.cell_paths(), {"pick": pool.ledger.rendered("pick")}).problems == []
    rest = plan_of(pool, "canonical", LOWER, SPACES)
    assert (rest.cells, rest.kept) == ((), 3)


def test_a_shard_makes_the_variant_anew_from_another_checkout(pool: Repository) -> None:
    """Nothing but plan and commit travels; the report names the variant, and only the canonical items are delivered."""
    plan = plan_of(pool, LOWER)
    other = write_pool(pool.root / "other", [labelled()])
    report, _ = run_shard(other, plan, 1, pool.root / "shards")

    assert [(one.task, one.variant, one.state) for one in report.cells] == [("pick", LOWER, "measured")]
    files = contents(pool.root / "shards" / "shard-1")
    assert f"cells/pick/{MODEL}@{LOWER}.json" in files
    assert not any(name.startswith("rendered/") for name in files)
    assert [one.state for one in collected(pool, plan, pool.root / "shards").cells] == ["written"]
    assert not pool.ledger.rendered_path("pick").exists()


def test_collecting_a_variant_leaves_the_canonical_form_as_it_stands(pool: Repository) -> None:
    """Neither the items that readers see nor the canonical cell are written again."""
    run(pool, "canonical")
    before = contents(pool.ledger.root)
    plan = plan_of(pool, LOWER)
    collected(pool, plan, delivered(pool, plan))
    after = contents(pool.ledger.root)

    assert {name for name in after if name not in before} == {f"cells/pick/{MODEL}@{LOWER}.json"}
    assert {name: after[name] for name in before} == before


def test_a_variant_that_was_not_planned_is_refused(pool: Repository) -> None:
    """Neither beside a canonical plan nor under the name of a planned variant is another one taken."""
    canonical, lower = plan_of(pool, "canonical"), plan_of(pool, LOWER)
    folder = delivered(pool, plan_of(pool, SPACES))
    first = collected(pool, canonical, folder)
    path = folder / "shard-1" / "cells" / "pick" / f"{MODEL}@{SPACES}.json"
    edited(path, identity(variant=LOWER))
    second = collected(pool, lower, folder)

    assert first.refused[0].sentence == f"The cell of pick on {MODEL} ({SPACES}) is not planned."
    assert "the task hash of it is another" in second.refused[0].sentence
    assert [one.state for one in (*first.cells, *second.cells)] == ["missing", "missing"]
    assert pool.ledger.cell_paths() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [(beside(**{"canonical form": "0" * 12}), "does not stand beside the planned canonical form"),
     (identity(variant="canonical"), "is not planned"),
     (lambda cell: dataclasses.replace(cell, rows=cell.rows[1:]), "rows of 2 items; the task has 3"),
     (lambda cell: dataclasses.replace(cell, rows=tuple(
         dataclasses.replace(row, input="0" * 12) for row in cell.rows)), "not about what the task asks")],
)
def test_a_variants_cell_that_is_not_as_planned_is_refused(pool: Repository, change: Change, words: str) -> None:
    """It is held against the facts of the varied task as a canonical cell is against its own."""
    plan = plan_of(pool, LOWER)
    folder = delivered(pool, plan)
    edited(folder / "shard-1" / "cells" / "pick" / f"{MODEL}@{LOWER}.json", change)

    result = collected(pool, plan, folder)

    assert words in result.refused[0].sentence
    assert [one.state for one in result.cells] == ["missing"]


def test_a_variants_cell_stands_beside_one_canonical_form(
    pool: Repository, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Capitals change the canonical form and not the small letters: a run and a plan write the variant's cell again."""
    monkeypatch.setattr("commons.plan.stored.engine_kind", lambda _: rule_kind(engine))
    run(pool, LOWER)
    stored = pool.ledger.cell("pick", MODEL, LOWER)
    write_task(pool.root, labelled(rows=[QUESTIONS[0], {**QUESTIONS[1], "q": "WHAT IS A FRIEND?"}, QUESTIONS[2]]))
    shutil.copytree(pool.root, pool.root.with_name("copy"))
    ran = run(Repository(pool.root.with_name("copy")), LOWER)
    plan = plan_of(pool, LOWER)
    folder = delivered(pool, plan)
    result = collected(pool, plan, folder)
    fresh = pool.ledger.cell("pick", MODEL, LOWER)

    assert [(one.state, one.reason) for one in ran.cells] == [("measured", "task changed")]
    assert ran.counts.sent == 0
    assert [(cell.put, cell.reason.value, cell.requests) for cell in plan.cells] == [
        (f"pick@{LOWER}", "task changed", 0)]
    assert fresh.identity.cell_key == stored.identity.cell_key
    assert [one.state for one in result.cells] == ["written"]
    assert fresh.inputs["variant"] == {"canonical form": plan.tasks["pick"][:12]} != stored.inputs["variant"]
    assert plan_of(pool, LOWER).cells == ()


def test_a_shard_refuses_a_variant_that_is_another_here(pool: Repository) -> None:
    """Another way of varying, or a variant that this program lacks, is named with its cell; the rest is measured."""
    plan = plan_of(pool, "canonical", LOWER)
    other = dataclasses.replace(plan, tasks={**plan.tasks, f"pick@{LOWER}": "0" * 64})
    unknown = dataclasses.replace(
        plan, tasks={"pick": plan.tasks["pick"], "pick@robustness-gone": "0" * 64},
        facts={"pick": plan.facts["pick"], "pick@robustness-gone": plan.facts["pick"]},
        cells=(plan.cells[0], dataclasses.replace(plan.cells[1], variant="robustness-gone")))

    for one, words in ((other, f"The variant `{LOWER}` of the task `pick` is not the planned one: its hash is"),
                       (unknown, "`robustness-gone`, which this program does not have")):
        report, _ = run_shard(pool, one, 1, pool.root / f"shards of {one.cells[1].variant} {len(words)}")
        assert [line.state for line in report.cells][1:] == ["failed"]
        assert words in report.errors[0].sentence
        assert report.cells[0].state == "measured"


def test_a_shard_run_again_leaves_the_variant_as_it_is(pool: Repository, engine: RuleEngine) -> None:
    """What is whole is not asked again, in a folder and in the ledger."""
    plan = plan_of(pool, LOWER)
    for output in (pool.root / "shards", None):
        run_shard(pool, plan, 1, output)
        asked = len(engine.asked)
        report, _ = run_shard(pool, plan, 1, output)
        assert ([one.state for one in report.cells], len(engine.asked)) == (["fresh"], asked)


def test_an_edited_folder_is_believed_where_planning_has_looked_since(pool: Repository) -> None:
    """A mended README changes no variant; who collects knows it once somebody has planned that variant again."""
    plan = plan_of(pool, LOWER)
    folder = delivered(pool, plan)
    (pool.tasks_folder / "pick" / "README.md").write_text("# Pick\n\nMended.\n")
    plan_of(pool, "canonical")
    unknown = collected(pool, plan, folder)
    plan_of(pool, LOWER)
    known = collected(pool, plan, folder)

    assert f"whether its variant `{LOWER}` is still the planned one" in unknown.refused[0].sentence
    assert [one.state for one in (*unknown.cells, *known.cells)] == ["missing", "written"]


@pytest.mark.parametrize("level", ["aggregate", "none"])
def test_what_a_card_withholds_stays_out_of_a_variants_shard(pool_folder: Path, engine: RuleEngine, level: str) -> None:
    """Neither answers nor transcripts leave, and the bare cell is taken."""
    pool = write_pool(pool_folder, [labelled(publish=level)])
    plan = plan_of(pool, LOWER)
    folder = delivered(pool, plan)
    result = collected(pool, plan, folder)

    assert {name.split("/")[0] for name in contents(folder / "shard-1")} == {"cells", "responses.jsonl.gz",
                                                                            "report.json"}
    assert (result.refused, [one.state for one in result.cells]) == ([], ["written"])


def test_a_damaged_variants_cell_is_planned_again(pool: Repository) -> None:
    """The index reads variants as it reads canonical cells: what cannot be read is named and measured again."""
    run(pool, LOWER, SPACES)
    path = pool.ledger.cell_path("pick", MODEL, LOWER)
    path.write_text(path.read_text()[:200])
    swapped = pool.ledger.cell_path("pick", MODEL, SPACES)
    shutil.copy(swapped, pool.ledger.cell_path("pick", MODEL, "robustness-misspelling"))
    planning = plan_in(pool, LOWER, SPACES, "robustness-misspelling", models=models(pool))

    assert [(cell.variant, cell.reason.value) for cell in planning.plan.cells] == [
        (LOWER, "new"), ("robustness-misspelling", "new")]
    assert [one.path.name for one in planning.broken_cells] == [f"{MODEL}@{LOWER}.json",
                                                                f"{MODEL}@robustness-misspelling.json"]


def test_a_partial_cell_is_planned_for_what_it_lacks(pool: Repository) -> None:
    """The cost is of the requests that nobody answered, as for a canonical cell."""
    run(pool, LOWER)
    path = pool.ledger.cell_path("pick", MODEL, LOWER)

    def cut(cell: Cell) -> Cell:
        rows = (dataclasses.replace(cell.rows[0], outcome=type(cell.rows[0].outcome)("not_run"),
                                    scores=tuple(None for _ in cell.rows[0].scores)), *cell.rows[1:])
        return dataclasses.replace(cell, rows=rows, metrics={})

    edited(path, cut)
    assert [(cell.variant, cell.reason.value) for cell in plan_of(pool, LOWER).cells] == [(LOWER, "partial")]
