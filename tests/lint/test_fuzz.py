"""Whatever is done to a task folder, lint ends with a report. ``make measure`` does this for ten minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from commons.lint import runner
from commons.lint.render import FORMATS
from tests.fuzzing import Damage, damages, lint_damaged
from tests.lint.builders import NAMES, write_task


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(several=damages)
def test_damage_gives_findings_and_no_failure(
    name: str, several: list[Damage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged task of any output type gives a report that every format can show."""
    monkeypatch.setattr(runner, "BASE_SECONDS", 2.0)
    with tempfile.TemporaryDirectory() as scratch:
        report = lint_damaged(write_task(Path(scratch), name), several)
        for render in FORMATS.values():
            render(report).encode("utf-8", "backslashreplace")
