"""The proposers, each on a pool made for it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.proposers.absent_owners import absent_owners
from commons.github.lifecycle.proposers.draft_to_active import DAYS, draft_to_active
from commons.github.lifecycle.proposers.owners_file import owners_file
from commons.github.lifecycle.registry import Facts
from commons.github.lifecycle.standing import Form, Standing
from commons.github.owners import read_maintainers
from commons.pool.card import Card, LifecycleState
from commons.pool.validate import parse
from commons.pool.yamlfile import parse_yaml
from tests.github.lifecycle_pool import MODELS, OLD, Stage
from tests.publish.synthetic import model

TODAY = datetime.date(2026, 12, 31)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A pool without tasks."""
    return Stage(tmp_path)


def facts(stage: Stage, *, seen: dict[str, str] | None = None, today: datetime.date = TODAY, asked: str = "",
          standing: tuple[Standing, ...] = ()) -> Facts:
    """What is known of a pool, with everybody asked about unless some are named."""
    tasks, broken = stage.pool.repository.tasks()
    assert not broken
    owners = asked.split() or [owner.lower() for one in tasks for owner in one.card.owners]
    last = {name: datetime.date.fromisoformat(day) for name, day in (seen or {}).items()}
    return Facts(stage.pool.repository, today, tuple(tasks), read_maintainers(stage.root), last, frozenset(owners),
                 standing)


def absent(stage: Stage, **known: object) -> list[Proposal]:
    """What is proposed about owners."""
    return list(absent_owners(facts(stage, **known)))  # type: ignore[arg-type]


def drafts(stage: Stage, **known: object) -> list[Proposal]:
    """What is proposed about drafts."""
    return list(draft_to_active(facts(stage, **known)))  # type: ignore[arg-type]


def draft(stage: Stage, models: tuple[str, ...] = MODELS) -> None:
    """A draft that was merged in November and measured then."""
    stage.task("sums", state="draft")
    commit = stage.merged()
    stage.measured("sums", models, commit)
    stage.merged()


def test_a_task_without_any_owner_asks_for_one(stage: Stage) -> None:
    """The issue names the task and the day, asks owners and maintainers, and says how to take it over."""
    stage.task("sums", since=OLD, owners=["Ada", "bo"])
    (one,) = absent(stage, seen={"ada": "2025-10-01"})

    assert (one.slug, one.since, one.files) == ("absent-owners--sums", datetime.date(2025, 10, 1), ())
    assert one.asks == ("Ada", "bo", "mia")
    assert "2025-10-01" in one.why
    assert "`tasks/sums/card.yaml`" in one.body


@pytest.mark.parametrize(("task", "known"), [
    ({"since": OLD}, {"seen": {"ada": "2026-01-02"}}),
    ({"since": "2026-06-01"}, {}),
    ({"since": OLD, "state": "retired"}, {}),
    ({"since": OLD}, {"asked": "somebody"}),
    ({"since": OLD, "owners": ["mia"]}, {}),
])
def test_nobody_is_called_gone_who_may_be_about(
    stage: Stage, task: dict[str, object], known: dict[str, object]
) -> None:
    """Seen this year, new to it, a retired task, not asked about, or a maintainer who may be an organisation."""
    lifecycle = {"state": task.get("state", "active"), "since": task["since"], "reason": "because"}
    stage.task("sums", owners=task.get("owners", ["ada"]), lifecycle=lifecycle)

    assert absent(stage, **known) == []


def test_a_maintainer_who_was_seen_and_is_gone_is_called_gone(stage: Stage) -> None:
    """A person with a commit here is no organisation."""
    stage.task("sums", since=OLD, owners=["mia"])

    assert [one.asks for one in absent(stage, seen={"mia": "2025-01-01"})] == [("mia",)]


def test_tasks_of_which_some_owners_are_gone_are_listed_together(stage: Stage) -> None:
    """One issue for all of them, which calls the maintainers and no owner."""
    for name in ("sums", "more"):
        stage.task(name, since=OLD, owners=["ada", "bo"])
    (one,) = absent(stage, seen={"ada": "2026-12-01", "bo": "2025-02-03"})

    assert (one.slug, one.asks) == ("absent-owners", ("mia",))
    assert one.body.startswith("- `more`: `bo` (since 2025-02-03)\n- `sums`: `bo` (since 2025-02-03)\n")


