"""Results that others measured become external cells: from tables, and from the harness's own samples files."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from pydantic import ValidationError

from commons.errors import BadFile
from commons.evaluate.importing.cell import imported_cell
from commons.evaluate.importing.columns import Columns, read_columns
from commons.evaluate.importing.harness_samples import is_samples_file, read_samples
from commons.evaluate.importing.outside import Told
from commons.evaluate.verify import content_problems
from commons.pool import cellfile
from tests.builders import choice_task, generate_task, write_task

COLUMNS = Columns("id", "right", "acc")


def told(**changes: object) -> Told:
    """What whoever imports says."""
    return Told.model_validate({"task": "sums", "model": "some-model", "source": "https://example.org/outputs",
                                "measured": datetime.date(2026, 1, 2), **changes})


def write(path: Path, *rows: object) -> Path:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_table_becomes_a_cell_whose_numbers_follow_from_its_rows(tmp_path: Path) -> None:
    """Scores may be numbers, true or false; the cell is external, stands apart and verifies."""
    path = write(tmp_path / "o.jsonl", {"id": "b", "right": True}, {"id": "a", "right": 0}, {"id": "c", "right": "yes"})

    cell = imported_cell(read_columns(path, COLUMNS), told(), path)

    assert [(row.item, row.scores) for row in cell.rows] == [("a", (0.0,)), ("b", (1.0,)), ("c", (1.0,))]
    assert (cell.identity.origin, cell.identity.variant) == ("external", "external")
    assert cell.metrics["acc,none"].value == pytest.approx(2 / 3)
    assert cell.provenance.source is not None
    assert cell.provenance.source.url == "https://example.org/outputs"
    text = cellfile.to_text(cell)
    assert cellfile.from_text(text, path) == cell
    assert content_problems(cell, text, path, None) == []


def test_columns_may_lie_inside_objects(tmp_path: Path) -> None:
    """A dot leads into an object, as in the outputs that papers publish."""
    path = write(tmp_path / "o.jsonl", {"id": 7, "cot": {"right": False, "answer": "No"}, "gold": "Yes"})

    cell = imported_cell(read_columns(path, Columns("id", "cot.right", "acc", "cot.answer", "gold")),
                         told(how="cot", with_answers=True), path)

    assert (cell.rows[0].item, cell.rows[0].answer, cell.identity.variant) == ("7", "No", "external-cot")


def test_answers_are_kept_only_where_they_were_asked_for(tmp_path: Path) -> None:
    """What the caller did not name for publishing stays out of the cell."""
    path = write(tmp_path / "o.jsonl", {"id": "a", "right": 1, "said": "secret words"})

    cell = imported_cell(read_columns(path, Columns("id", "right", "acc", "said")), told(), path)

    assert "secret words" not in cellfile.to_text(cell)


def test_the_same_items_compare_and_other_golds_do_not(tmp_path: Path) -> None:
    """Two imports are of one version of a task exactly where their items and golds agree."""
    columns = Columns("id", "right", "acc", None, "gold")
    one, two, other = (
        imported_cell(read_columns(path, columns), told(how=how), path).identity.task_hash
        for how, path in (
            ("a", write(tmp_path / "1.jsonl", {"id": "x", "right": 1, "gold": "4"})),
            ("b", write(tmp_path / "2.jsonl", {"id": "x", "right": 0, "gold": "4"})),
            ("c", write(tmp_path / "3.jsonl", {"id": "x", "right": 1, "gold": "5"})),
        )
    )

    assert one == two != other


@pytest.mark.parametrize(("rows", "said", "line"), [
    ([{"id": "a", "right": 1}, {"id": "a", "right": 0}], "stands in line 1 as well", 2),
    ([{"id": "a", "right": 1}, {"id": "b", "right": "maybe"}], "is no score", 2),
    ([{"id": "a", "right": 1}, {"id": "b"}], "The item `b` has nothing in `right`", 2),
    ([{"id": "", "right": 1}], "has no item id", 1),
    ([{"id": "a", "right": "inf"}], "The item `a` has `inf` in `right`, which is no score", 1),
    ([{"id": "a", "right": "nan"}], "`nan`", 1),
    ([{"id": "a", "right": "1_000"}], "`1_000`", 1),
    ([{"id": "a", "right": 10**400}], "which is no score", 1),
    ([{"id": "a" * 201, "right": 1}], "201 characters", 1),
])
def test_a_wrong_row_is_named_with_its_line(
    rows: list[object], said: str, line: int, tmp_path: Path
) -> None:
    """Nothing is guessed from a row that is not what the caller said."""
    path = write(tmp_path / "o.jsonl", *rows)

    with pytest.raises(BadFile) as caught:
        imported_cell(read_columns(path, COLUMNS), told(), path)

    problem = caught.value.problems[0]
    assert said in problem.sentence
    assert problem.where.line == line


def test_the_words_for_right_and_wrong_are_listed(tmp_path: Path) -> None:
    """Whoever wrote another word reads which are known."""
    path = write(tmp_path / "o.jsonl", {"id": "a", "right": "maybe"})

    with pytest.raises(BadFile) as caught:
        read_columns(path, COLUMNS)

    assert "true, yes, right, correct, false, no, wrong, incorrect" in caught.value.problems[0].mend


def test_a_wrong_column_is_said_once_with_those_there_are(tmp_path: Path) -> None:
    """Forty rows, one slip in a column's name, one sentence."""
    path = write(tmp_path / "o.jsonl", *({"id": str(n), "right": 1} for n in range(40)))

    with pytest.raises(BadFile) as caught:
        read_columns(path, Columns("id", "rihgt", "acc"))

    assert [one.sentence for one in caught.value.problems] == [
        "There is no column `rihgt` (--score). Did you mean `right`?"]
    assert "id, right" in caught.value.problems[0].mend


