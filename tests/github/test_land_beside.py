"""What lands beside the cells: spending, and the checks of endpoints; what is wrong with a check stops no cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.errors import BadFile, Problem, Where
from commons.github import land_beside
from commons.github.land_beside import Beside
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, write_pool
from tests.evaluate.executing import fake_plan

MODELS = endpoint_entry("http://127.0.0.1:9/v1").replace("pinned: true", "pinned: false")
NAME = "fake-endpoint"


@pytest.fixture
def pool(tmp_path: Path) -> Repository:
    """A pool of one endpoint that nobody pins."""
    return write_pool(tmp_path / "pool", [], MODELS)


def test_without_a_run_and_without_checks_there_is_nothing(tmp_path: Path) -> None:
    """A folder that is not there is as good as none: on most days nobody checks anything."""
    assert Beside(fake_plan(1), []).extras() == ()
    assert Beside(fake_plan(1), [], sentinels=tmp_path / "none").extras() == ()


def test_each_goes_to_its_own_folder(tmp_path: Path) -> None:
    """Spending needs a run's number, checks a folder."""
    (tmp_path / "checks").mkdir()
    beside = Beside(fake_plan(1), [], run="12", sentinels=tmp_path / "checks")
    assert [one.folder for one in beside.extras()] == ["spending", "sentinels"]


def test_a_check_that_does_not_hold_is_named_and_stops_nothing(pool: Repository, tmp_path: Path) -> None:
    """A forged file of checks is a problem beside the landing, and nothing of it is written."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / f"{NAME}.json").write_text(json.dumps({"model": NAME, "drifted": True}), encoding="utf-8")
    beside = Beside(fake_plan(1), [], sentinels=tmp_path / "checks")
    (extra,) = beside.extras()
    assert extra.write(pool) == ()
    assert beside.problems
    assert not (pool.ledger.root / "sentinels").exists()


def test_a_check_that_stands_already_is_landed_again(
    pool: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A landing that was stopped between writing and its commit still commits what it wrote."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / f"{NAME}.json").write_text("{}", encoding="utf-8")
    standing = pool.ledger.root / "sentinels" / f"{NAME}.json"
    standing.parent.mkdir(parents=True)
    standing.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(land_beside, "take_sentinels", lambda *_: [])
    (extra,) = Beside(fake_plan(1), [], sentinels=tmp_path / "checks").extras()
    assert list(extra.write(pool)) == [standing]


def test_problems_are_those_of_the_last_try(pool: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A landing that collects again says each problem once."""
    (tmp_path / "checks").mkdir()

    def refuse(*_: object) -> list[Path]:
        raise BadFile([Problem("sentinels", "No.", Where(Path("x")), "Yes.")])

    monkeypatch.setattr(land_beside, "take_sentinels", refuse)
    beside = Beside(fake_plan(1), [], sentinels=tmp_path / "checks")
    (extra,) = beside.extras()
    extra.write(pool)
    extra.write(pool)
    assert len(beside.problems) == 1
