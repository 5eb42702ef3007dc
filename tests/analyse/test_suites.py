"""Suites: the rule each declares, computed; what is missing never filled in; what does not weigh left out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lm_eval.api.metrics import aggregate_subtask_metrics

from commons.analyse.suite_index import suite_index
from commons.analyse.suite_numbers import ModelLine, SuiteNumbers, oriented_values, suite_numbers
from commons.analyse.suites import suite_table
from commons.pool import cellfile
from commons.pool.cell import Cell
from commons.pool.suites import Suite
from commons.stats.across.leaderboard import V2_TASKS
from commons.stats.intervals import wilson
from commons.stats.summary import summarise
from tests.builders import REPOSITORY_ROOT
from tests.publish.synthetic import Pool, model, rows

from .suite_pool import RIGHT, TASKS, headline, make_pool, metric, right, write_board_cells, write_suite

CORRECTED = "macro mean of chance-corrected scores"


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Three models, one of which lacks a cell."""
    return make_pool(tmp_path / "pool")


def numbers(pool: Pool, suite: Suite, *, external: bool = False) -> tuple[SuiteNumbers, dict[str, ModelLine]]:
    """The suite's numbers, and their lines by model."""
    found = suite_numbers(suite_table(pool.repository, suite, external=external))
    return found, {line.model: line for line in found.lines}


def test_the_macro_mean_is_the_harness_group_number(pool: Pool) -> None:
    """The mean over the common block equals what the harness says of the same cells; the error is sqrt(sum SE^2)/T.

    The interval is Wilson's on as many items as that error is worth: p (1 - p) / SE^2, but no fewer than there are.
    """
    found, lines = numbers(pool, write_suite(pool, aggregate={"metric": "acc"}))

    for name in ("alpha", "beta"):
        shares = [(count or 0) / 10 for count in RIGHT[name]]
        mean = lines[name].mean
        assert mean is not None
        assert mean.value == pytest.approx(aggregate_subtask_metrics(shares, [10] * 3, weight_by_size=False))
    beta = lines["beta"].mean
    expected = sum(share * (1 - share) / 9 for share in (0.8, 0.6, 0.5)) ** 0.5 / 3
    assert beta is not None
    assert beta.stderr == pytest.approx(expected)
    worth = max(30.0, beta.value * (1 - beta.value) / expected**2)
    assert beta.interval == pytest.approx(wilson(beta.value * worth, worth))
    assert beta.method == "Wilson on the effective sample size"
    assert found.block == TASKS


def test_a_whole_task_right_has_an_error_all_the_same(pool: Pool) -> None:
    """Ten right of ten have no spread among them; half of Wilson's interval stands for the error."""
    table = suite_table(pool.repository, write_suite(pool, rule="macro mean"))
    score = next(task for task in table.tasks if task.name == "maps").scores["alpha"]

    assert score.value == 1.0
    assert score.interval is not None
    assert score.stderr == pytest.approx((score.interval[1] - score.interval[0]) / (2 * 1.959964))


def test_a_model_that_lacks_a_cell_has_bounds_and_no_mean(pool: Pool) -> None:
    """Its missing cell is once at chance and once at the ceiling, its coverage is said, and others keep their mean."""
    _, lines = numbers(pool, write_suite(pool, rule="macro mean"))
    gamma = lines["gamma"]

    assert gamma.mean is None
    assert (gamma.measured, gamma.coverage) == (2, pytest.approx(2 / 3))
    assert gamma.limits == pytest.approx(((0.2 + 0.25 + 0.3) / 3, (0.2 + 1.0 + 0.3) / 3))
    assert "67%" in (gamma.why or "")
    assert lines["alpha"].limits is None


def test_chance_correction_is_unclipped(pool: Pool) -> None:
    """A model below chance has a negative score, also in the mean."""
    pool.cell("words", "gamma", rows(right(2)), {"acc,none": metric(2)})
    _, lines = numbers(pool, write_suite(pool, rule=CORRECTED))
    mean = lines["gamma"].mean

    assert mean is not None
    assert mean.value == pytest.approx((-0.05 - 0.05 + 0.05) / 3 / 0.75)


