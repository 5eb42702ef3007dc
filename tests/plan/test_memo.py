"""The memo: quick where nothing changed, never trusted where something may have, made again when it is damaged."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.harness.sandbox import Confinement
from commons.plan.index import Index
from commons.plan.memo import Memo
from commons.plan.outline import TaskOutline
from commons.plan.outlines import Maker, Outlines
from commons.plan.signatures import RACY_NANOSECONDS, folder_signature
from commons.plan.watching import Nobody
from commons.pool.hashing import folder_digest
from commons.pool.ledger import Ledger
from tests.plan.making import LATER, outline
from tests.publish.synthetic import Pool, model, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A task folder of two files."""
    path = tmp_path / "sums"
    (path / "data").mkdir(parents=True)
    (path / "sums.yaml").write_text("task: sums\n")
    (path / "data" / "test.jsonl").write_text("{}\n")
    return path


def making(made: list[str]) -> Maker:
    """A maker that notes what it was asked for; a folder with a file ``broken`` cannot be made."""

    def make(folder: Path) -> tuple[TaskOutline, bytes]:
        made.append(folder.name)
        if (folder / "broken").exists():
            raise ValueError("it is broken")
        return outline(folder.name, task_hash=folder_digest(folder)), b""

    return make


def load(memo: Memo, folder: Path, now: int = LATER) -> tuple[list[TaskOutline], list[str], list[str]]:
    """Load one folder: the outlines, the names of broken tasks, what had to be made."""
    made: list[str] = []
    outlines = Outlines(memo, making(made), Confinement.SANDBOX, lambda: now)
    found, broken = outlines.load([folder], Nobody())
    return found, [one.task for one in broken], made


def test_an_unchanged_folder_is_made_once(tmp_path: Path, folder: Path) -> None:
    """The second load gives the same outline without making it, in this process and in the next."""
    with Memo(tmp_path / "memo.sqlite") as memo:
        first, _, made = load(memo, folder)
    with Memo(tmp_path / "memo.sqlite") as memo:
        second, _, again = load(memo, folder)

    assert (made, again) == (["sums"], [])
    assert first == second


@pytest.mark.parametrize("change", ["content", "name", "new", "gone", "link"])
def test_a_changed_folder_is_made_again(tmp_path: Path, folder: Path, change: str) -> None:
    """Another content, name, file or link target is another folder."""
    (folder / "link").symlink_to("sums.yaml")
    with Memo(tmp_path / "memo.sqlite") as memo:
        before, _, _ = load(memo, folder)
        data = folder / "data" / "test.jsonl"
        if change == "content":
            data.write_text("[]\n")
        elif change == "name":
            data.rename(folder / "data" / "other.jsonl")
        elif change == "new":
            (folder / "README.md").write_text("hello")
        elif change == "gone":
            data.unlink()
        else:
            (folder / "link").unlink()
            (folder / "link").symlink_to("data")
        after, _, made = load(memo, folder)

    assert made == ["sums"]
    assert before[0].task_hash != after[0].task_hash


