"""Packing: the longest first, a model's cells together, every cell once, and the same shards every time."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from commons.plan.packing import MOST_SHARDS, pack
from tests.plan.making import planned

CELLS = st.lists(st.tuples(st.integers(0, 5), st.floats(0, 20_000)), max_size=60)


@given(CELLS, st.floats(0, 600), st.integers(1, 12))
def test_every_cell_stands_in_one_shard_and_no_more_shards_than_asked_for(
    drawn: list[tuple[int, float]], load: float, most: int
) -> None:
    """Whatever the cells, each is packed once, shards are numbered from 1, and their times add up."""
    cells = [planned(f"task{number}", f"m{one}", seconds) for number, (one, seconds) in enumerate(drawn)]

    shards = pack(cells, {f"m{number}": load for number in range(6)}, most=most)

    assert sorted(place for shard in shards for place in shard.cells) == list(range(len(cells)))
    assert [shard.number for shard in shards] == list(range(1, len(shards) + 1))
    assert len(shards) <= most
    for shard in shards:
        models = {cells[place].model for place in shard.cells}
        seconds = sum(cells[place].seconds for place in shard.cells) + load * len(models)
        assert shard.loads == len(models)
        assert abs(shard.seconds - seconds) < 0.1 + 1e-6 * seconds


def test_small_work_is_one_shard() -> None:
    """Three minutes of work on two models are not spread over two hundred machines."""
    cells = [planned("one", "m0"), planned("two", "m0"), planned("one", "m1")]

    (shard,) = pack(cells, {"m0": 10.0, "m1": 10.0})

    assert shard.cells == (0, 1, 2)
    assert shard.loads == 2
    assert shard.seconds == 200.0


def test_a_models_cells_stay_together_while_they_fit() -> None:
    """Four models of twenty minutes each, in half-hour shards: each is loaded once."""
    cells = [planned(f"task{number}", f"m{one}", 120) for one in range(4) for number in range(10)]

    shards = pack(cells, {f"m{one}": 300.0 for one in range(4)})

    assert [shard.loads for shard in shards] == [1, 1, 1, 1]
    assert all(len({cells[place].model for place in shard.cells}) == 1 for shard in shards)


def test_one_large_model_is_spread_and_pays_for_each_load() -> None:
    """Ten hours of one model become shards of about half an hour, each of which loads it."""
    cells = [planned(f"task{number:03d}", "m0", 360) for number in range(100)]

    shards = pack(cells, {"m0": 60.0})

    assert 20 <= len(shards) <= 25
    assert all(shard.loads == 1 for shard in shards)
    assert max(shard.seconds for shard in shards) <= 1.25 * 1800


def test_shards_are_about_as_long_as_each_other() -> None:
    """Over random work the longest shard stays within four thirds of an even share and one cell (Graham's bound)."""
    draw = random.Random(3)  # noqa: S311
    cells = [planned(f"task{number}", f"m{number % 7}", draw.uniform(10, 900)) for number in range(300)]
    loads = {f"m{number}": 30.0 for number in range(7)}

    shards = pack(cells, loads, most=16)

    even = sum(shard.seconds for shard in shards) / len(shards)
    assert len(shards) == 16
    assert shards[0].seconds <= 4 / 3 * even + 900


def test_equal_plans_are_packed_alike_and_never_over_the_limit_of_a_matrix() -> None:
    """Thousands of equal cells give the same shards twice, and no more than a matrix takes."""
    cells = [planned(f"task{number}", f"m{number % 300}", 600) for number in range(3_000)]
    loads = {f"m{number}": 20.0 for number in range(300)}

    shards = pack(cells, loads)

    assert len(shards) == MOST_SHARDS
    assert shards == pack(cells, loads)
    assert pack([], {}) == ()
