"""A task's diagnosis from its ledger: who enters, what cannot be computed, and what earlier refreshes say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commons.analyse.diagnosis import TaskDiagnosis, after_audit, diagnose_task
from commons.analyse.hard import HardMember, hard_suite
from commons.analyse.refreshes import movement_of, refreshes, verdict
from commons.analyse.weights import weight_of, why_weightless
from commons.errors import CannotRun
from commons.harness import HARNESS_VERSION
from commons.pool.card import LifecycleState
from commons.pool.hashing import protocol_hash
from commons.stats.saturation.diagnosis import Name, meets_saturation
from tests.analyse.frontier_pool import FIVE, NEW, OLD, drawn, five_families, measured, solved
from tests.github.lifecycle_pool import Stage
from tests.publish.synthetic import Pool, accuracy, model, rows

ORDERED = (0.9, 0.8, 0.7, 0.6, 0.5)
LOWER = {"metric": "acc", "direction": "lower", "unit": "proportion"}


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Five families and no task."""
    pool = Pool(tmp_path / "pool")
    five_families(pool)
    return pool


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A pool in git with a task and five families."""
    stage = Stage(tmp_path)
    five_families(stage.pool)
    stage.task("sums")
    return stage


def diagnosed(pool: Pool, task: str = "sums") -> TaskDiagnosis:
    """The diagnosis of a task."""
    (found,), _ = pool.repository.tasks({task})
    return diagnose_task(pool.repository, found)


def test_two_models_of_one_family_are_no_frontier(tmp_path: Path) -> None:
    """Nothing is said, the reason is counted in families, and what is needed is said."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("one"), model("two"))
    pool.task("sums")
    measured(pool, {"one": [1.0, 0.0, 1.0], "two": [1.0, 1.0, 1.0]})
    found = diagnosed(pool)

    assert (found.diagnosis.name, found.models, found.families) == (Name.INSUFFICIENT, 2, 1)
    assert found.diagnosis.reasons[0] == "1 of 5 families of models is measured."
    assert found.mends[0].startswith("Measure a model of 4 more families; models.yaml names none: add some first.")


def test_a_task_that_was_never_measured_has_too_little(pool: Pool) -> None:
    """No cell is no error."""
    pool.task("sums")

    assert diagnosed(pool).diagnosis.reasons[0] == "0 of 5 families of models are measured."


def test_an_ordered_frontier_is_healthy(pool: Pool) -> None:
    """Every number is there, the best model of a family stands for it, and headroom to people has its sign."""
    five_families(pool, model("six", family="The family of one"))
    pool.task("sums", human_baseline={"score": 0.85, "n": 12, "source": "a class"})
    scores = drawn(ORDERED)
    measured(pool, {**scores, "six": [0.0] * 400})
    found = diagnosed(pool)
    best = found.frontier

    assert found.diagnosis.name is Name.HEALTHY
    assert best is not None
    assert best.index is not None
    assert (best.models, found.models, found.families) == (FIVE, 6, 5)
    assert best.human == pytest.approx((0.85 - best.top.value) / 0.6)
    assert best.human < 0 < best.index.headroom
    assert best.separability is not None
    assert best.separability.share > 0.5


def test_a_frontier_that_is_tied_below_the_ceiling_needs_items(pool: Pool) -> None:
    """How many is said for the difference that the card claims, and for an order."""
    pool.task("sums", claims={"smallest_difference": 0.02})
    measured(pool, drawn((0.6, 0.6, 0.6, 0.6, 0.6), items=150, seed=3))
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.UNDERPOWERED
    (mend,) = found.mends
    assert mend.startswith("150 items are held. For showing the 2 points that the card claims between two models, it")
    assert "for ordering today's best models with a reliability of 0.8, " in mend


def test_guessing_is_a_floor(pool: Pool) -> None:
    """Five models at chance: too hard or broken, and never saturated."""
    pool.task("sums")
    measured(pool, drawn((0.2, 0.2, 0.2, 0.2, 0.2), items=1500))

    assert diagnosed(pool).diagnosis.name is Name.FLOOR


