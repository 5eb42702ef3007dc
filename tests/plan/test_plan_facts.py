"""What a plan says of its tasks, so that results can be held against it without rendering them."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.evaluate.measure import rendered_items
from commons.harness.renderings import rendering_of
from commons.harness.sandbox import Confinement
from commons.plan.facts import TaskFacts, digest_of_shown, facts_maker, facts_of
from commons.plan.outline import TaskOutline
from commons.pool.hashing import folder_digest
from tests.builders import CHOICE_ROWS, choice_task, four_tasks, generate_task, write_pool, write_task
from tests.plan.making import plan_of
from tests.running import NOON

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


def test_a_plan_carries_the_facts_of_each_planned_task(pool_folder: Path) -> None:
    """They are those of the rendering; what readers will see gives the same digest."""
    pool = write_pool(pool_folder, four_tasks())

    plan = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX), made=NOON).plan

    tasks, _ = pool.tasks()
    renderings = {task.name: rendering_of(task, pool.work) for task in tasks}
    assert plan.made == NOON
    assert dict(plan.facts) == {task.name: facts_of(renderings[task.name], folder_digest(task.folder))
                                for task in tasks}
    for task in tasks:
        assert digest_of_shown(rendered_items(renderings[task.name], task)) == plan.facts[task.name].shown


def test_facts_are_kept_under_the_task_hash(pool_folder: Path) -> None:
    """A second plan reads no rendering; a mended README changes only the folder's digest, a damaged memo nothing."""
    pool = write_pool(pool_folder, [generate_task()])
    before = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX)).plan.facts["say"]
    (pool_folder / "tasks" / "say" / "README.md").write_text("# Say\n\nMended.\n")

    after = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX)).plan.facts["say"]
    for path in (pool.work / "facts").iterdir():
        path.write_text("{")
    again = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX)).plan.facts["say"]

    assert after.folder != before.folder
    assert after.model_copy(update={"folder": before.folder}) == before
    assert again == after


def test_another_item_gives_other_facts(pool_folder: Path) -> None:
    """Each digest is of something else: an edited question changes all but the ids."""
    pool = write_pool(pool_folder, [choice_task()])
    before = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX)).plan.facts["pick"]
    write_task(pool_folder, choice_task(rows=[{**CHOICE_ROWS[0], "q": "France's capital is"}, *CHOICE_ROWS[1:]]))

    after = plan_of(pool, facts=facts_maker(pool, Confinement.SANDBOX)).plan.facts["pick"]

    assert after.ids == before.ids
    assert not {after.folder, after.inputs, after.shown, after.plain, after.chat} & {
        before.folder, before.inputs, before.shown, before.plain, before.chat}


def test_a_task_whose_facts_cannot_be_made_stops_no_other(pool_folder: Path) -> None:
    """A task that is edited while the plan is made is named and not planned; the others are."""
    pool = write_pool(pool_folder, four_tasks())
    usual = facts_maker(pool, Confinement.SANDBOX)

    def edited(outline: TaskOutline, folder: str) -> TaskFacts:
        if outline.task == "say":
            raise CannotRun("The task `say` was changed while the plan was made.")
        return usual(outline, folder)

    planning = plan_of(pool, facts=edited)

    assert [one.task for one in planning.broken_tasks] == ["say"]
    assert {cell.task for cell in planning.plan.cells} == {"finish", "pick", "read_on"} == set(planning.plan.facts)
