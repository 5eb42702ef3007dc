"""``commons import`` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from tests.builders import choice_task, write_pool
from tests.cli.running import commons

OPTIONS = ("--task", "sums", "--model", "some-model", "--source", "https://example.org/x", "--measured", "2026-01-02")


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """A pool, and a file of outcomes beside it."""
    write_pool(tmp_path, [choice_task()])
    (tmp_path / "outcomes.csv").write_text("id,right\na,1\nb,0\nc,1\n", encoding="utf-8")
    return tmp_path


def test_an_import_is_written_once_and_verifies(pool: Path) -> None:
    """The cell stands beside our own; a second import of it is refused until it is asked for."""
    given = ("import", "outcomes.csv", *OPTIONS, "--item", "id", "--score", "right")

    first = commons(*given, cwd=pool)
    again = commons(*given, cwd=pool)
    replaced = commons(*given, "--replace", "--json", cwd=pool)

    assert first.code == 0
    assert "some-model@external.json: 3 items, external" in first.out
    assert again.code == 2
    assert "--replace" in again.err
    assert json.loads(replaced.out)["metrics"]["acc,none"]["n"] == 3
    assert commons("verify", cwd=pool).code == 0


def test_what_is_missing_is_said_before_anything_is_read(pool: Path) -> None:
    """Without the columns, a date in the address or a plain name nothing is written, and the option is named."""
    without = commons("import", "outcomes.csv", *OPTIONS, cwd=pool)
    named = commons("import", "outcomes.csv", *OPTIONS, "--model", "../evil", "--item", "id", "--score", "right",
                    cwd=pool)

    assert (without.code, named.code) == (2, 2)
    assert "--item COLUMN --score COLUMN" in without.err
    assert "--model" in named.err
    assert not (pool / "results").exists()


def test_a_dry_run_writes_nothing(pool: Path) -> None:
    """The numbers are shown and the ledger stays as it is."""
    ran = commons("import", "outcomes.csv", *OPTIONS, "--item", "id", "--score", "right", "--dry-run", cwd=pool)

    assert ran.code == 0
    assert "Would write" in ran.out
    assert not list(pool.rglob("*@external.json"))


def test_an_imported_cell_enters_no_plan_and_no_rank(pool: Path) -> None:
    """An external cell of a task and model of the pool does not pass for our measurement."""
    commons("import", "outcomes.csv", *OPTIONS[2:], "--task", "pick", "--model", "smollm2-135m-instruct",
            "--item", "id", "--score", "right", cwd=pool)
    from commons.analyse.entering import entering
    from commons.pool.repository import Repository

    repository = Repository(pool)
    seen = entering(repository, repository.tasks()[0][0])

    assert seen.cells == ()
    assert [one.variant for one in seen.left_out] == ["external"]
