"""Runs over a pool with a model that answers by rule: real rendering and grading, no weights."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commons.evaluate.run import RunReport
from commons.evaluate.verify import verify_cells
from commons.harness.requests import Answer, Request, instrument_fault
from commons.pool.cell import Outcome
from commons.pool.repository import Repository
from tests.builders import (
    CHOICE_ROWS,
    choice_task,
    endpoint_entry,
    four_tasks,
    generate_task,
    write_pool,
    write_task,
)
from tests.evaluate.measured import run
from tests.running import RuleEngine, by_length, rule_kind

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("workers_in_process")]

Measure = Callable[..., RunReport]



def cell_bytes(pool: Repository) -> dict[str, bytes]:
    """Every cell file's bytes."""
    return {path.name + path.parent.name: path.read_bytes() for path in pool.ledger.cell_paths()}


def test_a_task_of_each_type_becomes_a_cell_that_verifies(pool_folder: Path, engine: RuleEngine) -> None:
    """All four output types give whole cells whose numbers follow from their rows, and rendered items beside them."""
    pool = write_pool(pool_folder, four_tasks())

    report = run(pool)

    assert [(cell.task, cell.state) for cell in report.cells] == [
        ("finish", "measured"), ("pick", "measured"), ("read_on", "measured"), ("say", "measured"),
    ]
    rendered = {task: pool.ledger.rendered(task) for task in ("finish", "pick", "read_on", "say")}
    verification = verify_cells(pool.ledger.cell_paths(), rendered)
    assert (verification.cells, verification.problems) == (4, [])
    pick = pool.ledger.cell("pick", "smollm2-135m-instruct")
    assert pick.metrics["acc,none"].value == 0.5
    assert [row.chosen for row in pick.rows] == [2, 0, 2, 0]
    assert pool.ledger.rendered("pick").items[0].choices == ("Paris", "Berlin", "Rome")


def test_the_same_run_gives_the_same_bytes(pool_folder: Path, engine: RuleEngine) -> None:
    """Measured again from nothing, every cell file has the same bytes (the clock of tests stands still)."""
    pool = write_pool(pool_folder, four_tasks())
    run(pool)
    first = cell_bytes(pool)
    for path in pool.ledger.cell_paths():
        path.unlink()
    (pool.work / "responses.sqlite").unlink()

    run(pool)

    assert cell_bytes(pool) == first


def test_a_fresh_cell_sends_nothing_and_a_changed_metric_neither(pool_folder: Path, engine: RuleEngine) -> None:
    """Nothing is asked twice: a second run is a no-op, and another metric is graded from stored answers."""
    pool = write_pool(pool_folder, [choice_task()])
    run(pool)
    asked = len(engine.asked)

    assert [cell.state for cell in run(pool).cells] == ["fresh"]
    changed = choice_task(settings=choice_task().settings.replace("acc_norm", "acc_bytes"))
    write_task(pool_folder, changed)
    report = run(pool)

    assert [(cell.state, cell.reason) for cell in report.cells] == [("measured", "task changed")]
    assert (report.counts.sent, report.counts.reused) == (0, asked)
    assert len(engine.asked) == asked


def test_one_edited_item_asks_that_item_alone(pool_folder: Path, engine: RuleEngine) -> None:
    """The other items' answers come from the store."""
    pool = write_pool(pool_folder, [choice_task()])
    run(pool)
    engine.asked.clear()
    write_task(pool_folder, choice_task(rows=[{**CHOICE_ROWS[0], "q": "The capital of Italy is"}, *CHOICE_ROWS[1:]]))

    run(pool)

    assert {request.prompt for request in engine.asked} == {"The capital of Italy is"}