def test_what_changed_only_just_now_is_never_trusted(tmp_path: Path, folder: Path) -> None:
    """A file edited twice within a tick of the clock, to the same size, is seen: its look was not believed."""
    data = folder / "data" / "test.jsonl"
    now = time.time_ns()
    assert not folder_signature(folder, now).settled
    assert folder_signature(folder, now + 2 * RACY_NANOSECONDS).settled
    with Memo(tmp_path / "memo.sqlite") as memo:
        before, _, _ = load(memo, folder, now)
        stat = data.stat()
        data.write_text("[]\n")
        os.utime(data, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        after, _, made = load(memo, folder, now)

    assert made == ["sums"]
    assert before[0].task_hash != after[0].task_hash


def test_a_file_from_the_future_is_never_trusted(folder: Path) -> None:
    """A clock that was set back leaves files whose time is still to come: they could change unseen."""
    ahead = time.time_ns() + 3_600_000_000_000
    os.utime(folder / "sums.yaml", ns=(ahead, ahead))

    assert not folder_signature(folder, time.time_ns() + 2 * RACY_NANOSECONDS).settled


def test_setting_the_time_back_does_not_hide_an_edit(tmp_path: Path, folder: Path) -> None:
    """Content of the same size with the old time of change: the time of the entry itself gives it away."""
    data = folder / "data" / "test.jsonl"
    with Memo(tmp_path / "memo.sqlite") as memo:
        load(memo, folder)
        stat = data.stat()
        data.write_text("[]\n")
        os.utime(data, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        _, _, made = load(memo, folder)

    assert made == ["sums"]


def test_a_broken_task_is_named_and_tried_again(tmp_path: Path, folder: Path) -> None:
    """It has no outline and stops no other; mended, it is made."""
    (folder / "broken").write_text("")
    good = tmp_path / "good"
    good.mkdir()
    with Memo(tmp_path / "memo.sqlite") as memo:
        outlines = Outlines(memo, making([]), Confinement.SANDBOX, lambda: LATER)
        found, broken = outlines.load([folder, good], Nobody())
        (folder / "broken").unlink()
        mended, _, _ = load(memo, folder)

    assert [one.task for one in found] == ["good"]
    assert [one.task for one in broken] == ["sums"]
    assert "it is broken" in broken[0].error.sentence
    assert [one.task for one in mended] == ["sums"]


def test_what_was_edited_while_it_was_made_is_not_filed(tmp_path: Path, folder: Path) -> None:
    """An outline is only kept for the folder that it was made from."""

    def make(folder: Path) -> tuple[TaskOutline, bytes]:
        (folder / "sums.yaml").write_text("task: other\n")
        return outline(), b""

    with Memo(tmp_path / "memo.sqlite") as memo:
        Outlines(memo, make, Confinement.SANDBOX, lambda: LATER).load([folder], Nobody())
        (folder / "sums.yaml").write_text("task: sums\n")
        _, _, made = load(memo, folder)

    assert made == ["sums"]


def test_sandboxed_and_trusted_renderings_are_kept_apart(tmp_path: Path, folder: Path) -> None:
    """What code gave without a sandbox is never taken for what it gives inside."""
    made: list[str] = []
    with Memo(tmp_path / "memo.sqlite") as memo:
        for confinement in (Confinement.SANDBOX, Confinement.TRUST, Confinement.TRUST):
            Outlines(memo, making(made), confinement, lambda: LATER).load([folder], Nobody())

    assert len(made) == 2


@pytest.mark.parametrize("damage", ["text", "cut", "zeroes", "version"])
def test_a_damaged_memo_is_made_again(tmp_path: Path, folder: Path, damage: str) -> None:
    """A file that is no memo, or a half of one, or another program's, costs one more making and no more."""
    path = tmp_path / "memo.sqlite"
    with Memo(path) as memo:
        load(memo, folder)
    content = path.read_bytes()
    if damage == "text":
        path.write_text("this is no database, and long enough to be taken for one " * 100)
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "zeroes":
        path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    else:
        path.write_bytes(content[:60] + (99).to_bytes(4, "big") + content[64:])

    with Memo(path) as memo:
        found, broken, _ = load(memo, folder)
        _, _, again = load(memo, folder)

    assert [one.task for one in found] == ["sums"]
    assert broken == []
    assert again == []


def test_rows_that_make_no_sense_are_as_good_as_none(tmp_path: Path, folder: Path) -> None:
    """An outline that cannot be read is made again."""
    with Memo(tmp_path / "memo.sqlite") as memo:
        outlines = Outlines(memo, making([]), Confinement.SANDBOX, lambda: LATER)
        key = outlines.key_for(folder, outlines.digest_of(folder))
        for text in ("", "[]", "{}", '{"plain": 3}'):
            memo.put_outline(key, "sums", text, b"")
            _, _, made = load(memo, folder)
            assert made == ["sums"]


def test_where_nothing_can_be_written_planning_works_without_a_memo(tmp_path: Path, folder: Path) -> None:
    """A folder in the memo's place is no reason to stop."""
    (tmp_path / "memo.sqlite").mkdir()

    with Memo(tmp_path / "memo.sqlite") as memo:
        found, _, _ = load(memo, folder)

    assert [one.task for one in found] == ["sums"]


def test_going_back_to_another_branch_makes_nothing_and_old_outlines_make_room(tmp_path: Path, folder: Path) -> None:
    """The last few versions of a task are kept, and no more."""
    text = folder / "sums.yaml"
    with Memo(tmp_path / "memo.sqlite") as memo:
        for version in (1, 2, 1, 2):
            text.write_text(f"task: {version}\n")
            _, _, made = load(memo, folder)
        assert made == []
        for version in range(3, 9):
            text.write_text(f"task: {version}\n")
            load(memo, folder)
        text.write_text("task: 1\n")
        assert load(memo, folder)[2] == ["sums"]


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


def test_the_heads_of_unchanged_cells_are_not_read_again(tmp_path: Path, pool: Pool) -> None:
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
     lambda text: text.replace('"scored": 3', '"scored": "many"'), lambda _: "[" * 100_000],
    ids=["empty", "cut", "another task", "old version", "unknown level", "negative time", "no count", "deep"],
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
    assert "git" in found.broken[0].error.mend
