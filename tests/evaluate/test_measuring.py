"""Measuring one cell: nothing is graded by other files than those that were asked about, and nothing stays poisoned."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.errors import BrokenResult
from commons.evaluate import measuring
from commons.evaluate.measuring import cell_of
from commons.harness.requests import Answer, Request
from commons.plan.memo import MEMO_FILE, Memo
from commons.pool.cell import Cell
from commons.pool.repository import Repository
from tests.builders import choice_task, write_pool
from tests.running import RuleEngine, by_length, measure, rule_kind

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]


@pytest.fixture
def pool(pool_folder: Path) -> Repository:
    """A pool of one task."""
    return write_pool(pool_folder, [choice_task()])


def edited(pool: Repository) -> None:
    """The golds of the task are other ones from now on."""
    path = pool.tasks_folder / "pick" / "data" / "test.jsonl"
    path.write_text(path.read_text().replace('"a": 0', '"a": 1'))


def run(pool: Repository, monkeypatch: pytest.MonkeyPatch, engine: RuleEngine) -> list[str]:
    """Run the task on a model: its cells' states and what went wrong."""
    monkeypatch.setattr(measuring, "engine_kind", lambda _: rule_kind(engine))
    report = measure(pool, pool.models()[:1])
    return [cell.state for cell in report.cells] + [f"{error.sentence} {error.mend}" for _, error in report.errors]


def test_a_task_that_is_edited_while_it_is_asked_is_not_graded(
    pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cell is refused, and the next run measures the task as it then is, without asking again."""

    def answer(request: Request) -> Answer:
        edited(pool)
        return by_length(request)

    first = run(pool, monkeypatch, RuleEngine(answer))
    assert first == ["The folder of the task `pick` changed during the run. Run again: what was answered is kept."]
    assert pool.ledger.cell_paths() == []

    engine = RuleEngine(by_length)
    assert run(pool, monkeypatch, engine) == ["measured"]
    assert engine.asked == []


def test_a_task_that_is_edited_while_it_is_graded_is_refused(
    pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was graded by half of each would stand under the key of one."""

    def graded(*arguments: object) -> Cell:
        cell = cell_of(*arguments)  # type: ignore[arg-type]
        edited(pool)
        return cell

    monkeypatch.setattr(measuring, "cell_of", graded)

    assert "changed during the run" in run(pool, monkeypatch, RuleEngine(by_length))[0]
    assert pool.ledger.cell_paths() == []


def test_what_scoring_does_not_fit_is_rendered_and_planned_afresh(
    pool: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memo that is at fault is dropped with the failure, so that the next run heals."""

    def refused(*_: object) -> Cell:
        raise BrokenResult("Scoring asked for a request that rendering did not make.", mend="")

    with Memo(pool.work / MEMO_FILE) as memo:
        memo.put_outline("key", "pick", "{}", b"")
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "cell_of", refused)
        assert "Scoring asked for" in run(pool, patch, RuleEngine(by_length))[0]

    assert list((pool.work / "renderings").glob("*.json")) == []
    with Memo(pool.work / MEMO_FILE) as memo:
        assert memo.outline("key") is None
    assert run(pool, monkeypatch, RuleEngine(by_length)) == ["measured"]