def test_one_item_of_a_hundred_sends_its_requests_and_leaves_the_other_rows(
    pool_folder: Path, engine: RuleEngine
) -> None:
    """One edited item is one item's requests; a changed filter is none; the lines of other rows keep their bytes."""
    rows = [{"q": f"Say the number {number}", "a": str(number)} for number in range(100)]
    pool = write_pool(pool_folder, [generate_task(rows=rows)])
    run(pool)
    before = row_lines(pool)
    engine.asked.clear()
    write_task(pool_folder, generate_task(rows=[*rows[:41], {"q": "Say the number 7", "a": "seven"}, *rows[42:]]))
    report = run(pool)

    assert (report.counts.sent, report.counts.reused) == (0, 99)  # another item asks the same
    assert [new for old, new in zip(before, row_lines(pool), strict=True) if old != new] == [
        line for line in row_lines(pool) if '"t41"' in line]
    write_task(pool_folder, generate_task(rows=[*rows[:41], {"q": "Say nothing", "a": "x"}, *rows[42:]]))
    assert (run(pool).counts.sent, [one.prompt for one in engine.asked]) == (1, ["Say nothing"])
    changed = generate_task().settings.replace("regex_pattern: \"(\\\\w+)\"", "regex_pattern: \"(\\\\d+)\"")
    assert changed != generate_task().settings
    write_task(pool_folder, generate_task(rows=[*rows[:41], {"q": "Say nothing", "a": "x"}, *rows[42:]],
                                          settings=changed))
    report = run(pool)

    assert ([cell.reason for cell in report.cells], report.counts.sent) == (["task changed"], 0)


def row_lines(pool: Repository) -> list[str]:
    """The lines of the rows of the pool's only cell."""
    text = pool.ledger.cell_paths()[0].read_text()
    return text.split(' "rows": [\n')[1].split("\n")


