"""One shard of a plan as a job: what it measures, what it leaves, what it refuses, and that it goes on."""

import dataclasses
from pathlib import Path

import pytest

from commons.errors import BadFile, CannotRun
from commons.evaluate.shard_report import read_report
from commons.harness.requests import Answer, Request, instrument_fault
from commons.plan.cells import Reason
from commons.pool.ledger import Ledger
from tests.builders import choice_task, endpoint_entry, four_tasks, generate_task, write_pool, write_task
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import contents, numbers, run_shard
from tests.running import RuleEngine, by_length

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

MODEL = "smollm2-135m-instruct"
TWO = endpoint_entry("http://127.0.0.1:1/v1", "one") + endpoint_entry("http://127.0.0.1:2/v1", "two")


def test_a_shard_leaves_cells_items_answers_transcripts_and_a_report(pool_folder: Path, engine: RuleEngine) -> None:
    """All of it is in the shard's folder, nothing in the ledger; the cells are those that a plain run would write."""
    pool = write_pool(pool_folder, four_tasks())
    plan = plan_of(pool, [MODEL])

    report, _ = run_shard(pool, plan, 1, pool_folder / "shards")

    files = contents(pool_folder / "shards" / "shard-1")
    assert {name.split("/")[0] for name in files} == {"cells", "rendered", "transcripts", "responses.jsonl.gz",
                                                      "report.json"}
    assert len([name for name in files if name.startswith("cells/")]) == 4
    assert not (pool_folder / "results").exists()
    assert report.whole
    assert read_report(pool_folder / "shards" / "shard-1" / "report.json") == report
    run_shard(pool, plan, 1)
    assert numbers(pool.ledger) == numbers(Ledger(pool_folder / "shards" / "shard-1"))


def test_each_shard_does_its_own_cells(pool_folder: Path, engine: RuleEngine) -> None:
    """Two shards share nothing, and together they are the plan."""
    pool = write_pool(pool_folder, [generate_task(), generate_task("tell")], TWO)
    plan = plan_of(pool, ["one", "two"], shards=2)

    reports = [run_shard(pool, plan, number, pool_folder / "shards")[0] for number in (1, 2)]

    done = [{(cell.task, cell.model) for cell in report.cells} for report in reports]
    assert not done[0] & done[1]
    assert done[0] | done[1] == {(cell.task, cell.model) for cell in plan.cells}


def test_a_shard_run_again_does_nothing_and_gives_the_same_bytes(pool_folder: Path, engine: RuleEngine) -> None:
    """What is whole is left; nothing is asked, and the answers are exported with the same bytes."""
    pool = write_pool(pool_folder, [choice_task()])
    plan = plan_of(pool, [MODEL])
    run_shard(pool, plan, 1, pool_folder / "shards")
    before, asked = contents(pool_folder / "shards"), len(engine.asked)

    report, _ = run_shard(pool, plan, 1, pool_folder / "shards")

    after = contents(pool_folder / "shards")
    assert [cell.state for cell in report.cells] == ["fresh"]
    assert len(engine.asked) == asked
    assert {name for name in before if before[name] != after[name]} <= {"shard-1/report.json"}


