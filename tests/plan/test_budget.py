"""Budgets: what tells most for its cost comes first, and nothing is spent beyond the limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.errors import CannotRun
from commons.plan.budget import Budget, information, parse_budget, within
from tests.plan.making import outline, planned


@pytest.mark.parametrize(
    ("text", "budget"),
    [("20USD", Budget(dollars=20)), ("6h", Budget(seconds=21_600)), ("90m", Budget(seconds=5_400)),
     ("20USD,6h", Budget(20, 21_600)), ("1.5h, 0.25 usd", Budget(0.25, 5_400)), ("0USD", Budget(dollars=0))],
)
def test_money_and_time_can_be_limited(text: str, budget: Budget) -> None:
    """Dollars, hours and minutes are read, alone or both kinds together."""
    assert parse_budget(text) == budget


@pytest.mark.parametrize("text", ["", "20", "USD", "-5USD", "6 hours", "20USD,", "1e9h", "nanUSD", "20EUR", "٣h x"])
def test_what_is_no_budget_says_what_one_looks_like(text: str) -> None:
    """The message quotes what was given and shows what to write."""
    with pytest.raises(CannotRun, match="is no budget") as caught:
        parse_budget(text)

    assert "--budget 20USD" in caught.value.mend
    assert caught.value.exit_code == 2


def test_one_kind_of_limit_is_given_once() -> None:
    """Two times contradict each other."""
    with pytest.raises(CannotRun, match="limits the time twice"):
        parse_budget("6h,90m")


def test_a_task_that_models_half_solve_tells_most() -> None:
    """Midway between chance and ceiling an item tells most, on a solved task little; an unknown task is taken best."""
    task = outline(chance=0.25, ceiling=None)

    assert information(task, []) == information(task, [0.625]) == task.items
    assert information(task, [1.0, 1.0]) < 0.05 * task.items
    assert 0 < information(task, [0.25]) < 0.05 * task.items
    assert information(task, [0.1]) == information(task, [0.25])


def test_a_headline_without_a_scale_counts_as_unknown() -> None:
    """Bits per byte lie between no chance and no ceiling: nothing can be said of how hard the task is."""
    assert information(outline(unit="bits per byte", chance=None), [1.2]) == 10


def test_what_tells_most_for_its_cost_is_kept_and_the_rest_is_left_out() -> None:
    """Of three cells at a dollar each, two fit into two dollars: those of the tasks that tell more."""
    cells = [planned("dull", "m", dollars=1.0), planned("telling", "m", dollars=1.0), planned("good", "m", dollars=1.0)]

    kept, left = within(Budget(dollars=2), cells, {"dull": 1, "telling": 9, "good": 5}, {"m": 0.0})

    assert (kept, left) == ([1, 2], [0])


def test_a_smaller_cell_still_fits_after_a_larger_did_not() -> None:
    """What does not fit is passed over, not the end of the list."""
    cells = [planned("large", "m", dollars=5.0), planned("small", "m", dollars=0.5)]

    assert within(Budget(dollars=1), cells, {"large": 100, "small": 1}, {"m": 0.0}) == ([1], [0])


def test_what_is_free_stays_under_a_limit_on_money_alone() -> None:
    """A model that costs only compute takes nothing from a budget of dollars."""
    cells = [planned("one", "own", seconds=10**6), planned("one", "priced", dollars=0.01)]

    assert within(Budget(dollars=0), cells, {"one": 10}, {"own": 60.0, "priced": 0.0}) == ([0], [1])


def test_loading_a_model_takes_from_the_time_once() -> None:
    """Two minutes pay for loading one model and two of its cells, or for nothing of a model that loads for longer."""
    cells = [planned("one", "quick", 30), planned("two", "quick", 30), planned("one", "slow", 5)]

    kept, left = within(Budget(seconds=120), cells, {"one": 10, "two": 10}, {"quick": 60.0, "slow": 300.0})

    assert (kept, left) == ([0, 1], [2])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100), st.floats(0, 5)), max_size=30),
       st.floats(0, 300), st.floats(0, 20))
def test_no_budget_is_ever_overspent(cells: list[tuple[str, float, float]], seconds: float, dollars: float) -> None:
    """Whatever the cells, what is kept fits both limits with its loads, and each cell is either kept or left out."""
    made = [planned(f"t{number}", name, time, cost) for number, (name, time, cost) in enumerate(cells)]
    loads = {"a": 0.0, "b": 20.0, "c": 90.0}

    kept, left = within(Budget(dollars, seconds), made, {cell.task: 5.0 for cell in made}, loads)

    assert sorted(kept + left) == list(range(len(made)))
    assert sum(made[place].dollars for place in kept) <= dollars + 1e-6
    spent = sum(made[place].seconds for place in kept) + sum(loads[name] for name in {made[p].model for p in kept})
    assert spent <= seconds + 1e-6