def test_a_task_without_a_ceiling_is_not_corrected(tmp_path: Path) -> None:
    """Its card names no ceiling, so it has no corrected score and leaves the mean, which says so.

    Who has its cell lacks nothing: neither the coverage nor the bounds call a measured cell missing.
    """
    pool = make_pool(tmp_path / "pool")
    shutil.rmtree(pool.root / "tasks" / "words")
    pool.task("words", headline=headline(ceiling=None))
    suite = write_suite(pool, rule=CORRECTED)
    words = suite_table(pool.repository, suite).tasks[1]
    found, lines = numbers(pool, suite)

    assert words.corrected("alpha") is None
    assert words.scores["alpha"].value == pytest.approx(0.7)
    assert (lines["alpha"].measured, lines["alpha"].coverage, lines["alpha"].limits) == (2, 1.0, None)
    assert lines["alpha"].mean is not None
    assert lines["alpha"].mean.value == pytest.approx((0.2 + 1) / 2)
    assert [note[:20] for note in found.notes] == ["Not in the mean: wor"]
    assert found.notes[0].endswith("because it cannot be corrected for chance: it declares no ceiling.")


def test_everything_right_is_no_more_than_everything(tmp_path: Path) -> None:
    """Fifteen right of fifteen over three tasks: the mean's interval ends at 100%, corrected for chance or not."""
    pool = make_pool(tmp_path / "pool", {})
    pool.models(model("alpha"))
    for task in TASKS:
        pool.cell(task, "alpha", rows(right(5, 5)), {"acc,none": metric(5, 5)})
    for rule, low in (("macro mean", wilson(15, 15)[0]), (CORRECTED, (wilson(15, 15)[0] - 0.25) / 0.75)):
        mean = numbers(pool, write_suite(pool, rule=rule))[1]["alpha"].mean
        assert mean is not None
        assert mean.interval == pytest.approx((low, 1.0))