def test_tied_at_the_ceiling_is_saturating(pool: Pool) -> None:
    """Five models that each miss three items of 400, other ones: next to no room, and no order; with its interval."""
    pool.task("sums")
    measured(pool, solved())
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.SATURATING
    assert found.evidence.index == pytest.approx(1 - 3 / 400 / 0.75)
    assert found.evidence.index_interval is not None
    assert found.evidence.index_interval[0] < 0.7


def test_a_task_that_everybody_solves_has_an_index_without_an_interval(pool: Pool) -> None:
    """No item tells the models apart: saturating all the same, and why there is no interval is said."""
    pool.task("sums")
    measured(pool, {name: [1.0] * 200 for name in FIVE})
    found = diagnosed(pool)

    assert (found.diagnosis.name, found.evidence.index, found.evidence.index_interval) == (Name.SATURATING, 1.0, None)
    assert found.diagnosis.reasons[-1].startswith("Fewer than 10 items (or sources of items) tell any two")


@pytest.mark.parametrize("items", [2, 10])
def test_few_items_that_all_solve_are_too_few_to_say(pool: Pool, items: int) -> None:
    """The best model's own interval leaves too much headroom: nobody is told to replace a task for that."""
    pool.task("sums")
    measured(pool, {name: [1.0] * items for name in FIVE})
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.UNDERPOWERED
    assert found.evidence.headroom_most is not None
    assert found.evidence.headroom_most > 0.3
    assert "saying whether the best model has solved it" in found.mends[0]


def test_two_sources_make_no_order(pool: Pool) -> None:
    """A reliability of .9 from two sources of items is a lucky draw, and more sources are what is missing."""
    pool.task("sums")
    random = np.random.default_rng(0)
    for name, share in zip(FIVE, (0.9, 0.7, 0.6, 0.5, 0.4), strict=True):
        values = (random.random(60) < share).astype(float).tolist()
        held = [replace(row, cluster="ab"[place % 2]) for place, row in enumerate(rows(values))]
        pool.cell("sums", name, held, {"acc,none": accuracy(values)}, started=NEW,
                  protocol_hash=protocol_hash(HARNESS_VERSION))
    found = diagnosed(pool)

    assert found.evidence.reliability is not None
    assert found.evidence.reliability > 0.8
    assert found.evidence.telling == 2
    assert found.diagnosis.name is Name.UNDERPOWERED
    assert found.mends[0] == "All items come from 2 sources: add items of others. An order counts from 10 on."


def test_a_score_above_the_ceiling_is_warned_of(pool: Pool) -> None:
    """100% over a ceiling of 80% refutes the ceiling: said, mended first, and never called solved by it."""
    pool.task("sums", headline={"metric": "acc", "direction": "higher", "chance": 0.25, "ceiling": 0.8})
    measured(pool, {name: [1.0] * 60 for name in FIVE})
    found = diagnosed(pool)

    assert found.evidence.over_ceiling
    assert found.diagnosis.missing[0].startswith("The best model has 100%, and the attainable ceiling")
    assert found.mends[0].startswith("Mend the ceiling first")
    assert not meets_saturation(found.evidence)


def test_models_that_guess_are_read_before_items_are_added(pool: Pool) -> None:
    """Five models at chance on few items: the gold or the prompt comes first."""
    pool.task("sums")
    measured(pool, drawn((0.25,) * 5, items=40))
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.UNDERPOWERED
    assert found.mends[0].startswith("Too hard for these models, or the gold or the prompt is broken: read rows")
    assert "`commons show sums " in found.mends[0]


def test_models_of_other_families_are_named(pool: Pool) -> None:
    """Who has four families to measure gets their names and the command, one of each family."""
    five_families(pool, model("six", family="The family of two"))
    pool.task("sums")
    measured(pool, {"one": [1.0, 0.0, 1.0]})
    (mend,) = diagnosed(pool).mends

    assert "for example two, three, four, five: `commons run sums --model two`" in mend