@pytest.mark.parametrize("repeated", [False, True])
def test_of_many_bad_rows_the_first_are_named(repeated: bool, tmp_path: Path) -> None:
    """Forty bad rows: five are named and the others counted, whatever is wrong with them."""
    same, words = [{"id": "a", "right": 1}] * 41, [{"id": str(n), "right": "maybe"} for n in range(40)]
    bad = same if repeated else words
    path = write(tmp_path / "o.jsonl", *bad)

    with pytest.raises(BadFile) as caught:
        imported_cell(read_columns(path, COLUMNS), told(), path)

    assert len(caught.value.problems) == 6
    assert caught.value.problems[-1].sentence == "35 more rows are wrong."


def test_scores_that_five_digits_blur_are_refused(tmp_path: Path) -> None:
    """100000.3 to 100006.3: rounding would move the mean by a third; the same scores less 100,000 come over whole."""
    near = write(tmp_path / "near.jsonl", *({"id": str(n), "right": 100_000 + n % 7 + 0.3} for n in range(70)))
    moved = write(tmp_path / "moved.jsonl", *({"id": str(n), "right": n % 7 + 0.3} for n in range(70)))

    with pytest.raises(BadFile, match="five digits"):
        imported_cell(read_columns(near, COLUMNS), told(), near)
    assert imported_cell(read_columns(moved, COLUMNS), told(), moved).metrics["acc,none"].value == pytest.approx(3.3)


@pytest.mark.parametrize(("source", "kept"), [
    ("https://example.org", "https://example.org/"), (" Our own run, not published. ", "Our own run, not published."),
])
def test_a_source_is_an_address_or_a_sentence(source: str, kept: str) -> None:
    """Results that stand nowhere yet have a sentence for their source."""
    assert told(source=source).source == kept


@pytest.mark.parametrize("source", ["", "me", "own run", "https://", "https://exa mple.org/x y"])
def test_what_is_neither_is_refused(source: str) -> None:
    """A word or two, or a broken address, says nothing of where results come from."""
    with pytest.raises(ValidationError):
        told(source=source)


def test_a_score_of_the_harness_that_is_no_number_is_named(tmp_path: Path) -> None:
    """A nan in a samples file is a fault of its row, not a metric that has no numbers."""
    line = {"doc_id": 0, "doc_hash": "a" * 64, "filtered_resps": [], "metrics": ["acc"], "acc": "nan", "target": "x"}
    path = write(tmp_path / "samples_x.jsonl", line)

    with pytest.raises(BadFile, match="no finite number"):
        read_samples(path)


def harness_samples(folder: Path, name: str, out: Path) -> tuple[Path, dict[str, float]]:
    """A samples file as the harness itself writes it, of its model that answers at random, and its own numbers."""
    evaluator = pytest.importorskip("lm_eval.evaluator")
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(folder), include_defaults=False)
    result = evaluator.simple_evaluate(model="dummy", tasks=[name], task_manager=manager, log_samples=True,
                                       bootstrap_iters=0)
    samples = result.pop("samples")
    tracker = EvaluationTracker(output_path=str(out))
    tracker.save_results_aggregated(results=result, samples=samples)
    tracker.save_results_samples(task_name=name, samples=samples[name])
    return next(out.rglob("samples_*.jsonl")), result["results"][name]


def test_a_samples_file_of_the_harness_gives_the_harness_own_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Choices, log-likelihoods and accuracy come over; the item's own id is taken where it is named."""
    monkeypatch.chdir(tmp_path / write_task(tmp_path, choice_task()).relative_to(tmp_path))
    path, said = harness_samples(tmp_path / "tasks" / "pick", "pick", tmp_path / "out")

    assert is_samples_file(path)
    cell = imported_cell(read_samples(path, "id"), told(task="pick"), path)

    assert [row.item for row in cell.rows] == ["t0", "t1", "t2", "t3"]
    assert cell.metrics["acc,none"].value == pytest.approx(said["acc,none"])
    for row in cell.rows:
        assert row.loglikelihoods is not None
        assert row.chosen == row.loglikelihoods.index(max(row.loglikelihoods))


def test_what_is_no_number_for_each_item_is_left_out_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus metric of a samples file is named and not turned into something else; each filter is a column."""
    monkeypatch.chdir(tmp_path / write_task(tmp_path, generate_task()).relative_to(tmp_path))
    path, _ = harness_samples(tmp_path / "tasks" / "say", "say", tmp_path / "out")

    imported = read_samples(path)
    cell = imported_cell(imported, told(task="say"), path)

    assert set(cell.metrics) == {"exact_match,word", "exact_match,raw"}
    assert imported.left_out == ("The metric `bleu` is not one number for each item.",)
