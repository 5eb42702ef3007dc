"""Caps on money: no plan can cost more than is left, whatever its cells turn out to cost, and each says which cap."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from commons.plan.caps import Caps, under
from commons.plan.packing import pack
from commons.plan.plan import PlannedCell
from tests.plan.making import planned

LOADS = {"served": 0.0, "own": 9.0}


def priced(task: str, most: float, dollars: float | None = None) -> PlannedCell:
    """A new cell of an endpoint that costs ``most`` at worst."""
    usual = most / 4 if dollars is None else dollars
    return dataclasses.replace(planned(task, "served", dollars=usual), most_dollars=most)


def test_the_tighter_cap_counts_and_is_named() -> None:
    """The month's is less what was spent; one that was overspent leaves nothing, and never less."""
    run, month = Caps(per_run=5, per_month=20, month="2026-11", spent=3), Caps(5, 20, "2026-11", 18.5)

    assert (run.left, run.words) == (5, "the cap of $5.00 a run")
    assert (month.left, month.words) == (1.5, "the cap of $20.00 a month, of which $18.50 is spent in 2026-11")
    assert Caps(None, 20, "2026-11", 30).left == 0
    assert not Caps().given
    assert Caps(per_run=0).given


def test_what_can_cost_most_is_held_against_the_cap_and_not_what_it_should_cost() -> None:
    """A cell that should cost a quarter and may cost two dollars does not fit into one."""
    kept, out = under(Caps(per_run=1), [priced("a", 2.0, 0.25), priced("b", 1.0)], {"a": 9, "b": 1}, LOADS)

    assert [cell.task for cell in kept] == ["b"]
    assert [(one.task, one.why) for one in out] == [("a", "the cap of $1.00 a run")]


def test_under_a_cap_of_nothing_only_what_is_free_is_planned() -> None:
    """Models that run here and cells whose answers are stored stay; no cell that costs money does."""
    cells = [planned("a", "own"), priced("a", 0.000001), priced("b", 0.0)]

    kept, out = under(Caps(per_run=0), cells, {"a": 5, "b": 5}, LOADS)

    assert kept == [cells[0], cells[2]]
    assert [one.why for one in out] == ["the cap of $0 a run"]


@given(st.lists(st.floats(0, 5), max_size=20), st.floats(0, 20), st.floats(0, 30))
def test_no_plan_goes_beyond_what_is_left(costs: list[float], month: float, spent: float) -> None:
    """Whatever the cells, the most that all shards may spend together is no more than the caps leave."""
    caps = Caps(per_run=7.5, per_month=month, month="2026-11", spent=spent)
    cells = [priced(f"t{number}", round(most, 6)) for number, most in enumerate(costs)]

    kept, out = under(caps, cells, {cell.task: 5.0 for cell in cells}, LOADS)
    shards = pack(kept, LOADS, minutes=1, capped=True)

    assert len(kept) + len(out) == len(cells)
    assert sum(shard.most_dollars or 0.0 for shard in shards) <= min(7.5, max(0.0, month - spent)) + 1e-6
    assert all(shard.most_dollars is not None for shard in shards)


def test_without_a_cap_no_shard_has_a_stop() -> None:
    """Who sets no cap in the terminal is stopped nowhere."""
    assert [shard.most_dollars for shard in pack([priced("a", 2.0)], LOADS)] == [None]
