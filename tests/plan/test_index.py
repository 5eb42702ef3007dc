"""The index of the ledger: a cell file is read whole once, again when it looks different, and named when damaged."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.plan.index import Index
from commons.plan.memo import Memo
from commons.pool.ledger import Ledger
from tests.plan.making import LATER
from tests.publish.synthetic import Pool, model, rows


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """A pool with two cells of one task."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    for name in ("alpha", "beta"):
        pool.cell("sums", name, rows([1.0, 0.0, 1.0]))
    return pool


def shelf(pool: Pool, memo: Memo, now: int = LATER) -> tuple[dict[str, float], int, list[str]]:
    """A task's headlines by model, how many files were opened, and the names of broken ones."""
    index = Index(pool.repository.ledger, memo, lambda: now)
    found = index.shelf("sums")
    return ({name: round(head.values.get("acc,none", -1), 3) for name, head in found.heads.items()}, index.read,
            [one.path.name for one in found.broken])


def test_unchanged_cells_are_not_read_again(tmp_path: Path, pool: Pool) -> None:
    """A second look opens no file; another cell opens that one."""
    with Memo(tmp_path / "memo.sqlite") as memo:
        assert shelf(pool, memo) == ({"alpha": 0.667, "beta": 0.667}, 2, [])
        assert shelf(pool, memo) == ({"alpha": 0.667, "beta": 0.667}, 0, [])
        pool.cell("sums", "beta", rows([0.0, 0.0, 1.0]))
        assert shelf(pool, memo) == ({"alpha": 0.667, "beta": 0.333}, 1, [])
        pool.repository.ledger.cell_path("sums", "alpha").unlink()
        assert shelf(pool, memo) == ({"beta": 0.333}, 0, [])


def test_a_cell_that_was_written_only_just_now_is_read_again(tmp_path: Path, pool: Pool) -> None:
    """The racy rule holds for cells too."""
    now = time.time_ns()
    with Memo(tmp_path / "memo.sqlite") as memo:
        assert shelf(pool, memo, now)[1] == 2
        assert shelf(pool, memo, now)[1] == 2
        assert shelf(pool, memo)[1] == 2
        assert shelf(pool, memo)[1] == 0


def test_only_canonical_cells_stand_on_the_shelf(tmp_path: Path, pool: Pool) -> None:
    """Variants, half-written files and whatever else lies there are passed by."""
    folder = pool.repository.ledger.cell_path("sums", "alpha").parent
    pool.cell("sums", "alpha", rows([1.0]), variant="shifted")
    (folder / ".gamma.json.x.part").write_text("{")
    (folder / "notes.txt").write_text("hello")

    with Memo(tmp_path / "memo.sqlite") as memo:
        assert set(shelf(pool, memo)[0]) == {"alpha", "beta"}
        assert Index(pool.repository.ledger, memo, lambda: LATER).tasks() == ["sums"]
        assert Index(Ledger(tmp_path / "none"), memo, lambda: LATER).tasks() == []


@pytest.mark.parametrize(
    "damage",
    [lambda _: "", lambda text: text[:300], lambda text: text.replace('"sums"', '"other"'),
     lambda text: text.replace('"schema_version": 2', '"schema_version": 1'),
     lambda text: text.replace('"publish": "samples"', '"publish": "all"'),
     lambda text: text.replace('"seconds": 61.5', '"seconds": -1'),
     lambda text: text.replace('"scored": 3', '"scored": "many"'), lambda _: "[" * 100_000,
     lambda text: text.replace('"rows": [\n', '"rows": [\n<<<<<<< HEAD\n'),
     lambda text: text.replace('"scored": 3', '"scored": 4'), lambda text: text.replace("  [", "  [1, ", 1)],
    ids=["empty", "cut", "another task", "old version", "unknown level", "negative time", "no count", "deep",
         "conflict markers among rows", "edited outcomes", "a row of another shape"],
)
def test_a_broken_cell_file_is_named_and_hides_no_other(tmp_path: Path, pool: Pool, damage: object) -> None:
    """It is listed with its place and a mend each time, and the others stand."""
    path = pool.repository.ledger.cell_path("sums", "alpha")
    text = path.read_text()
    path.write_text(damage(text))  # type: ignore[operator]
    assert path.read_text() != text

    with Memo(tmp_path / "memo.sqlite") as memo:
        assert shelf(pool, memo)[::2] == ({"beta": 0.667}, ["alpha.json"])
        assert shelf(pool, memo) == ({"beta": 0.667}, 1, ["alpha.json"])
        found = Index(pool.repository.ledger, memo, lambda: LATER).shelf("sums")

    assert isinstance(found.broken[0].error, BadFile)
    assert found.broken[0].error.mend


def test_another_program_reads_every_cell_again(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one program took for a whole cell, another may not."""
    with Memo(tmp_path / "memo.sqlite") as memo:
        assert shelf(pool, memo)[1] == 2
        monkeypatch.setattr("commons.plan.index.code_digest", lambda *_: "another")
        assert shelf(pool, memo)[1] == 2
        assert shelf(pool, memo)[1] == 0