def test_one_failing_call_is_one_row_and_no_headline(pool_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint's failure is an instrument fault: never graded, never in a number, asked again by the next run."""
    failing = {"on": True}

    def rule(request: Request) -> Answer:
        broken = failing["on"] and "Mary" in request.prompt_text
        return instrument_fault("HTTP 500, tried 3 times") if broken else by_length(request)

    engine = RuleEngine(rule)
    monkeypatch.setattr("commons.evaluate.measuring.engine_kind", lambda _: rule_kind(engine))
    pool = write_pool(pool_folder, [generate_task()])

    first = run(pool).cells[0]
    failing["on"] = False
    engine.asked.clear()
    second = run(pool).cells[0]

    assert (first.state, first.cell.metrics) == ("partial", {})
    assert [row.outcome for row in first.cell.rows].count(Outcome.INSTRUMENT_FAULT) == 1
    faulty = next(row for row in first.cell.rows if row.outcome is Outcome.INSTRUMENT_FAULT)
    assert (faulty.scores, faulty.detail) == ((None,) * 4, "HTTP 500, tried 3 times")
    assert (second.state, second.reason, len(engine.asked)) == ("measured", "partial", 1)


def test_empty_and_refused_answers_are_graded_and_shown(pool_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's own fault counts in n as the harness grades it."""

    def rule(request: Request) -> Answer:
        if "Mary" in request.prompt_text:
            return Answer(outcome=Outcome.MODEL_FAULT, text="", detail="empty answer")
        if "hot" in request.prompt_text:
            return Answer(outcome=Outcome.REFUSED, text="I cannot help with that.")
        return by_length(request)

    monkeypatch.setattr("commons.evaluate.measuring.engine_kind", lambda _: rule_kind(RuleEngine(rule)))
    cell = run(write_pool(pool_folder, [generate_task()])).cells[0].cell

    assert cell.metrics["exact_match,word"].n == 4
    assert cell.outcomes == {Outcome.SCORED: 2, Outcome.MODEL_FAULT: 1, Outcome.REFUSED: 1}


def test_a_limit_gives_a_partial_cell_and_forgets_nothing(pool_folder: Path, engine: RuleEngine) -> None:
    """Items that were not asked are rows without a score; answers that the store has count in a shorter run too."""
    pool = write_pool(pool_folder, [choice_task()])

    partial = run(pool, limit=2).cells[0]
    whole = run(pool).cells[0]
    asked = len(engine.asked)
    again = run(pool, limit=1, force=True).cells[0]

    assert partial.cell.outcomes == {Outcome.SCORED: 2, Outcome.NOT_RUN: 2}
    assert partial.cell.metrics == {}
    assert whole.state == "measured"
    assert (again.state, len(engine.asked)) == ("measured", asked)


def test_a_run_with_fewer_scores_does_not_replace_the_cell(pool_folder: Path, engine: RuleEngine) -> None:
    """Without the stored answers a short run knows less than the cell that stands, which stays."""
    pool = write_pool(pool_folder, [choice_task()])
    run(pool)
    (pool.work / "responses.sqlite").unlink()

    report = run(pool, limit=1, force=True)

    assert report.cells[0].state == "partial"
    assert not pool.ledger.cell("pick", "smollm2-135m-instruct").partial


def test_a_lowered_publish_level_takes_the_text_away_without_a_question(pool_folder: Path, engine: RuleEngine) -> None:
    """A card that withholds its items makes the cell stale; answers come from the store, and no text stays."""
    pool = write_pool(pool_folder, [generate_task()])
    run(pool)
    asked = len(engine.asked)
    write_task(pool_folder, generate_task(publish="none"))

    report = run(pool)

    assert [(cell.state, cell.reason) for cell in report.cells] == [("measured", "card changed")]
    assert len(engine.asked) == asked
    assert "France" not in "".join(path.read_text() for path in (pool.root / "results").rglob("*.json*"))
    assert not pool.ledger.rendered_path("say").exists()


def test_missing_rendered_items_come_back(pool_folder: Path, engine: RuleEngine) -> None:
    """A rendered file that was lost or broken is written again, although the cell is fresh."""
    pool = write_pool(pool_folder, [choice_task()])
    run(pool)
    before = pool.ledger.rendered_path("pick").read_bytes()
    pool.ledger.rendered_path("pick").write_text("broken\n")

    assert run(pool).cells[0].state == "fresh"
    assert pool.ledger.rendered_path("pick").read_bytes() == before


def test_one_bad_task_never_stops_the_others(pool_folder: Path, engine: RuleEngine) -> None:
    """A task whose hook fails is an error with its place; the rest is measured."""
    broken = generate_task("broken", settings=generate_task().settings.replace('"{{q}}"', "!function hooks.ask"),
                           files={"hooks.py": "def ask(doc):\n    raise ValueError('no')\n"})
    pool = write_pool(pool_folder, [broken, choice_task()])

    report = run(pool)

    assert [(cell.task, cell.state) for cell in report.cells] == [("pick", "measured")]
    assert [(name, error.where.path.name, error.where.line) for name, error in report.errors] == [
        ("broken", "hooks.py", 2),
    ]


@pytest.mark.parametrize(
    ("grade", "words"),
    [("return {'acc': float('nan')}", "finite"), ("return {'other': 1.0}", "missing"),
     ("return {'acc': 'one'}", "TypeError"), ("return {'acc': [1, 2]}", "TypeError")],
)
def test_a_metric_that_is_missing_or_no_number_is_an_error(
    pool_folder: Path, engine: RuleEngine, grade: str, words: str
) -> None:
    """The harness would leave such a metric out, or average fewer items, and end with success."""
    settings = choice_task().settings.split("metric_list")[0] + (
        "process_results: !function hooks.grade\nmetric_list:\n"
        "  - {metric: acc, aggregation: mean, higher_is_better: true}\n")
    task = choice_task(settings=settings, files={"hooks.py": f"def grade(doc, results):\n    {grade}\n"})

    report = run(write_pool(pool_folder, [task]))

    assert report.cells == []
    assert words in str(report.errors[0][1])


def test_an_endpoint_that_gives_no_loglikelihoods_is_inapplicable(pool_folder: Path, engine: RuleEngine) -> None:
    """Such a cell is named with its reason and never asked."""
    pool = write_pool(pool_folder, [choice_task(), generate_task()], endpoint_entry("http://127.0.0.1:1/v1"))

    report = run(pool, "fake-endpoint")

    assert [(cell.task, cell.state) for cell in report.cells] == [("pick", "inapplicable"), ("say", "measured")]
    assert "log-likelihoods" in report.cells[0].reason
    assert report.cells[1].cell.provenance.cost_usd == pytest.approx(4 * (5 * 1.0 + 1 * 2.0) / 1e6)