def test_clusters_that_are_alike_by_chance_are_no_proof(tmp_path: Path) -> None:
    """Two sources with half of their items right have a clustered error of 0; the suite's mean is not surer for it."""
    pool = make_pool(tmp_path / "pool", {})
    pool.models(model("alpha"))
    clusters = [str(place // 6) for place in range(12)]
    summary = summarise("mean", [1.0, 0.0] * 6, clusters)
    changes = {"stderr": summary.stderr, "interval": summary.interval, "n_effective": summary.n_effective,
               "method": summary.method}
    for task in ("sums", "words"):
        held = [replace(row, cluster=name) for row, name in zip(rows([1.0, 0.0] * 6), clusters, strict=True)]
        pool.cell(task, "alpha", held, {"acc,none": metric(6, 12).model_copy(update=changes)})
    table = suite_table(pool.repository, write_suite(pool, "two", ["sums", "words"], rule="macro mean"))
    mean = suite_numbers(table).lines[0].mean

    assert summary.stderr == 0.0
    assert table.tasks[0].scores["alpha"].stderr == pytest.approx(0.1256, abs=1e-3)
    assert mean is not None
    assert mean.interval is not None
    assert mean.interval[1] - mean.interval[0] > 0.5


def test_few_clusters_widen_the_mean_of_tasks(tmp_path: Path) -> None:
    """Two sources of six items on each of two tasks leave two degrees of freedom, and not the normal's quantile."""
    pool = make_pool(tmp_path / "pool", {})
    pool.models(model("alpha"))
    for task in ("sums", "words"):
        held = [replace(row, cluster=str(place // 6)) for place, row in enumerate(rows([1.0] * 5 + [0.0] * 7))]
        summary = summarise("mean", [1.0] * 5 + [0.0] * 7, [str(place // 6) for place in range(12)])
        pool.cell(task, "alpha", held, {"acc,none": metric(5, 12).model_copy(update={
            "stderr": summary.stderr, "interval": summary.interval, "n_effective": summary.n_effective})})
    table = suite_table(pool.repository, write_suite(pool, "two", ["sums", "words"], rule="macro mean"))
    mean = suite_numbers(table).lines[0].mean

    assert table.tasks[0].scores["alpha"].freedom == pytest.approx(1.0)
    assert mean is not None
    assert mean.interval is not None
    assert mean.stderr is not None
    normal = wilson(mean.value * (worth := mean.value * (1 - mean.value) / mean.stderr**2), worth)
    assert mean.interval[1] - mean.interval[0] > 1.1 * (normal[1] - normal[0])
    assert 0 <= mean.interval[0] < mean.interval[1] <= 1


@pytest.mark.parametrize("state", ["saturated", "retired", "draft"])
def test_a_task_that_is_not_active_weighs_nothing(tmp_path: Path, state: str) -> None:
    """It stays in the table with its scores and leaves the mean; who lacks it lacks nothing."""
    pool = make_pool(tmp_path / "pool")
    shutil.rmtree(pool.root / "tasks" / "words")
    pool.task("words", headline=headline(), lifecycle={"state": state, "since": "2026-03-01", "reason": "A reason."})
    suite = write_suite(pool, rule="macro mean")
    found, lines = numbers(pool, suite)
    task = suite_table(pool.repository, suite).tasks[1]

    assert (task.weight, found.block) == (0.0, ("sums", "maps"))
    assert task.scores["alpha"].value == 0.7
    assert state in (task.weightless or "")
    gamma = lines["gamma"].mean
    assert gamma is not None
    assert gamma.value == pytest.approx(0.25)
    assert lines["gamma"].coverage == 1.0


def test_near_duplicates_share_a_weight(pool: Pool) -> None:
    """Two tasks declared alike, with too few models to correlate, weigh one half each."""
    found, lines = numbers(pool, write_suite(pool, rule="macro mean", near_duplicates=[["sums", "words"]]))
    mean = lines["alpha"].mean

    assert found.weights == {"sums": 0.5, "words": 0.5, "maps": 1.0}
    assert mean is not None
    assert mean.value == pytest.approx((0.4 / 2 + 0.7 / 2 + 1.0) / 2)


def test_the_size_weighted_mean_weighs_by_items(tmp_path: Path) -> None:
    """A task of thirty items counts three times one of ten, as in the harness."""
    pool = make_pool(tmp_path / "pool", {"alpha": (4, 7, 10)})
    pool.cell("sums", "alpha", rows(right(15, 30)), {"acc,none": metric(15, 30)})
    _, lines = numbers(pool, write_suite(pool, aggregate={"metric": "acc", "weight_by_size": True}))
    mean = lines["alpha"].mean

    assert mean is not None
    assert mean.value == pytest.approx(aggregate_subtask_metrics([0.5, 0.7, 1.0], [30, 10, 10]))


def test_the_mean_stands_over_the_tasks_that_all_have(pool: Pool) -> None:
    """A model with 80% of the weight keeps its mean, and then the task it lacks is in nobody's, which is said."""
    for name in ("alpha", "beta", "gamma"):
        pool.cell("sums", name, rows(right(15, 30)), {"acc,none": metric(15, 30)})
    found, lines = numbers(pool, write_suite(pool, aggregate={"metric": "acc", "weight_by_size": True}))
    alpha, gamma = lines["alpha"].mean, lines["gamma"].mean

    assert (found.block, found.block_coverage) == (("sums", "maps"), pytest.approx(0.8))
    assert "2 of 3 tasks" in found.notes[0]
    assert alpha is not None
    assert gamma is not None
    assert (alpha.value, gamma.value) == pytest.approx(((15 + 10) / 40, (15 + 3) / 40))


def test_tasks_of_two_units_have_no_raw_mean(tmp_path: Path) -> None:
    """A mean of proportions and bits is refused; corrected for chance it may stand."""
    pool = make_pool(tmp_path / "pool")
    shutil.rmtree(pool.root / "tasks" / "words")
    pool.task("words", headline=headline(unit="bits per byte", direction="lower", chance=2.0, ceiling=0.5))
    lower = metric(7).model_copy(update={"higher_is_better": False})
    for name in ("alpha", "beta"):
        pool.cell("words", name, rows(right(7)), {"acc,none": lower})
    raw, raw_lines = numbers(pool, write_suite(pool, rule="macro mean"))
    _, corrected = numbers(pool, write_suite(pool, rule=CORRECTED))

    assert "unit" in raw.notes[0]
    assert raw_lines["alpha"].mean is None
    mean = corrected["alpha"].mean
    assert mean is not None
    assert mean.value == pytest.approx(((0.4 - 0.25) / 0.75 + 1.3 / 1.5 + 1.0) / 3)


def test_the_values_are_turned_for_comparisons(tmp_path: Path) -> None:
    """Where lower is better the score is negated, so that win rates count the right way."""
    pool = make_pool(tmp_path / "pool")
    shutil.rmtree(pool.root / "tasks" / "words")
    pool.task("words", headline=headline(direction="lower", chance=1.0, ceiling=0.0))
    names, values = oriented_values(suite_table(pool.repository, write_suite(pool, rule=CORRECTED)))

    assert names == TASKS
    assert values[:2, 1].tolist() == [-0.7, -0.6]
    assert np.isnan(values[2, 1])


def imported(pool: Pool, task: str, count: int) -> Cell:
    """Write an imported cell of ``beta`` beside our own."""
    path = pool.cell(task, "beta", rows(right(count)), {"acc,none": metric(count)}, origin="external",
                     variant="external")
    return cellfile.read_cell(path)


def test_imported_cells_enter_only_when_asked_for(pool: Pool) -> None:
    """Without asking they are left out with why; asked for they stand under their own name, marked."""
    for task in TASKS:
        imported(pool, task, 9)
    suite = write_suite(pool, rule="macro mean")
    without, _ = numbers(pool, suite)
    asked, lines = numbers(pool, suite, external=True)

    assert [line.model for line in without.lines] == ["alpha", "beta", "gamma"]
    assert any("imported" in one.reason for one in suite_table(pool.repository, suite).tasks[0].left_out)
    assert [line.model for line in asked.lines if line.external] == ["beta@external"]
    mean, own = lines["beta@external"].mean, lines["beta"].mean
    assert mean is not None
    assert mean.value == pytest.approx(0.9)
    assert own is not None
    assert own.value == pytest.approx((0.8 + 0.6 + 0.5) / 3)


def test_a_suite_of_a_task_that_is_gone_covers_less(pool: Pool) -> None:
    """A member that cannot be read is named and counts as missing for all."""
    shutil.rmtree(pool.root / "tasks" / "maps")
    suite = write_suite(pool, rule="macro mean")
    _, lines = numbers(pool, suite)

    assert "no such task" in (suite_table(pool.repository, suite).tasks[2].unusable or "")
    assert lines["alpha"].mean is None
    assert lines["alpha"].coverage == pytest.approx(2 / 3)


def test_models_without_any_cell_are_named(pool: Pool) -> None:
    """A model of the pool that was not measured is said to be so, and has no line."""
    table = suite_table(pool.repository, write_suite(pool, rule="macro mean"))

    assert table.unmeasured == ("unseen",)
    assert table.models == ("alpha", "beta", "gamma")


@pytest.fixture
def board(tmp_path: Path) -> tuple[Pool, Suite]:
    """A pool with the committed board of 2024, wholly measured on one model."""
    pool = Pool(tmp_path / "board")
    pool.models(model("alpha"), model("beta"))
    name = "open_llm_leaderboard_v2"
    suites = pool.root / "tasks" / "_suites"
    suites.mkdir()
    shutil.copy(REPOSITORY_ROOT / "tasks" / "_suites" / f"{name}.yaml", suites)
    (suite,) = pool.repository.suites()
    write_board_cells(pool, suite, "alpha")
    return pool, suite


def test_the_board_is_computed_from_its_parts(board: tuple[Pool, Suite]) -> None:
    """Every part at one half: 50 points where nothing is guessed, less where guessing gives something."""
    found, lines = numbers(*board)
    points = lines["alpha"].board
    choices = [task.choices or 0 for task in board[1].built_in.values() if task.board == "BBH"]

    assert found.unit == "points"
    assert points is not None
    assert set(points) == set(V2_TASKS)
    expected = {"IFEval": 50, "MATH Lvl 5": 50, "GPQA": 100 / 3, "MMLU-PRO": 400 / 9,
                "MuSR": (0 + 0.3 / 0.8 + (1 / 6) / (2 / 3)) * 100 / 3,
                "BBH": float(np.mean([(0.5 - 1 / one) / (1 - 1 / one) * 100 for one in choices]))}
    assert dict(points) == pytest.approx(expected)
    mean = lines["alpha"].mean
    assert mean is not None
    assert mean.value == pytest.approx(sum(expected.values()) / 6)


def test_a_board_that_lacks_a_part_has_no_number(board: tuple[Pool, Suite]) -> None:
    """One of 39 parts is missing: bounds, the points of the whole tasks, and no mean."""
    pool, _ = board
    shutil.rmtree(pool.root / "results" / "cells" / "leaderboard_gpqa_main")
    _, lines = numbers(*board)
    alpha = lines["alpha"]

    assert alpha.mean is None
    assert "1 are missing" in (alpha.why or "")
    assert alpha.board is not None
    assert set(alpha.board) == set(V2_TASKS) - {"GPQA"}
    assert alpha.limits is not None
    # At chance the part lowers the mean of three from .5 to .4167, at 1 it raises it to .6667: points 22.2 and 55.6.
    assert alpha.limits[1] - alpha.limits[0] == pytest.approx((500 / 9 - 200 / 9) / 6)


def test_another_harness_or_other_shots_do_not_enter(board: tuple[Pool, Suite]) -> None:
    """A cell of a built-in task enters only as the suite declares it; each refusal says why."""
    pool, suite = board
    ledger = pool.repository.ledger
    for name, change in (("leaderboard_ifeval", {"num_fewshot": 3}), ("leaderboard_mmlu_pro", {})):
        cell = cellfile.read_cell(ledger.cell_path(name, "alpha"))
        versions = {**cell.provenance.versions, **({} if change else {"lm_eval": "0.4.9"})}
        ledger.write_cell(replace(cell, protocol=cell.protocol.model_copy(update=change),
                                  provenance=cell.provenance.model_copy(update={"versions": versions})))
    table = suite_table(pool.repository, suite)
    reasons = {task.name: [one.reason for one in task.left_out] for task in table.tasks if task.left_out}

    assert reasons == {"leaderboard_ifeval": ["Measured with 3 shots; the suite says 0."],
                       "leaderboard_mmlu_pro": ["Measured with the harness 0.4.9; the suite says 0.4.13."]}


@pytest.mark.parametrize(("ceiling", "expected"), [({}, None), ({"ceiling": 0.9}, (0.5 - 0.25) / 0.65)])
def test_outside_boards_a_built_in_needs_its_ceiling(
    tmp_path: Path, ceiling: dict[str, float], expected: float | None
) -> None:
    """A member without a card is corrected for chance only where the suite file says its ceiling."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    group = {"board": "HellaSwag", "metrics": ["acc"], "shots": 10, "tasks": {"hellaswag": 4}, **ceiling}
    suite = write_suite(pool, "mixed", ["hellaswag"], rule=CORRECTED, harness="0.4.13", built_in=[group])
    write_board_cells(pool, suite, "alpha")
    _, lines = numbers(pool, suite)
    mean = lines["alpha"].mean

    assert (mean and mean.value) == (None if expected is None else pytest.approx(expected))


def planted(root: Path, models: int = 6, tasks: int = 6) -> tuple[Pool, Suite]:
    """A pool whose cells rise by model and fall by task."""
    pool = Pool(root)
    names, members = [f"m{one}" for one in range(models)], [f"task_{one}" for one in range(tasks)]
    pool.models(*(model(name, family=name) for name in names))
    for place, task in enumerate(members):
        pool.task(task, headline=headline(chance=0.0))
        for rank, name in enumerate(names):
            count = 12 + 4 * rank - 2 * place
            pool.cell(task, name, rows(right(count, 40)), {"acc,none": metric(count, 40)})
    return pool, write_suite(pool, "ladder", members, rule=CORRECTED)


def test_the_index_orders_what_was_planted(tmp_path: Path) -> None:
    """Six models that rise on six tasks: abilities rise from the anchor, each with an interval but the anchor's."""
    pool, suite = planted(tmp_path / "pool")
    index = suite_index(pool.repository, suite_table(pool.repository, suite), draws=20)

    assert index.found is not None, index.why
    assert (index.anchor, index.left_out) == ("m0", {})
    assert np.all(np.diff(index.found.fit.abilities) > 0)
    assert index.found.intervals[0] == (0.0, 0.0)
    assert all(low < high for low, high in index.found.intervals[1:])


def test_the_index_takes_no_imported_cell_and_no_task_without_scale(pool: Pool) -> None:
    """Three models are too few, which is said; what cannot enter is named with why."""
    for task in TASKS:
        imported(pool, task, 9)
    shutil.rmtree(pool.root / "tasks" / "maps")
    pool.task("maps", headline=headline(ceiling=None))
    suite = write_suite(pool, rule=CORRECTED)
    index = suite_index(pool.repository, suite_table(pool.repository, suite, external=True))

    assert index.models == ("alpha", "beta", "gamma")
    assert index.found is None
    assert "at least 5 models" in (index.why or "")
    assert "no ceiling" in index.left_out["maps"]
