"""Decisions: every pair of a task and a model is decided once, with its reason, and kept cells cost nothing."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from commons.plan.cells import Reason, Standing, decide, staleness, today
from commons.plan.heads import CellHead
from commons.plan.make import USUAL
from commons.plan.outline import FormOutline, TaskOutline
from commons.plan.shelf import Shelf, pack_rest, pack_standings, unpack_standings
from commons.plan.survey import Surveyor
from commons.pool.card import PublishLevel
from commons.pool.hashing import model_hash
from commons.pool.models import Model
from tests.plan.making import STARTED, endpoint, generating, head, model, outline

PROTOCOL = "c" * 64


def stored(task: TaskOutline, models: list[Model], **changes: object) -> Shelf:
    """A shelf with a whole cell of today's key for each model."""
    heads: dict[str, CellHead] = {
        one.id: head(today(task, model_hash(one), PROTOCOL)._replace(**changes)) for one in models
    }
    return Shelf.of(task.task, heads)


def survey(task: TaskOutline, shelf: Shelf, models: list[Model], *, force: bool = False,
           on: frozenset[str] = USUAL, drifts: dict[str, datetime.datetime] | None = None) -> Surveyor:
    """Look at one task."""
    surveyor = Surveyor(models, PROTOCOL, on, force=force, drifts=drifts)
    surveyor.look(task, shelf)
    return surveyor


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"task_hash": "9" * 64}, Reason.TASK_CHANGED),
        ({"model_hash": "9" * 64}, Reason.MODEL_CHANGED),
        ({"protocol_hash": "9" * 64}, Reason.PROTOCOL_CHANGED),
        ({"publish": PublishLevel.NONE}, Reason.CARD_CHANGED),
        ({"comparability_version": 2}, Reason.CARD_CHANGED),
        ({"partial": True}, Reason.PARTIAL),
        ({"drifted": True}, Reason.ENDPOINT_DRIFTED),
        ({"drifted": True, "partial": True, "publish": PublishLevel.NONE}, Reason.ENDPOINT_DRIFTED),
        ({"protocol_hash": "9" * 64, "drifted": True}, Reason.PROTOCOL_CHANGED),
        ({"task_hash": "9" * 64, "model_hash": "9" * 64, "partial": True}, Reason.TASK_CHANGED),
        ({}, None),
    ],
)
def test_a_stored_cell_is_stale_for_the_first_thing_that_differs(
    change: dict[str, object], reason: Reason | None
) -> None:
    """Each difference has its reason: the task's, the model's, the protocol's, an endpoint's drift, the card's."""
    now = Standing("a" * 64, "b" * 64, "c" * 64, PublishLevel.SAMPLES, 1)

    assert staleness(now, now._replace(**change)) is reason


def test_nothing_stored_is_new() -> None:
    """A pair that was never measured is planned as new."""
    surveyor = survey(outline(), Shelf.of("sums", {}), [model()])

    assert [draft.reason for draft in surveyor.found.drafts] == [Reason.NEW]


def test_a_pass_decides_as_each_cell_would_be_decided_alone() -> None:
    """Over every kind of task, model and standing, the pass and the single decision agree."""
    models = [model(), model("chatty", chat_template=True), model("short", context_length=60), endpoint()]
    tasks = [outline(), generating(), outline("long", plain=FormOutline(1, 900, 0, 0, 100),
                                              chat=FormOutline(1, 900, 0, 0, 100))]
    changes: list[dict[str, object]] = [{}, {"partial": True}, {"task_hash": "9" * 64}, {"model_hash": "9" * 64}]
    for task in tasks:
        for change in changes:
            for force in (False, True):
                shelf = stored(task, models[:2], **change)
                found = survey(task, shelf, models, force=force).found
                planned = {draft.model: draft.reason for draft in found.drafts}
                refused = {one.model: one.why for one in found.inapplicable}
                for one in models:
                    alone = decide(task, one, PROTOCOL, model_hash(one), shelf.standings.get(one.id), force=force)
                    assert planned.get(one.id) == alone.reason
                    assert refused.get(one.id) == alone.inapplicable
                assert found.kept == len(models) - len(planned) - len(refused)


