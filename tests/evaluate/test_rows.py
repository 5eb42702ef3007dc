"""What a cell's rows hold: enough to recompute its numbers, and no more than the card publishes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commons.evaluate.run import RunReport
from commons.evaluate.verify import verify_cells
from commons.harness.requests import Answer, Request
from tests.builders import (
    CHOICE_ROWS,
    choice_task,
    four_tasks,
    generate_task,
    loglikelihood_task,
    rolling_task,
    write_pool,
)
from tests.evaluate.measured import run
from tests.running import RuleEngine, rule_kind

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

Measure = Callable[..., RunReport]



def test_a_greedy_answer_given_three_times_is_one_row(pool_folder: Path, engine: RuleEngine) -> None:
    """Repeats without sampling are not K answers: one request, one row, n items; choices keep all log-likelihoods."""
    repeated = [generate_task(settings=generate_task().settings + "repeats: 3\n"),
                choice_task(settings=choice_task().settings + "repeats: 3\n")]
    pool = write_pool(pool_folder, repeated)

    cells = {cell.task: cell.cell for cell in run(pool).cells}

    assert [len(cell.rows) for cell in cells.values()] == [4, 4]
    assert cells["say"].metrics["exact_match,word"].n == 4
    assert all(len(row.loglikelihoods) == 3 for row in cells["pick"].rows)
    assert verify_cells(pool.ledger.cell_paths(), {}).problems == []


def test_what_was_chosen_is_decided_before_rounding(pool_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two log-likelihoods that are equal at five digits still leave the choice that the harness took."""

    def close(request: Request) -> Answer:
        value = {" Paris": -12.345649, " Berlin": -12.345551}.get(str(request.continuation), -20.0)
        return Answer(loglikelihood=value, is_greedy=False)

    monkeypatch.setattr("commons.evaluate.measuring.engine_kind", lambda _: rule_kind(RuleEngine(close)))
    pool = write_pool(pool_folder, [choice_task(rows=CHOICE_ROWS[:1])])
    row = run(pool).cells[0].cell.rows[0]

    assert row.loglikelihoods[:2] == (-12.346, -12.346)
    assert (row.chosen, row.scores[0]) == (1, 0.0)
    assert verify_cells(pool.ledger.cell_paths(), {"pick": pool.ledger.rendered("pick")}).problems == []


def test_dropped_items_are_found_by_verify(pool_folder: Path, engine: RuleEngine) -> None:
    """Leaving out the wrong answers and computing everything anew does not pass: the rendered items are missed."""
    import dataclasses

    from commons.evaluate.metrics import MetricRule, metrics_of

    pool = write_pool(pool_folder, [choice_task()])
    cell = run(pool).cells[0].cell
    kept = tuple(row for row in cell.rows if row.scores[0] == 1.0)
    rules = {name: MetricRule(one.aggregation, one.higher_is_better) for name, one in cell.metrics.items()}
    pool.ledger.write_cell(dataclasses.replace(cell, rows=kept, metrics=metrics_of(kept, cell.metric_names, rules)))

    problems = verify_cells(pool.ledger.cell_paths(), {"pick": pool.ledger.rendered("pick")}).problems

    assert [problem.sentence for problem in problems] == ["2 of the rendered items have no row, for example `t0`."]


def test_repeated_samples_are_rows_of_their_own_and_count_as_one_item(pool_folder: Path, engine: RuleEngine) -> None:
    """Three sampled answers to four items give twelve rows and n=4; the interval is that of four clusters."""
    drawn = generate_task().settings.replace("do_sample: false", "do_sample: true, temperature: 0.7")
    settings = drawn + "repeats: 3\n"

    cell = run(write_pool(pool_folder, [generate_task(settings=settings)])).cells[0].cell

    assert [(row.item, row.repeat) for row in cell.rows][:4] == [("t0", 0), ("t0", 1), ("t0", 2), ("t1", 0)]
    assert len(cell.rows) == 12
    assert cell.metrics["exact_match,word"].n == 4
    assert "effective sample size" in cell.metrics["exact_match,word"].method


def test_clusters_widen_the_interval(pool_folder: Path, engine: RuleEngine) -> None:
    """Items that the card says share a source carry it in their rows, and the method says so."""
    rows = [{**row, "passage": f"p{index // 2}"} for index, row in enumerate(CHOICE_ROWS)]

    cell = run(write_pool(pool_folder, [choice_task(rows=rows, cluster="passage")])).cells[0].cell

    assert [row.cluster for row in cell.rows] == ["p0", "p0", "p1", "p1"]
    assert "clusters" in cell.metrics["acc,none"].method


@pytest.mark.parametrize(("level", "ids_kept"), [("aggregate", True), ("none", False)])
def test_a_withheld_text_stands_in_no_committed_file(
    pool_folder: Path, engine: RuleEngine, level: str, ids_kept: bool
) -> None:
    """Below `samples`, no prompt, choice or answer is committed; below `aggregate`, no item id either; both verify."""
    specs = four_tasks()
    for spec in specs:
        spec.publish = level
    pool = write_pool(pool_folder, specs)

    run(pool)

    text = "".join(path.read_text() for path in (pool.root / "results").rglob("*") if path.is_file())
    for secret in ("France", "Paris", "four", "lamb", "the oven", "Anna", "is\""):
        assert secret not in text
    assert ('"t0"' in text) is ids_kept
    assert not (pool.root / "results" / "rendered").exists()
    assert verify_cells(pool.ledger.cell_paths(), {}).problems == []


def test_transcripts_hold_the_whole_exchange_outside_the_ledger(pool_folder: Path, engine: RuleEngine) -> None:
    """The cell names its transcript by digest; the file holds every request and answer."""
    pool = write_pool(pool_folder, [generate_task()])

    transcript = run(pool).cells[0].cell.transcript

    lines = (pool.work / transcript.place).read_text().splitlines()
    assert transcript.rows == len(lines) == 4
    assert json.loads(lines[0])["requests"][0]["prompt"] == "The capital of France is"
    assert json.loads(lines[0])["answers"][0]["text"] == " is"


def test_rows_hold_what_is_needed_to_recompute_a_perplexity(pool_folder: Path, engine: RuleEngine) -> None:
    """A metric that is no item mean keeps its sufficient statistics, at five digits."""
    pool = write_pool(pool_folder, [rolling_task(), loglikelihood_task()])

    run(pool)

    row = pool.ledger.cell("read_on", "smollm2-135m-instruct").rows[0]
    text = "The cat sat on the mat and looked at the dog."
    assert row.scores[0] == (float(f"{-1.5 * len(text) - 0.123456789:.5g}"), float(len(text)))
    assert row.loglikelihoods == (row.scores[0][0],)