def test_an_audit_lowers_the_ceiling(pool: Pool) -> None:
    """A task at 94% whose keys are wrong in 6% is at its ceiling; other headlines have no such ceiling."""
    pool.task("sums")
    pool.task("errors", headline=LOWER)
    measured(pool, {name: [0.0] * 24 + values[24:] for name, values in solved(shift=100).items()})
    (task,), _ = pool.repository.tasks({"sums"})
    audited, audit = after_audit(task, 6, 100)
    before, after = (diagnose_task(pool.repository, one).evidence.headroom for one in (task, audited))

    assert (audit.ceiling, after) == (pytest.approx(0.94), pytest.approx(0.0109, abs=1e-3))
    assert before == pytest.approx(0.09, abs=1e-3)
    (other,), _ = pool.repository.tasks({"errors"})
    for task, wrong, looked_at in ((other, 6, 100), (audited, 7, 6), (audited, 0, 0)):
        with pytest.raises(CannotRun):
            after_audit(task, wrong, looked_at)


def test_lower_is_better_needs_both_ends_in_the_card(pool: Pool) -> None:
    """Without a chance level it is said what is missing; with both ends the mirrored task gives the same index."""
    scores = drawn((0.6, 0.59, 0.6, 0.59, 0.6), seed=2)
    pool.task("sums")
    pool.task("errors", headline=LOWER)
    pool.task("known", headline={**LOWER, "chance": 0.75, "ceiling": 0.0})
    measured(pool, scores)
    for task in ("errors", "known"):
        measured(pool, {name: [1 - one for one in values] for name, values in scores.items()}, task)
    plain, unknown, known = (diagnosed(pool, task) for task in ("sums", "errors", "known"))

    assert unknown.diagnosis.name is Name.INSUFFICIENT
    assert "The card names no chance level, so headroom cannot be computed." in unknown.diagnosis.reasons
    assert unknown.evidence.reliability == pytest.approx(plain.evidence.reliability)
    assert known.evidence.index == pytest.approx(plain.evidence.index)
    assert known.evidence.index_interval == pytest.approx(plain.evidence.index_interval)
    assert known.evidence.above == pytest.approx(plain.evidence.above)


def test_a_headline_that_is_no_item_mean_says_so(pool: Pool) -> None:
    """F1 over all items has no order that items could repeat."""
    pool.task("sums")
    for name, values in drawn(ORDERED, items=20).items():
        metric = accuracy(values, aggregation="f1")
        pairs = [replace(row, scores=((1.0, score),)) for row, score in zip(rows(values), values, strict=True)]
        pool.cell("sums", name, pairs, {"acc,none": metric})
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.INSUFFICIENT
    assert "no mean over items" in found.diagnosis.reasons[-1]


@pytest.mark.parametrize(("values", "clusters", "words"), [
    ([1e308, -1e308] * 20, {}, "The scores cannot be computed with"),
    ([0.25, 0.75] * 20, {"cluster": "one"}, "All items share one source"),
])
def test_scores_that_say_nothing_stop_nothing(
    pool: Pool, values: list[float], clusters: dict[str, str], words: str
) -> None:
    """Numbers that cannot be added up, or items of a single source: insufficient data, and why."""
    pool.task("sums")
    for name in FIVE:
        pool.cell("sums", name, rows(values, **clusters), {"acc,none": accuracy([1.0, 0.0])})
    found = diagnosed(pool)

    assert found.diagnosis.name is Name.INSUFFICIENT
    assert found.diagnosis.reasons[-1].startswith(words)


def test_two_refreshes_in_a_row_are_needed(stage: Stage) -> None:
    """The first refresh decides nothing; a second one, other scores weeks later, does."""
    measured(stage.pool, solved(), started=OLD)
    stage.merged()
    (task,), _ = stage.pool.repository.tasks({"sums"})
    assert not verdict(stage.pool.repository, task).saturated

    measured(stage.pool, solved(shift=30), started=NEW)
    found = verdict(stage.pool.repository, task)

    assert found.saturated
    assert [one.commit is None for one in found.refreshes] == [True, False]
    assert [one.diagnosis.frontier.day.isoformat() for one in found.refreshes if one.diagnosis.frontier] == [
        "2026-11-20", "2026-10-01"]


