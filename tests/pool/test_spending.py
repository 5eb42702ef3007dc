"""What was spent: one strict file for each run, and the sum of a month."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.pool.sentinels import appended, sentinel_path
from commons.pool.sentinels import to_text as sentinels_text
from commons.pool.spending import Spending, month_of, read_spending, spending_path, spent_in, to_text
from tests.pool.checks import check


def put(results: Path, month: str, run: str, **by_model: float) -> Path:
    """Write what a run spent."""
    path = spending_path(results, month, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_text(Spending(run=run, month=month, dollars=sum(by_model.values()), by_model=by_model)))
    return path


def test_a_month_is_the_sum_of_its_runs_and_of_its_checks(tmp_path: Path) -> None:
    """Other months do not count; a check of sentinels costs too; a pool that spent nothing spent nothing."""
    put(tmp_path, "2026-11", "17-1", one=1.25, two=0.5)
    put(tmp_path, "2026-11", "18-1", one=0.25)
    put(tmp_path, "2026-10", "16-1", one=100.0)
    path = sentinel_path(tmp_path, "served")
    path.parent.mkdir()
    path.write_text(sentinels_text(appended(None, "served", check(day=2, dollars=0.125))))

    assert spent_in(tmp_path, "2026-11") == 2.125
    assert spent_in(tmp_path, "2026-10") == 100.0
    assert spent_in(tmp_path / "nothing", "2026-11") == 0.0


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """The same values, and the same bytes."""
    path = put(tmp_path, "2026-11", "17-1", one=1.25)

    assert to_text(read_spending(path)) == path.read_text()


@pytest.mark.parametrize("change", [
    {"dollars": 0.0}, {"dollars": -1.0}, {"run": "../x"}, {"run": "18-1"}, {"month": "2026-12"}, {"month": "november"},
    {"by_model": {"one": -1.0}}, {"by_model": {"../one": 1.25}}, {"note": "cheap"}, {"schema_version": 2},
    {"dollars": float("nan")}, {"dollars": 1e300, "by_model": {"one": 1e300}},
])
def test_a_file_that_does_not_hold_is_refused_and_the_month_is_not_known(
    tmp_path: Path, change: dict[str, object]
) -> None:
    """Less would be counted than was spent, so nothing is; the file is named."""
    path = put(tmp_path, "2026-11", "17-1", one=1.25)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    with pytest.raises(BadFile) as caught:
        spent_in(tmp_path, "2026-11")

    assert caught.value.where is not None
    assert caught.value.where.path == path


def test_a_month_is_counted_in_utc() -> None:
    """An hour before midnight in New York is the next month."""
    zone = datetime.timezone(datetime.timedelta(hours=-5))

    assert month_of(datetime.datetime(2026, 11, 30, 23, tzinfo=zone)) == "2026-12"
    with pytest.raises(ValueError, match="no month"):
        spent_in(Path(), "../2026-11")
