"""Progress where nobody looks at a terminal."""

import io

import pytest
from rich.console import Console

from commons.cli.progress import LiveProgress


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
    assert lines == ["a-model: 1 of 100 items", "a-model: 21 of 100 items, about 79 s left",
                     "a-model: 21 of 100 items in 120 s"]