def test_what_cannot_be_is_named_and_never_planned() -> None:
    """An endpoint gives no log-likelihoods, and a prompt that is surely too long fits no context: even when forced."""
    long = outline("long", plain=FormOutline(1, 99_999, 0, 0, 2_049), chat=FormOutline(1, 99_999, 0, 0, 2_049))

    refused = survey(outline(), Shelf.of("sums", {}), [endpoint()], force=True).found
    cut = survey(long, Shelf.of("long", {}), [model()], force=True).found

    assert refused.drafts == cut.drafts == []
    assert "log-likelihoods" in refused.inapplicable[0].why
    assert "errs on the side of running" in cut.inapplicable[0].why


def test_a_prompt_that_may_just_fit_is_run() -> None:
    """At exactly the context nothing is refused: the estimate errs on the side of running."""
    task = outline(plain=FormOutline(1, 9, 0, 0, 2_048))

    assert len(survey(task, Shelf.of("sums", {}), [model()]).found.drafts) == 1


def test_hardware_that_the_plan_is_not_for_is_a_reason_of_its_own() -> None:
    """A model that needs a GPU is named in a plan for processors, and planned in one for GPUs."""
    large = model("large", runs_on=["cuda"])

    here = survey(outline(), Shelf.of("sums", {}), [large]).found
    there = survey(outline(), Shelf.of("sums", {}), [large], on=frozenset({"cuda"})).found

    assert "runs on cuda" in here.inapplicable[0].why
    assert [draft.model for draft in there.drafts] == ["large"]


def test_a_cell_that_stands_is_kept_wherever_its_model_runs() -> None:
    """What a GPU measured last week is not inapplicable because today's plan is for processors."""
    large = model("large", runs_on=["cuda"])

    found = survey(outline(), stored(outline(), [large]), [large]).found

    assert (found.kept, found.inapplicable, found.drafts) == (1, [], [])


def test_a_thousand_tasks_on_three_hundred_models_are_not_looked_at_one_by_one() -> None:
    """Where everything stands no cell is looked at; one changed task costs its own three hundred, and no more."""
    models = [model(f"m{number:03d}") for number in range(300)]
    surveyor = Surveyor(models, PROTOCOL, USUAL)
    whole = stored(outline("t0000"), models)

    for number in range(999):
        surveyor.look(outline(f"t{number:04d}"), whole)
    before = surveyor.found.looked_at
    surveyor.look(dataclasses.replace(outline("t0999"), task_hash="9" * 64), whole)

    assert before == 0
    assert surveyor.found.looked_at == 300
    assert surveyor.found.kept == 999 * 300
    assert {draft.reason for draft in surveyor.found.drafts} == {Reason.TASK_CHANGED}


WHEN = datetime.datetime.fromisoformat(STARTED)
SECOND = datetime.timedelta(seconds=1)


def test_a_cell_older_than_its_endpoints_drift_is_planned_again_and_the_others_are_kept() -> None:
    """Only the drifted endpoint's cell is stale; it is so by a second, and a cell started since is fresh."""
    models = [endpoint(), endpoint("other")]
    task = generating()

    older = survey(task, stored(task, models), models, drifts={"served": WHEN + SECOND}).found
    since = survey(task, stored(task, models), models, drifts={"served": WHEN}).found

    assert [(draft.model, draft.reason) for draft in older.drafts] == [("served", Reason.ENDPOINT_DRIFTED)]
    assert (older.kept, since.kept, since.drafts, since.looked_at) == (1, 2, [], 0)


def test_a_cell_that_does_not_say_when_it_was_started_is_older_than_any_drift() -> None:
    """What cannot be compared is measured again, and never taken for fresh."""
    task = generating()
    heads = {"served": head(today(task, model_hash(endpoint()), PROTOCOL), started="last week")}

    found = survey(task, Shelf.of(task.task, heads), [endpoint()], drifts={"served": WHEN}).found

    assert [draft.reason for draft in found.drafts] == [Reason.ENDPOINT_DRIFTED]


def test_the_start_of_a_cell_outlives_the_memo() -> None:
    """What the memo keeps of a shelf gives the starts back, and no drift: that is asked anew each time."""
    task = generating()
    heads = {"served": head(today(task, model_hash(endpoint()), PROTOCOL)._replace(drifted=True))}
    kept = Shelf(task.task, unpack_standings(pack_standings(heads)), lambda: pack_rest(heads))

    assert kept.started == {"served": STARTED}
    assert kept.heads["served"].started == STARTED
    assert not kept.standings["served"].drifted
