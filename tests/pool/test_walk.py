"""A folder is looked through without following links, and without end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.pool.hashing import folder_digest
from commons.pool.task import python_files
from commons.pool.walk import entries_below, files_below, first_link
from tests.lint.builders import nested


def test_files_come_without_folders_and_links_are_not_followed(tmp_path: Path) -> None:
    """Each file and link is given once, what a link leads to never, and caches only where they are wanted."""
    (tmp_path / "b" / "__pycache__").mkdir(parents=True)
    for name in ("a.txt", "b/c.py", "b/__pycache__/c.pyc"):
        (tmp_path / name).write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)

    def names(*, caches: bool) -> list[str]:
        return sorted(path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path, caches=caches))

    assert names(caches=True) == ["a.txt", "b/__pycache__/c.pyc", "b/c.py", "loop"]
    assert names(caches=False) == ["a.txt", "b/c.py", "loop"]
    assert [entry.name for entry in entries_below(tmp_path)] == ["a.txt", "b", "loop", "__pycache__", "c.py", "c.pyc"]


def test_what_is_too_deep_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    """Folders nested 1,200 deep are named by the place where they begin, by whoever looks through them."""
    looks: list[Callable[[Path], object]] = [lambda folder: list(files_below(folder)), folder_digest, python_files]
    with nested(tmp_path, 1_200):
        for look in looks:
            with pytest.raises(BadFile, match="more than 16 deep") as caught:
                look(tmp_path)
            assert caught.value.where is not None
            assert caught.value.where.path == tmp_path / "d"


def test_what_is_too_full_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    """One entry too many ends the walk, in one folder or in several."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(4):
            (tmp_path / folder / str(number)).touch()

    assert len(list(entries_below(tmp_path, max_files=10))) == 10
    with pytest.raises(BadFile, match="more than 9 files"):
        list(files_below(tmp_path, max_files=9))


def test_the_first_link_on_the_way_is_named(tmp_path: Path) -> None:
    """A link in the middle of a path or at its end is found, and one above the folder is not asked about."""
    (tmp_path / "real").mkdir()
    (tmp_path / "pool").symlink_to(tmp_path / "real")
    (tmp_path / "pool" / "docs").symlink_to(tmp_path)

    assert first_link(tmp_path / "pool" / "docs" / "rules" / "a.md", tmp_path / "pool") == tmp_path / "pool" / "docs"
    assert first_link(tmp_path / "pool" / "a.md", tmp_path / "pool") is None
    assert first_link(tmp_path / "pool", tmp_path / "elsewhere") == tmp_path / "pool"


def test_folders_that_differ_in_anything_have_another_digest(tmp_path: Path) -> None:
    """Names of any bytes, contents and targets are framed, so that none can be put together from others."""
    made = {
        "plain": lambda folder: (folder / "a").write_text("x"),
        "bytes": lambda folder: (folder / os.fsdecode(b"a\xff")).write_text("x"),
        "other bytes": lambda folder: (folder / os.fsdecode(b"a\xfe")).write_text("x"),
        "link": lambda folder: (folder / "a").symlink_to("b"),
        "link to bytes": lambda folder: (folder / "a").symlink_to(os.fsdecode(b"b\xff")),
        "two links": lambda folder: [(folder / name).symlink_to(name) for name in ("a", "b")],
        "a link with a break": lambda folder: (folder / "a").symlink_to("a\nb"),
    }
    digests = set()
    for name, make in made.items():
        folder = tmp_path / name
        folder.mkdir()
        make(folder)
        digests.add(folder_digest(folder))
        assert folder_digest(folder) == folder_digest(folder)

    assert len(digests) == len(made)


def test_what_would_block_who_opens_it_is_named_and_not_opened(tmp_path: Path) -> None:
    """A pipe without a writer never ends."""
    os.mkfifo(tmp_path / "pipe")

    assert folder_digest(tmp_path)
