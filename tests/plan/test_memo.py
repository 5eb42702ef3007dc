"""The memo: quick where nothing changed, never trusted where something may have, made again when it is damaged."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from commons.harness.sandbox import Confinement
from commons.plan.memo import Memo
from commons.plan.outline import TaskOutline
from commons.plan.outlines import Maker, Outlines
from commons.plan.signatures import RACY_NANOSECONDS, folder_signature
from commons.plan.watching import Nobody
from commons.pool.hashing import folder_digest
from tests.plan.making import LATER, outline


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


def test_an_outline_that_another_checkout_made_is_not_believed(tmp_path: Path, folder: Path) -> None:
    """A memo that came from elsewhere, or was edited, has not this checkout's seal: the task is looked at itself."""
    path = tmp_path / "memo.sqlite"
    with Memo(path) as memo:
        load(memo, folder)
    with sqlite3.connect(path) as opened:
        opened.execute("update outlines set head = replace(head, '\"items\": 10', '\"items\": 11')")
    with Memo(path) as memo:
        found, _, made = load(memo, folder)
    assert (made, found[0].items) == (["sums"], 10)

    (tmp_path / "secret").unlink()
    with Memo(path) as memo:
        _, _, made = load(memo, folder)
        _, _, again = load(memo, folder)
    assert (made, again) == (["sums"], [])


def test_requests_that_another_checkout_made_are_not_believed(tmp_path: Path, folder: Path) -> None:
    """The sizes that costs are made from are sealed too, and made again."""
    path = tmp_path / "memo.sqlite"
    with Memo(path) as memo:
        load(memo, folder)
    with sqlite3.connect(path) as opened:
        opened.execute("update outlines set requests = x'00'")
    made: list[str] = []

    def make(folder: Path) -> tuple[TaskOutline, bytes]:
        made.append(folder.name)
        return outline(folder.name), bytes(16)

    with Memo(path) as memo:
        outlines = Outlines(memo, make, Confinement.SANDBOX, lambda: LATER)
        outlines.load([folder], Nobody())
        assert (outlines.requests("sums", "plain"), made) == ([], ["sums"])


def test_a_stricter_lint_looks_at_every_task_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outline says that the task passed lint; it does not outlive the lint that said so."""
    with Memo(tmp_path / "memo.sqlite") as memo:
        load(memo, folder)
        monkeypatch.setattr("commons.plan.outlines.code_digest", lambda *_: "another lint")
        _, _, made = load(memo, folder)

    assert made == ["sums"]


def test_whatever_is_wrong_with_one_folder_stops_no_other(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw is that folder's own."""
    odd = tmp_path / "odd"
    odd.mkdir()

    def digest(of: Path) -> str:
        if of == odd:
            raise ValueError("nobody foresaw this")
        return folder_digest(of)

    monkeypatch.setattr("commons.plan.outlines.folder_digest", digest)
    with Memo(tmp_path / "memo.sqlite") as memo:
        found, broken = Outlines(memo, making([]), Confinement.SANDBOX, lambda: LATER).load([odd, folder], Nobody())

    assert ([one.task for one in found], [one.task for one in broken]) == (["sums"], ["odd"])
    assert "nobody foresaw this" in broken[0].error.sentence


def test_names_that_are_no_utf8_are_planned_like_others(tmp_path: Path) -> None:
    """A file and a folder called by any bytes are looked at, and looked at once."""
    folder = tmp_path / os.fsdecode(b"sums\xff")
    folder.mkdir()
    (folder / os.fsdecode(b"notes\xfe")).write_text("hello")
    with Memo(tmp_path / "memo.sqlite") as memo:
        found, broken, made = load(memo, folder)

    assert (len(found), broken, len(made)) == (1, [], 1)
