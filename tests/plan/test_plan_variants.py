"""Planning variants: cells of their own, decided by the same rules, worked out once, and in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.harness.renderings import rendering_of
from commons.plan import outlines as outlines_module
from commons.plan.budget import Budget
from commons.plan.facts import facts_of
from commons.plan.plan import Plan
from commons.plan.planfile import to_text
from commons.plan.words import to_console, to_markdown
from commons.pool.hashing import folder_digest, model_hash
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import read_task
from commons.variants.folder import materialise
from commons.variants.registry import chosen
from tests.builders import write_pool, write_task
from tests.plan.making import plan_in
from tests.variants.tasks import QUESTIONS, labelled

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"


@pytest.fixture
def pool(pool_folder: Path) -> Repository:
    """A pool of one task."""
    return write_pool(pool_folder, [labelled()])


def models(pool: Repository) -> list[Model]:
    """One model."""
    return [one for one in pool.models() if one.id == MODEL]


def puts(plan: Plan) -> list[tuple[str, str]]:
    """Each planned cell as it is put, and why."""
    return [(cell.put, cell.reason.value) for cell in plan.cells]


def test_variants_are_planned_as_cells_of_their_own(pool: Repository) -> None:
    """The key is over the varied rendering, the facts are of it, and a variant alone leaves the canonical cell out."""
    both = plan_in(pool, "canonical", "robustness-contraction", models=models(pool)).plan
    alone = plan_in(pool, "robustness-contraction", models=models(pool)).plan

    task = read_task(pool.tasks_folder / "pick")
    (variant,) = chosen(["robustness-contraction"])
    rendering = rendering_of(materialise(task, variant, pool.root / "elsewhere"), pool.work)
    assert puts(both) == [("pick", "new"), ("pick@robustness-contraction", "new")]
    assert puts(alone) == [("pick@robustness-contraction", "new")]
    assert alone.tasks == both.tasks == {"pick": rendering_of(task, pool.work).task_hash,
                                         "pick@robustness-contraction": rendering.task_hash}
    assert alone.key(alone.cells[0]).task_hash == rendering.task_hash
    assert alone.key(alone.cells[0]).model_hash == model_hash(models(pool)[0])
    assert dict(alone.facts) == {
        "pick": facts_of(rendering_of(task, pool.work), folder_digest(task.folder)),
        "pick@robustness-contraction": facts_of(rendering, folder_digest(task.folder))}
    assert (alone.cells[0].requests, alone.cells[0].seconds > 0) == (len(rendering.needed("plain")), True)


def test_what_cannot_be_varied_is_inapplicable_with_its_reason(pool: Repository) -> None:
    """It is no fault of the task, and the summary names how the cell would have been put."""
    planning = plan_in(pool, "fairness-names", "robustness-spaces", models=models(pool))

    plan = planning.plan
    assert (planning.broken_tasks, puts(plan)) == ((), [("pick@robustness-spaces", "new")])
    assert [(one.task, one.variant, one.why) for one in plan.inapplicable] == [
        ("pick", "fairness-names", "It changes nothing in any item.")]
    for text in (to_console(plan), to_markdown(plan)):
        assert "robustness-spaces: 1 cell\n" in text
        assert f"1 x It changes nothing in any item. ({MODEL}@fairness-names)" in text


def test_a_variant_is_worked_out_once(pool: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second plan varies and renders nothing, neither what can be varied nor what cannot; an edit does both again."""
    first = plan_in(pool, "canonical", "fairness-names", "robustness-lowercase", models=models(pool)).plan
    usual, varied = outlines_module.put_otherwise, []

    def noting(*given: object) -> object:
        varied.append(given[1].name)
        return usual(*given)

    monkeypatch.setattr(outlines_module, "put_otherwise", noting)
    second = plan_in(pool, "canonical", "fairness-names", "robustness-lowercase", models=models(pool)).plan
    assert (varied, second) == ([], first)
    write_task(pool.root, labelled(rows=QUESTIONS[:2]))
    third = plan_in(pool, "fairness-names", "robustness-lowercase", models=models(pool)).plan

    assert varied == ["fairness-names", "robustness-lowercase"]
    assert third.tasks["pick@robustness-lowercase"] != first.tasks["pick@robustness-lowercase"]


def test_many_variants_drive_no_outline_from_the_memo(pool: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way has rows of its own: after all formats the canonical outline and the first format are still known."""
    first = plan_in(pool, "canonical", "format", models=models(pool)).plan
    assert len(first.cells) > 6

    def refuse(*_: object) -> object:
        raise AssertionError("something is rendered again")

    monkeypatch.setattr(outlines_module, "rendering_of", refuse)
    assert plan_in(pool, "canonical", "format", models=models(pool)).plan == first


def test_the_canonical_plan_is_the_same_whether_variants_were_planned_or_not(
    pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes before and after, and without a variant named nothing of variants is looked at."""
    before = to_text(plan_in(pool, "canonical", models=models(pool)).plan)
    plan_in(pool, "robustness", models=models(pool))

    def refuse(*_: object) -> object:
        raise AssertionError("a variant was looked at")

    for name in ("put_otherwise", "_refusal"):
        monkeypatch.setattr(outlines_module, name, refuse)
    monkeypatch.setattr("commons.plan.make.Planner._vary", refuse)
    assert to_text(plan_in(pool, "canonical", models=models(pool)).plan) == before


def test_a_budget_leaves_variants_out_by_name(pool: Repository) -> None:
    """What does not fit is listed as it would have been put."""
    plan = plan_in(pool, "format-1", models=models(pool), budget=Budget(seconds=0.0)).plan

    assert [(one.task, one.variant) for one in plan.left_out] == [("pick", "format-1")]
    assert f"pick on {MODEL}@format-1 (new)" in to_console(plan)


def test_a_task_whose_variant_is_broken_is_named_and_the_others_are_planned(
    pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that is not about the variant's meaning stops that cell alone, and is not remembered."""
    def fail(*_: object) -> object:
        raise CannotRun("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(outlines_module, "put_otherwise", fail)
        planning = plan_in(pool, "canonical", "format-1", models=models(pool))
    again = plan_in(pool, "canonical", "format-1", models=models(pool))

    assert [(one.put, one.error.sentence) for one in planning.broken_tasks] == [("pick@format-1", "The disk is full.")]
    assert puts(planning.plan) == [("pick", "new")]
    assert puts(again.plan) == [("pick", "new"), ("pick@format-1", "new")]