def test_a_measured_draft_is_proposed_as_active(stage: Stage) -> None:
    """Three whole cells of today's key and thirty days: the card changes in its state alone."""
    draft(stage)
    (one,) = drafts(stage)
    (change,) = one.files
    before, after = (parse(Card, parse_yaml(text, Path("card.yaml"))) for text in (change.old or "", change.new))

    assert (one.slug, one.asks, change.path) == ("draft-to-active--sums", ("ada",), "tasks/sums/card.yaml")
    assert (after.lifecycle.state, after.lifecycle.since) == (LifecycleState.ACTIVE, TODAY)
    assert "3 models" in (after.lifecycle.reason or "")
    assert before == after.model_copy(update={"lifecycle": before.lifecycle})


def test_the_date_is_the_day_of_the_proposal_while_it_waits(stage: Stage) -> None:
    """The next day's run proposes the same file."""
    draft(stage)
    (first,) = drafts(stage)
    mine = Standing(Form.PULL, 1, first.slug, "", "", frozenset(), TODAY)
    (later,) = drafts(stage, standing=(mine,), today=TODAY + datetime.timedelta(days=9))

    assert later.files == first.files


def test_two_models_are_not_enough(stage: Stage) -> None:
    """What fewer models show is not proposed."""
    draft(stage, MODELS[:2])

    assert drafts(stage) == []


def test_a_draft_that_is_young_or_was_merged_lately_waits(stage: Stage) -> None:
    """The card's date and the day of the merge both count, so that no date in a card can hurry it."""
    draft(stage)
    merged = datetime.date(2026, 11, 2)

    assert drafts(stage, today=merged + datetime.timedelta(days=DAYS - 1)) == []
    assert len(drafts(stage, today=merged + datetime.timedelta(days=DAYS))) == 1


def test_cells_of_another_key_do_not_count(stage: Stage) -> None:
    """A changed item, a changed model or a cell measured on what was not committed; a README changes nothing."""
    draft(stage)
    (stage.root / "tasks/sums/README.md").write_text("more words\n")
    stage.merged()
    assert len(drafts(stage)) == 1

    cell = stage.pool.repository.ledger.cell("sums", "one")
    stage.measured("sums", ("one",), f"{'a' * 40}-dirty")
    assert drafts(stage) == []
    assert cell is not None
    stage.pool.repository.ledger.write_cell(cell)

    stage.pool.models(model("one"), model("two"), model("three", chat_template=True))
    assert drafts(stage) == []
    stage.pool.models(*(model(name) for name in MODELS))

    data = stage.root / "tasks/sums/data/test.jsonl"
    data.write_text(data.read_text().replace("0 + 0", "1 + 0"))
    stage.merged()
    assert drafts(stage) == []


def test_without_git_nothing_is_said_of_a_draft(stage: Stage) -> None:
    """When it was merged is not known, so it is not proposed."""
    draft(stage)
    (stage.root / ".git").rename(stage.root / "elsewhere")

    assert drafts(stage) == []


def test_a_card_that_no_program_should_edit_is_an_issue(stage: Stage) -> None:
    """The finding stays, and the change is a person's."""
    stage.task("sums", state="draft")
    card = stage.root / "tasks/sums/card.yaml"
    text = card.read_text().replace("lifecycle:\n", "lifecycle:\n  reason: >-\n    still\n    new\n")
    card.write_text(text)
    stage.measured("sums", commit=stage.merged())
    (one,) = drafts(stage)

    assert one.files == ()
    assert "by hand" in one.body


def test_the_file_of_owners_is_proposed_where_it_differs(stage: Stage) -> None:
    """Lagging or wrong, it is made again; a right one, and a pool without maintainers, need nothing."""
    stage.task("sums")
    assert [one.files[0].old for one in owners_file(facts(stage))] == [None]

    stage.owners_file()
    assert list(owners_file(facts(stage))) == []

    stage.task("more")
    (one,) = owners_file(facts(stage))
    assert "1 line more and 0 fewer" in one.body

    (stage.root / "MAINTAINERS").unlink()
    assert list(owners_file(facts(stage))) == []
