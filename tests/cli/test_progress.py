"""Progress where nobody looks at a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from commons.cli.progress import LiveProgress, ShardsProgress
from commons.evaluate.progress import Noted, ShardState, Silent, read_state
from commons.plan.cells import Reason
from commons.plan.plan import Plan, PlannedCell, Shard


def test_time_left_is_reckoned_from_the_first_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the model, which comes before the first item, does not make the rest look slow."""
    clock = {"now": 0.0}
    monkeypatch.setattr("commons.cli.progress.time.monotonic", lambda: clock["now"])
    out = io.StringIO()
    progress = LiveProgress(Console(file=out))

    progress.begin("a-model", 100)
    for now, done in ((100.0, 1), (110.0, 10), (120.0, 10)):
        clock["now"] = now
        progress.advance(done)
    progress.end()

    lines = out.getvalue().splitlines()
    assert lines == ["a-model: 1 of 100 items", "a-model: 21 of 100 items, 1/s, about 79 s left",
                     "a-model: 21 of 100 items in 120 s"]


def test_money_is_said_where_there_is_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the answers have cost so far stands in each line."""
    clock = {"now": 0.0}
    monkeypatch.setattr("commons.cli.progress.time.monotonic", lambda: clock["now"])
    out = io.StringIO()
    progress = LiveProgress(Console(file=out))

    progress.begin("a-model", 2)
    clock["now"] = 20.0
    progress.spent(1.234)
    progress.advance(2)
    progress.end()

    assert out.getvalue().splitlines() == ["a-model: 2 of 2 items, $1.23 so far",
                                           "a-model: 2 of 2 items in 20 s, $1.23 so far"]


def test_a_workflow_gets_lines_even_where_it_says_that_it_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars that redraw themselves fill a log."""
    out = io.StringIO()
    monkeypatch.setenv("CI", "true")
    progress = LiveProgress(Console(file=out, force_terminal=True))

    progress.begin("a-model", 100)
    for _ in range(100):
        progress.advance(1)
    progress.end()

    assert out.getvalue().splitlines() == ["a-model: 100 of 100 items in 0 s"]


def plan() -> Plan:
    """A plan of two shards: one of 90 requests, one of 10."""
    cells = tuple(PlannedCell(f"task-{requests}", "m", Reason.NEW, requests, 0, 0, 1.0, 0.0) for requests in (90, 10))
    return Plan("0" * 64, None, {cell.task: "1" * 64 for cell in cells}, {"m": "2" * 64}, cells,
                (Shard(1, (0,), 1, 1.0, 0.0), Shard(2, (1,), 1, 1.0, 0.0)))


def test_all_shards_together_count_by_their_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line every 15 seconds: done, rate, time left, money, and how far each shard is that has begun."""
    clock = {"now": 0.0}
    monkeypatch.setattr("commons.cli.progress.time.monotonic", lambda: clock["now"])
    out = io.StringIO()
    with ShardsProgress(plan(), Console(file=out)) as progress:
        for now, state in ((5.0, ShardState("rendering tasks", 1, 1)), (15.0, ShardState("shard 1", 50, 100, 0.5)),
                           (20.0, ShardState("shard 1", 60, 100, 0.6)), (30.0, ShardState("shard 1", 100, 100, 1.0))):
            clock["now"] = now
            progress.look({1: state, 2: ShardState()})

    assert out.getvalue().splitlines() == [
        "all shards: 45 of 100 requests, 3/s, about 18 s left, $0.50 so far (1: shard 1 50/100)",
        "all shards: 90 of 100 requests, 3/s, about 3 s left, $1.00 so far (1: shard 1 100/100)",
    ]


def test_bars_of_shards_are_drawn_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for all, one for each shard that has begun."""
    monkeypatch.delenv("CI", raising=False)
    out = io.StringIO()
    with ShardsProgress(plan(), Console(file=out, force_terminal=True, width=120)) as progress:
        progress.look({1: ShardState("shard 1", 50, 100, 0.5), 2: ShardState()})

    assert "all shards" in out.getvalue()
    assert "50/100" in out.getvalue()
    assert "shard 2" not in out.getvalue()


def test_a_process_notes_its_progress_for_whoever_started_it(tmp_path: Path) -> None:
    """The file is whole at every moment, and says what is counted, how far, and what it cost."""
    path = tmp_path / "state.json"
    clock = {"now": 0.0}
    progress = Noted(Silent(), path, lambda: clock["now"])
    assert read_state(path) == ShardState()

    progress.begin("shard 1", 10)
    progress.spent(0.25)
    progress.advance(4)
    early = read_state(path)
    clock["now"] = 2.0
    progress.advance(1)
    later = read_state(path)
    progress.advance(5)
    progress.end()

    assert [early, later, read_state(path)] == [
        ShardState("shard 1", 0, 10), ShardState("shard 1", 5, 10, 0.25), ShardState("shard 1", 10, 10, 0.25)]
