"""Collecting a plan of another checkout: what it would overwrite, and how it is told from today's."""

import dataclasses
import datetime
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.plan.plan import Plan
from commons.plan.watching import Nobody
from commons.pool.repository import Repository
from tests.builders import QUESTION_ROWS, generate_task, write_pool, write_task
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import collected, contents, edited, identity, run_shard
from tests.plan.making import planner
from tests.running import NOON, RuleEngine

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"
OTHER_ROWS = [{**QUESTION_ROWS[0], "q": "The capital of Spain is"}, *QUESTION_ROWS[1:]]


@pytest.fixture
def old(pool_folder: Path, engine: RuleEngine) -> tuple[Repository, Plan, Path]:
    """A pool whose plan was run into a shard, and the folder of it."""
    pool = write_pool(pool_folder, [generate_task()])
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1, pool_folder / "shards")
    return pool, plan, pool_folder / "shards"


def remember(pool: Repository) -> None:
    """Let planning look at the pool, so that its memo knows the tasks as they stand."""
    with planner(pool) as (_, outlines, _):
        assert outlines.load(pool.task_folders(), Nobody())[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"protocol_hash": "0" * 64}, "another harness or scoring protocol"),
     ({"models": {MODEL: "0" * 64}}, "another version of the model"),
     ({"models": {MODEL: "0" * 64, "gone": "0" * 64}}, "not in models.yaml|another version")],
)
def test_a_plan_of_other_models_or_another_harness_is_refused_whole(
    old: tuple[Repository, Plan, Path], change: dict[str, object], words: str
) -> None:
    """Nothing is written, and the mend is to plan again."""
    pool, plan, folder = old

    with pytest.raises(CannotRun, match=words) as caught:
        collected(pool, dataclasses.replace(plan, **change), folder)

    assert "commons plan" in caught.value.mend
    assert not pool.ledger.cell_paths()


def test_cells_of_an_older_version_of_a_task_do_not_replace_todays(old: tuple[Repository, Plan, Path]) -> None:
    """The task was edited and measured since: its fresh cell and items stay, whether the memo knows the task or not."""
    pool, plan, folder = old
    write_task(pool.root, generate_task(rows=OTHER_ROWS))
    run_shard(pool, plan_of(pool, [MODEL]), 1)
    before = contents(pool.ledger.root)

    unknown = collected(pool, plan, folder)
    remember(pool)
    known = collected(pool, plan, folder)

    assert "nobody has worked out since" in unknown.refused[0].sentence
    assert "planned for another version of the task" in known.refused[0].sentence
    assert {problem.mend for problem in (*unknown.refused, *known.refused)} == {
        "Make the plan again: commons plan --output plan.json"}
    assert [one.state for one in known.cells] == ["missing"]
    assert contents(pool.ledger.root) == before


def test_a_mended_readme_makes_no_plan_old(old: tuple[Repository, Plan, Path]) -> None:
    """The folder is another and the task the same: planning knows it, and collecting believes planning."""
    pool, plan, folder = old
    (pool.root / "tasks" / "say" / "README.md").write_text("# Say\n\nWithout the typo.\n")
    remember(pool)

    result = collected(pool, plan, folder)

    assert (result.refused, [one.state for one in result.cells]) == ([], ["written"])


@pytest.mark.parametrize(("hours", "replaced"), [(1, False), (-1, True)])
def test_a_cell_of_another_key_that_was_started_after_the_plan_stays(
    old: tuple[Repository, Plan, Path], hours: int, replaced: bool
) -> None:
    """Whoever measured it knew more than the plan; an older one is what the plan is there to replace."""
    pool, plan, folder = old
    run_shard(pool, plan, 1)
    stands = pool.ledger.cell_path("say", MODEL)
    edited(stands, identity(task_hash="0" * 64, cell_key="0" * 64))
    when = (NOON + datetime.timedelta(hours=hours)).isoformat()
    edited(stands, lambda cell: dataclasses.replace(
        cell, provenance=cell.provenance.model_copy(update={"started": when})))
    before = stands.read_bytes()

    result = collected(pool, plan, folder)

    assert [one.state for one in result.cells] == (["written"] if replaced else ["missing"])
    assert (stands.read_bytes() != before) == replaced
    assert replaced or "started after the plan was made" in result.refused[0].sentence