def test_a_shard_that_died_leaves_what_it_finished_and_goes_on(
    pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a stop in the second cell the first is there; the next run asks only what was not answered."""
    pool = write_pool(pool_folder, [choice_task("before"), generate_task("later")])
    plan = plan_of(pool, [MODEL])

    def stop(request: Request) -> Answer:
        if "Mary" in request.prompt_text:
            raise KeyboardInterrupt
        return by_length(request)

    monkeypatch.setattr(engine, "_rule", stop)
    with pytest.raises(KeyboardInterrupt):
        run_shard(pool, plan, 1, pool_folder / "shards")
    left = contents(pool_folder / "shards" / "shard-1")
    monkeypatch.setattr(engine, "_rule", by_length)
    engine.asked.clear()
    report, _ = run_shard(pool, plan, 1, pool_folder / "shards")

    assert [name for name in left if name.startswith("cells")] == ["cells/before/smollm2-135m-instruct.json"]
    assert "report.json" not in left
    assert [cell.state for cell in report.cells] == ["fresh", "measured"]
    assert len(engine.asked) == 2


def test_a_cell_with_a_fault_is_partial_and_asked_again(
    pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says how much is there; the next run of the shard asks the one request that failed."""
    pool = write_pool(pool_folder, [generate_task()])
    plan = plan_of(pool, [MODEL])
    monkeypatch.setattr(engine, "_rule", lambda request: instrument_fault("HTTP 500")
                        if "Mary" in request.prompt_text else by_length(request))
    first, _ = run_shard(pool, plan, 1, pool_folder / "shards")
    monkeypatch.setattr(engine, "_rule", by_length)
    second, _ = run_shard(pool, plan, 1, pool_folder / "shards")

    assert [(cell.state, cell.scored, cell.rows) for cell in first.cells] == [("partial", 3, 4)]
    assert (first.whole, first.requests.faults) == (False, 1)
    assert ([cell.state for cell in second.cells], second.requests.sent) == (["measured"], 1)


def test_another_checkout_is_told_what_differs_and_runs_the_rest(pool_folder: Path, engine: RuleEngine) -> None:
    """A task or a model that is not the planned one is named with both hashes; the other cells are measured."""
    pool = write_pool(pool_folder, [generate_task(), generate_task("tell"), choice_task("gone")], TWO)
    plan = plan_of(pool, ["one", "two"])
    write_task(pool_folder, generate_task("tell", rows=[{"q": "Another question", "a": "x"}]))
    (pool_folder / "tasks" / "gone" / "card.yaml").unlink()
    (pool_folder / "models.yaml").write_text(
        "models:\n" + TWO.replace("http://127.0.0.1:2/v1", "http://127.0.0.1:3/v1"))

    report, _ = run_shard(pool, plan, 1, pool_folder / "shards")

    sentences = {error.what: error.sentence for error in report.errors}
    assert set(sentences) == {"tell", "two", "gone"}
    assert "is not the planned one: its hash is" in sentences["tell"]
    assert "is not the planned one: its hash is" in sentences["two"]
    assert "not here" in sentences["gone"]
    assert "commit unknown; this is 000000000000." in sentences["tell"]
    assert {(cell.task, cell.model) for cell in report.cells if cell.state == "measured"} == {("say", "one")}
    assert not report.whole


def test_another_harness_runs_nothing(pool_folder: Path, engine: RuleEngine) -> None:
    """Under another protocol every key would be another, so that nothing is asked."""
    pool = write_pool(pool_folder, [generate_task()])
    plan = dataclasses.replace(plan_of(pool, [MODEL]), protocol_hash="0" * 64)

    with pytest.raises(CannotRun, match="another harness or scoring protocol"):
        run_shard(pool, plan, 1, pool_folder / "shards")
    assert engine.asked == []


def test_what_a_card_withholds_stays_out_of_the_folder(pool_folder: Path, engine: RuleEngine) -> None:
    """Folders are uploaded: neither answers nor transcripts nor items of such a task are in one."""
    pool = write_pool(pool_folder, [generate_task(publish="aggregate"), generate_task("tell", publish="none")])

    report, _ = run_shard(pool, plan_of(pool, [MODEL]), 1, pool_folder / "shards")

    files = contents(pool_folder / "shards" / "shard-1")
    assert (report.withheld, report.answers) == (["say", "tell"], 0)
    assert {name.split("/")[0] for name in files} == {"cells", "responses.jsonl.gz", "report.json"}
    assert not any(b"France" in content or b"lamb" in content for content in files.values())
    assert (pool.work / "transcripts").is_dir()


def test_a_forced_cell_is_measured_although_it_stands(pool_folder: Path, engine: RuleEngine) -> None:
    """Into the ledger a forced plan measures again, from stored answers; into a folder only what is not there."""
    pool = write_pool(pool_folder, [generate_task()])
    run_shard(pool, plan_of(pool, [MODEL]), 1)
    plan = plan_of(pool, [MODEL], reason=Reason.FORCED)

    states = [run_shard(pool, plan, 1, output)[0].cells[0].state
              for output in (None, pool_folder / "shards", pool_folder / "shards")]

    assert states == ["measured", "measured", "fresh"]


def test_two_runs_that_are_answered_differently_give_one_result(
    pool_folder: Path, engine: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another run was answered first, its answer is graded: both write the same rows."""
    from commons.harness.store import ResponseStore

    pool = write_pool(pool_folder, [generate_task()])
    plan = plan_of(pool, [MODEL])
    known: list[str] = []

    def overtaken(request: Request) -> Answer:
        # The other run, which asked the same, is answered while this one waits.
        from commons.harness.store import store_model

        key = store_model(plan.models[MODEL], {"rule": "1"})
        with ResponseStore(pool.work / "responses.sqlite") as other:
            other.put(key, request, Answer(text="the other's answer"))
        known.append(request.digest)
        return by_length(request)

    monkeypatch.setattr(engine, "_rule", overtaken)
    _, report = run_shard(pool, plan, 1)

    assert known
    assert {row.answer for row in report.cells[0].cell.rows} == {"the other's answer"}


def test_a_report_that_is_none_is_refused(tmp_path: Path) -> None:
    """It is outside data for whoever collects."""
    (tmp_path / "report.json").write_text('{"schema_version": 1}')

    with pytest.raises(BadFile, match="no shard's report"):
        read_report(tmp_path / "report.json")