@pytest.mark.parametrize(("before", "change"), [
    (solved(), {}),
    (solved(shift=30), {"started": "2026-11-16T09:00:00Z"}),
    (solved(shift=30), {"version": "another"}),
    (drawn(ORDERED), {}),
    ({name: solved(shift=30)[name] for name in FIVE[:4]}, {}),
], ids=["the same again", "days apart", "another version", "not saturated", "four families"])
def test_what_is_no_second_refresh(
    stage: Stage, before: dict[str, list[float]], change: dict[str, str]
) -> None:
    """The same scores, a state of the same week, another version, another diagnosis, or too few families."""
    measured(stage.pool, before, **{"started": OLD, **change})
    stage.merged()
    measured(stage.pool, solved(), started=NEW)
    (task,), _ = stage.pool.repository.tasks({"sums"})

    assert not verdict(stage.pool.repository, task).saturated


def test_without_git_there_is_one_refresh(stage: Stage) -> None:
    """A folder of files has no earlier state, and that is no error."""
    measured(stage.pool, solved(), started=OLD)
    stage.merged()
    measured(stage.pool, solved(shift=30), started=NEW)
    (stage.root / ".git").rename(stage.root / "elsewhere")
    (task,), _ = stage.pool.repository.tasks({"sums"})

    assert len(list(refreshes(stage.pool.repository, task))) == 1


def test_history_gives_its_two_ends(stage: Stage) -> None:
    """Three refreshes with less and less headroom, the newest first, and where it stood at both ends."""
    days = ("2026-04-01", "2026-07-01", "2026-10-01")
    for seed, (day, top) in enumerate(zip(days, (0.55, 0.7, 0.85), strict=True)):
        measured(stage.pool, drawn((top, top - 0.1, top - 0.2, 0.3, 0.3), seed=seed), started=f"{day}T09:00:00Z")
        stage.merged()
    (task,), _ = stage.pool.repository.tasks({"sums"})
    held = tuple(refreshes(stage.pool.repository, task))
    moved = movement_of(held)

    assert [one.diagnosis.frontier.day.isoformat() for one in held if one.diagnosis.frontier] == list(reversed(days))
    assert moved.first is not None
    assert moved.last is not None
    assert (moved.first.day.isoformat(), moved.last.day.isoformat()) == (days[0], days[-1])
    assert moved.first.headroom > moved.last.headroom + 0.2


def test_only_active_tasks_weigh(pool: Pool) -> None:
    """A saturated or retired task, and a draft, weigh nothing and say why."""
    weights = {}
    for state in LifecycleState:
        pool.task(state.value, lifecycle={"state": state.value, "since": "2026-01-01", "reason": "because"})
        (task,), _ = pool.repository.tasks({state.value})
        weights[state] = weight_of(task.card)
        assert (why_weightless(task.card) is None) == (state is LifecycleState.ACTIVE)

    assert {state for state, weight in weights.items() if weight > 0} == {LifecycleState.ACTIVE}


def test_the_hard_suite_is_where_no_model_reaches_people(pool: Pool) -> None:
    """One member; every other task is left out with its own reason."""
    people = {"score": 0.97, "n": 8, "source": "a class"}
    for name, changes in {
        "member": {}, "reached": {"human_baseline": {**people, "score": 0.9}}, "alone": {"human_baseline": None},
        "few_people": {"human_baseline": {**people, "n": 4}}, "short": {}, "unseen": {},
        "draft": {"lifecycle": {"state": "draft", "since": "2026-01-01"}},
    }.items():
        pool.task(name, **{"human_baseline": people, **changes})
        if name != "unseen":
            measured(pool, drawn(ORDERED, items=99 if name == "short" else 400), name)
    suite = hard_suite(pool.repository)
    why = {one.task: one.reason for one in suite.left_out}

    assert [(one.task, one.best, one.human) for one in suite.members] == [("member", "one", 0.97)]
    assert isinstance(suite.members[0], HardMember)
    assert set(why) == {"reached", "alone", "few_people", "short", "unseen", "draft"}
    assert why["alone"] == "The card has no human baseline."
    assert why["short"] == "Items: 99; 100 are needed."
    assert why["unseen"] == "Families of models that are measured: 0; 5 are needed."
    assert why["reached"].startswith("one ")
