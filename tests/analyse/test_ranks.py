"""From the cells of a task to ranked lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from commons.analyse.entering import Entering, entering
from commons.analyse.matrix import matrix_of
from commons.analyse.ranks import ranks_of, sets_of
from commons.pool.cell import Metric, Outcome, Row
from tests.publish.synthetic import Pool, model, rows


def scores(right: int, items: int = 100) -> list[Row]:
    """A model that is right on the first items."""
    return rows([1.0] * right + [0.0] * (items - right))


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Four models on one task: two at the top that differ by one item, one in the middle, one far behind."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"), model("delta"))
    pool.task("sums")
    for name, right in (("alpha", 20), ("beta", 80), ("gamma", 81), ("delta", 50)):
        pool.cell("sums", name, scores(right))
    return pool


def chosen(pool: Pool, task: str = "sums") -> Entering:
    """The cells that enter."""
    return entering(pool.repository, pool.repository.tasks({task})[0][0])


def statistics(values: list[tuple[float, ...]]) -> list[Row]:
    """Rows of a metric that is no mean over items."""
    return [Row(item=f"s{number}", repeat=0, outcome=Outcome.SCORED, scores=(value,))
            for number, value in enumerate(values)]


def test_lines_stand_by_value_with_their_range(pool: Pool) -> None:
    """The best first; those that cannot be told apart share a range."""
    found = ranks_of(chosen(pool))

    assert [(line.model, line.place) for line in found.lines] == [
        ("gamma", "1-2"), ("beta", "1-2"), ("delta", "3"), ("alpha", "4")]
    assert found.right_or_wrong
    assert found.may_be_best == ("gamma", "beta")
    assert found.ties == (("gamma", "beta"),)
    assert (found.lines[0].value, found.lines[0].n, found.items) == (0.81, 100, 100)
    assert found.lines[0].interval == pytest.approx((0.7222, 0.8749), abs=1e-3)
    assert found.unknown == ""


def test_where_lower_is_better_the_lowest_is_first(tmp_path: Path) -> None:
    """The card's direction decides, and the values stay as they are."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", headline={"metric": "acc", "direction": "lower", "unit": "proportion"})
    pool.cell("sums", "alpha", scores(90))
    pool.cell("sums", "beta", scores(10))

    assert [(line.model, line.value, line.place) for line in ranks_of(chosen(pool)).lines] == [
        ("beta", 0.1, "1"), ("alpha", 0.9, "2")]


def test_what_does_not_enter_has_no_place_and_is_named(pool: Pool) -> None:
    """A partial cell and a broken file leave the ranks, each with its reason."""
    unscored = Row(item="s99", repeat=0, outcome=Outcome.NOT_RUN, scores=(None,))
    pool.cell("sums", "beta", [*scores(80, 99), unscored])
    (pool.root / "results/cells/sums/gamma.json").write_text("{}")

    found = ranks_of(chosen(pool))

    assert [(line.model, line.place) for line in found.lines] == [("delta", "1"), ("alpha", "2")]
    assert {(one.model, one.reason.split(":")[0]) for one in found.left_out} == {
        ("beta", "Partial"), ("gamma", "Its file is broken")}


def test_without_cells_there_are_no_places_and_the_reason_is_said(tmp_path: Path) -> None:
    """No line, and no rank of nothing."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")

    found = ranks_of(chosen(pool))

    assert found.lines == ()
    assert found.unknown == "No cell enters the comparison."


def test_items_of_one_source_count_once(pool: Pool) -> None:
    """Where all items come from four sources, thirty of them settle no order."""
    for name, right in (("alpha", 20), ("delta", 50)):
        held = [Row(item=f"s{number}", repeat=0, outcome=Outcome.SCORED, scores=(float(number < right),),
                    cluster=str(number // 25)) for number in range(100)]
        pool.cell("sums", name, held)
    (pool.root / "results/cells/sums/beta.json").unlink()
    (pool.root / "results/cells/sums/gamma.json").unlink()

    assert [line.place for line in ranks_of(chosen(pool)).lines] == ["1-2", "1-2"]


def test_a_headline_that_is_no_mean_is_ranked_by_resampling_it(tmp_path: Path) -> None:
    """Bits per byte: a model that is better on every text is first; the two that are the same are not ordered."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"), model("gamma"))
    pool.task("sums", headline={"metric": "bits", "direction": "lower", "unit": "bits per byte"})
    random = np.random.default_rng(4)
    sizes = random.integers(200, 400, 40).tolist()
    for name, rate in (("alpha", 1.0), ("beta", 0.8), ("gamma", 0.8)):
        noise = np.random.default_rng(5).normal(1, 0.05, 40)
        values = [(-float(rate * size * part), float(size)) for size, part in zip(sizes, noise, strict=True)]
        total = -sum(pair[0] for pair in values) / sum(sizes) / np.log(2)
        metric = Metric(value=float(total), stderr=None, interval=None, method="none", n=40,
                        aggregation="bits_per_byte", higher_is_better=False)
        pool.cell("sums", name, statistics(values), {"bits,none": metric}, names=("bits,none",))

    found = ranks_of(chosen(pool))

    assert [(line.model, line.place) for line in found.lines] == [("beta", "1-2"), ("gamma", "1-2"), ("alpha", "3")]
    assert "bootstrap" in found.multiplicity
    matrix = matrix_of(chosen(pool))
    assert matrix is not None
    assert sets_of(matrix).best == sets_of(matrix).best


def test_a_headline_that_cannot_be_computed_has_no_places(tmp_path: Path) -> None:
    """A rate over no bytes is no number: the reason is said, and no place is guessed."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums", headline={"metric": "bits", "direction": "lower", "unit": "bits per byte"})
    metric = Metric(value=1.0, stderr=None, interval=None, method="none", n=3, aggregation="bits_per_byte",
                    higher_is_better=False)
    for name in ("alpha", "beta"):
        pool.cell("sums", name, statistics([(-1.0, 0.0)] * 3), {"bits,none": metric}, names=("bits,none",))

    found = ranks_of(chosen(pool))

    assert found.lines == ()
    assert found.unknown.startswith("The places cannot be computed")
    assert json.dumps(found.unknown)


@pytest.mark.parametrize("state", ["saturated", "retired"])
def test_nothing_is_ranked_by_a_task_that_is_solved_or_out_of_use(pool: Pool, state: str) -> None:
    """Its values stay on its page; its places would order models by noise."""
    pool.task("solved", lifecycle={"state": state, "since": "2026-02-01", "reason": "Solved."})
    for name, right in (("alpha", 99), ("beta", 100)):
        pool.cell("solved", name, scores(right))

    found = ranks_of(chosen(pool, "solved"))

    assert found.lines == ()
    assert found.unknown == f"The card says {state} since 2026-02-01; nothing is ranked by it."
